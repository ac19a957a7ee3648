import { daleChall } from "dale-chall";
import createHyphenator from "hyphen";
import americanEnglish from "hyphen/patterns/en-us.js";

// The build makes a separate file of this module, because the lists are long. Both formats load it at
// the first call of one of its functions, so it exports functions only.

let easyWords: ReadonlySet<string> | undefined;

/** Whether the word is on the Dale-Chall list of words that American fourth-graders know. */
export function isEasyWord(word: string): boolean {
  easyWords ??= new Set(daleChall);
  return easyWords.has(word);
}

/** Common words for which pyphen, which textstat uses, has other breaks. */
const PYPHEN_EXCEPTIONS =
  "ar-range ar-ranges call-er call-ers col-umns drive drives ev-er ev-ery ev-ery-body ev-ery-day ev-ery-one ev-ery-thing " +
  "ev-ery-where flow-er lead-er medicine medicines pho-to-graphs prom-ise spa-ces spell-ing sun-flow-er teach-er tur-key " +
  "tur-keys wom-an wom-en";

const SOFT_HYPHEN = "\u00ad";

let hyphenator: ReturnType<typeof createHyphenator> | undefined;

/** Counts the places where a word may be hyphenated, by TeX's patterns for American English. */
export function countBreaks(word: string): number {
  hyphenator ??= createHyphenator(americanEnglish, {
    exceptions: PYPHEN_EXCEPTIONS.split(" "),
    hyphenChar: SOFT_HYPHEN,
    minWordLength: 1,
  });
  return String(hyphenator(word)).split(SOFT_HYPHEN).length - 1;
}
