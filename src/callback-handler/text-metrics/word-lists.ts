import { daleChall } from "dale-chall";
import createHyphenator from "hyphen";
import americanEnglish from "hyphen/patterns/en-us.js";

// A file of its own in `dist`, one for both formats: the lists are long.

/** The words that American fourth-graders know, as Dale and Chall listed them. */
export const EASY_WORDS: readonly string[] = daleChall;

/** Everyday words that the patterns of pyphen, which textstat uses, break elsewhere. */
const AS_PYPHEN_HAS_THEM =
  "ar-range ar-ranges call-er call-ers col-umns drive drives ev-er ev-ery ev-ery-body ev-ery-day ev-ery-one ev-ery-thing " +
  "ev-ery-where flow-er lead-er medicine medicines pho-to-graphs prom-ise spa-ces spell-ing sun-flow-er teach-er tur-key " +
  "tur-keys wom-an wom-en";

/** Stands where TeX's patterns for American English break a word. */
export const SOFT_HYPHEN = "\u00ad";

/** Made when a text is first measured. */
let hyphenator: ReturnType<typeof createHyphenator> | undefined;

export function hyphenate(word: string): string {
  hyphenator ??= createHyphenator(americanEnglish, {
    exceptions: AS_PYPHEN_HAS_THEM.split(" "),
    hyphenChar: SOFT_HYPHEN,
    minWordLength: 1,
  });
  return String(hyphenator(word));
}
