import { hyphenate, SOFT_HYPHEN } from "./word-lists.js";

const MAX_KNOWN = 10_000;
const known = new Map<string, number>();

/**
 * The syllables of a word without punctuation, as Python's textstat counts them: the places where it may be broken, by
 * the patterns of American English, and one more. In any language.
 */
export function countSyllables(word: string): number {
  if (word === "") return 0;
  const lower = word.toLowerCase();
  const count = known.get(lower) ?? hyphenate(lower).split(SOFT_HYPHEN).length;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(lower, count);
  return count;
}
