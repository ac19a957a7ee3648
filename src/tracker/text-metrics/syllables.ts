import createHyphenator from "hyphen";
import americanEnglish from "hyphen/patterns/en-us.js";

const SOFT_HYPHEN = "\u00ad";
const MAX_KNOWN = 10_000;

/** Everyday words that the patterns of pyphen, which textstat uses, break elsewhere. */
const AS_PYPHEN_HAS_THEM =
  "ar-range ar-ranges call-er call-ers col-umns drive drives ev-er ev-ery ev-ery-body ev-ery-day ev-ery-one ev-ery-thing " +
  "ev-ery-where flow-er lead-er medicine medicines pho-to-graphs prom-ise spa-ces spell-ing sun-flow-er teach-er tur-key " +
  "tur-keys wom-an wom-en";

const hyphenate = createHyphenator(americanEnglish, {
  exceptions: AS_PYPHEN_HAS_THEM.split(" "),
  hyphenChar: SOFT_HYPHEN,
  minWordLength: 1,
});
const known = new Map<string, number>();

/**
 * The syllables of a word without punctuation, as Python's textstat counts them: the places where TeX's patterns for
 * American English would break it, and one more. In any language.
 */
export function countSyllables(word: string): number {
  if (word === "") return 0;
  const lower = word.toLowerCase();
  const count = known.get(lower) ?? String(hyphenate(lower)).split(SOFT_HYPHEN).length;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(lower, count);
  return count;
}
