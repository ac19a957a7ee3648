import { daleChall } from "dale-chall";
import createHyphenator from "hyphen";
import americanEnglish from "hyphen/patterns/en-us.js";

// The build writes this module to a separate file, because the lists are long. The ES module build and the CommonJS build
// load the file at the first call of one of its functions. Therefore this module exports only functions.

let easyWords: ReadonlySet<string> | undefined;

/** Whether the word is on the Dale-Chall list of words that American fourth-graders know. */
export function isEasyWord(word: string): boolean {
  easyWords ??= new Set(daleChall);
  return easyWords.has(word);
}

/** Common words that TeX's patterns and pyphen hyphenate differently, with the breaks of pyphen. textstat uses pyphen. */
const PYPHEN_EXCEPTIONS =
  "ar-range ar-ranges call-er call-ers col-umns drive drives ev-er ev-ery ev-ery-body ev-ery-day ev-ery-one ev-ery-thing " +
  "ev-ery-where flow-er lead-er medicine medicines pho-to-graphs prom-ise spa-ces spell-ing sun-flow-er teach-er tur-key " +
  "tur-keys wom-an wom-en";

const SOFT_HYPHEN = "\u00ad";

let hyphenator: ReturnType<typeof createHyphenator> | undefined;

/** Counts the places where a word may be hyphenated according to TeX's patterns for American English. */
export function countBreaks(word: string): number {
  hyphenator ??= createHyphenator(americanEnglish, {
    exceptions: PYPHEN_EXCEPTIONS.split(" "),
    hyphenChar: SOFT_HYPHEN,
    minWordLength: 1,
  });
  return String(hyphenator(word)).split(SOFT_HYPHEN).length - 1;
}
