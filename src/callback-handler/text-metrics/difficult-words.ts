import { countSyllables } from "./syllables.js";
import { isEasyWord } from "./word-lists.js";
import { withoutPunctuation } from "./words.js";

const WORD = /[\p{L}\p{N}_='‘’]+/gu;

/** The syllables of each distinct word that is not on the list. */
export function syllablesOfUnlisted(text: string): readonly number[] {
  const distinct = new Set(text.toLowerCase().match(WORD));
  const unlisted = [...distinct].filter((word) => !isEasyWord(word));
  return unlisted.map((word) => countSyllables(withoutPunctuation(word)));
}
