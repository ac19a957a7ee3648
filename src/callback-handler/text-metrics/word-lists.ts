import { daleChall } from "dale-chall";
import createHyphenator from "hyphen";
import americanEnglish from "hyphen/patterns/en-us.js";

// The build puts this file into `dist` once for both module formats, because the lists are long.

/** The Dale-Chall list of words that American fourth-graders know. */
export const EASY_WORDS: readonly string[] = daleChall;

/** Common words for which pyphen, which textstat uses, has other breaks. */
const PYPHEN_EXCEPTIONS =
  "ar-range ar-ranges call-er call-ers col-umns drive drives ev-er ev-ery ev-ery-body ev-ery-day ev-ery-one ev-ery-thing " +
  "ev-ery-where flow-er lead-er medicine medicines pho-to-graphs prom-ise spa-ces spell-ing sun-flow-er teach-er tur-key " +
  "tur-keys wom-an wom-en";

/** The character that marks a break, found by TeX's patterns for American English. */
export const SOFT_HYPHEN = "\u00ad";

/** Created when the first text is measured. */
let hyphenator: ReturnType<typeof createHyphenator> | undefined;

export function hyphenate(word: string): string {
  hyphenator ??= createHyphenator(americanEnglish, {
    exceptions: PYPHEN_EXCEPTIONS.split(" "),
    hyphenChar: SOFT_HYPHEN,
    minWordLength: 1,
  });
  return String(hyphenator(word));
}
