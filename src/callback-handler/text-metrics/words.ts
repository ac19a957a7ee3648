import { countBreaks, isEasyWord } from "./word-lists.js";

// Counts letters, words, sentences and syllables as Python's textstat 0.7.4 does, so that the metrics are comparable.

const PUNCTUATION = /[^\p{L}\p{N}_\s]/gu;
const SENTENCE =
  /(?:(?<![\p{L}\p{N}_])(?=[\p{L}\p{N}_])|(?<=[\p{L}\p{N}_])(?![\p{L}\p{N}_]))[^.!?]+[.!?]*/gu;
/** A match with fewer words is not counted: it may be an abbreviation. */
const MIN_SENTENCE_WORDS = 3;

export function withoutPunctuation(text: string): string {
  return text.replace(PUNCTUATION, "");
}

export function piecesOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((piece) => piece !== "");
}

/** A word with a hyphen or an apostrophe is one word. */
export function wordsOf(text: string): readonly string[] {
  return piecesOf(withoutPunctuation(text));
}

/** Counts all characters except white space. */
export function countCharacters(text: string): number {
  return lengthOf(text.replace(/\s/g, ""));
}

export function countSentences(text: string): number {
  const sentences = text.match(SENTENCE) ?? [];
  const long = sentences.filter((sentence) => wordsOf(sentence).length >= MIN_SENTENCE_WORDS);
  return Math.max(1, long.length);
}

/** Counts code points, as Python does: an emoji is one character. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** No word of a natural language is longer. Longer texts are split, because their hyphenation is slow. */
const MAX_SYLLABLE_CHARACTERS = 50;
const SYLLABLE_PIECES = new RegExp(`.{1,${MAX_SYLLABLE_CHARACTERS}}`, "gsu");
const MAX_CACHED_WORDS = 10_000;
const breaksOfWords = new Map<string, number>();

/**
 * Counts the syllables of a word without punctuation. Like textstat, uses the hyphenation patterns of American English
 * for every language: the number of possible breaks, plus one.
 */
export function countSyllables(word: string): number {
  if (word === "") return 0;
  const lower = word.toLowerCase();
  if (lower.length <= MAX_SYLLABLE_CHARACTERS) return 1 + cachedBreaks(lower);
  return (lower.match(SYLLABLE_PIECES) ?? []).reduce(
    (count, piece) => count + cachedBreaks(piece),
    1,
  );
}

function cachedBreaks(word: string): number {
  const count = breaksOfWords.get(word) ?? countBreaks(word);
  if (breaksOfWords.size >= MAX_CACHED_WORDS) breaksOfWords.clear();
  breaksOfWords.set(word, count);
  return count;
}

const DIFFICULT_WORD = /[\p{L}\p{N}_='‘’]+/gu;

/** Returns the number of syllables of each distinct word that is not on the list of easy words. */
export function syllablesOfUnlisted(text: string): readonly number[] {
  const distinct = new Set(text.toLowerCase().match(DIFFICULT_WORD));
  const unlisted = [...distinct].filter((word) => !isEasyWord(word));
  return unlisted.map((word) => countSyllables(withoutPunctuation(word)));
}
