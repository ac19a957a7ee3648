import { lengthOf, piecesOf, withoutPunctuation } from "./words.js";

// OSMAN, a measure for Arabic (El-Haj and Rayson 2016, https://aclanthology.org/L16-1038), as textstat 0.7.4 computes
// it: there short vowels are never found, so syllables are what is left of the letters.

const SHORT_VOWELS = /[\u064e\u064b\u064f\u064c\u0650\u064d\u0651]/g;
const STRESSED = /[\u064b\u064c\u064d\u0651]/g;
const NOT_COUNTED = /[\u0627\u0649?.!,\s*]/g;
const MARKS = /[\u064e\u064b\u064f\u064c\u0650\u064d\u0651\u0652\u0653\u0657\u0658]/g;
/** Letters of words that are eloquent, "faseeh". */
const ELOQUENT = /[\u0626\u0621\u0624\u0630\u0638]|\u0648\u0627|\u0648\u0646/;

export function osmanIndex(text: string, wordCount: number, sentenceCount: number): number {
  const pieces = piecesOf(text);
  const complex = pieces.filter((piece) => (piece.match(SHORT_VOWELS)?.length ?? 0) > 5).length;
  const eloquent = pieces.filter((piece) => countSyllables(piece) > 5 && ELOQUENT.test(piece));
  const plain = piecesOf(withoutPunctuation(text.replace(MARKS, "")));
  const long = plain.filter((word) => lengthOf(word) > 5).length;
  const hard = complex + countSyllables(text) + eloquent.length + long;
  return 200.791 - 1.015 * (wordCount / sentenceCount) - 24.181 * (hard / wordCount);
}

function countSyllables(text: string): number {
  const stressed = text.match(STRESSED)?.length ?? 0;
  return lengthOf(text.replace(NOT_COUNTED, "")) - 2 + 2 * stressed;
}
