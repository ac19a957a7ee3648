import { countBreaks } from "./word-lists.js";

/** No language's words are longer; breaking very long ones takes too long. */
const MAX_CHARACTERS = 50;
const PIECES = new RegExp(`.{1,${MAX_CHARACTERS}}`, "gsu");
const MAX_KNOWN = 10_000;
const known = new Map<string, number>();

/**
 * The syllables of a word without punctuation, as Python's textstat counts them: the places where it may be broken, by
 * the patterns of American English, and one more. In any language.
 */
export function countSyllables(word: string): number {
  if (word === "") return 0;
  const lower = word.toLowerCase();
  if (lower.length <= MAX_CHARACTERS) return 1 + knownBreaks(lower);
  return (lower.match(PIECES) ?? []).reduce((count, piece) => count + knownBreaks(piece), 1);
}

function knownBreaks(word: string): number {
  const count = known.get(word) ?? countBreaks(word);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(word, count);
  return count;
}
