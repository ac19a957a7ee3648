import { countSyllables } from "./syllables.js";
import { EASY_WORDS } from "./word-lists.js";
import { withoutPunctuation } from "./words.js";

const EASY: ReadonlySet<string> = new Set(EASY_WORDS);
const WORD = /[\p{L}\p{N}_='‘’]+/gu;

/** The syllables of each distinct word that is not on the list. */
export function syllablesOfUnlisted(text: string): readonly number[] {
  const distinct = new Set(text.toLowerCase().match(WORD));
  const unlisted = [...distinct].filter((word) => !EASY.has(word));
  return unlisted.map((word) => countSyllables(withoutPunctuation(word)));
}
