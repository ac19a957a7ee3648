// What a letter, a word and a sentence are, as Python's textstat 0.7.4 has it: its numbers are to be compared with ours.

const PUNCTUATION = /[^\p{L}\p{N}_\s]/gu;
const SENTENCE =
  /(?:(?<![\p{L}\p{N}_])(?=[\p{L}\p{N}_])|(?<=[\p{L}\p{N}_])(?![\p{L}\p{N}_]))[^.!?]+[.!?]*/gu;
/** A shorter one is taken for an abbreviation. */
const MIN_SENTENCE_WORDS = 3;

export function withoutPunctuation(text: string): string {
  return text.replace(PUNCTUATION, "");
}

export function piecesOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((piece) => piece !== "");
}

/** A word with a hyphen or an apostrophe is one. */
export function wordsOf(text: string): readonly string[] {
  return piecesOf(withoutPunctuation(text));
}

/** Characters that are no whitespace. */
export function countCharacters(text: string): number {
  return lengthOf(text.replace(/\s/g, ""));
}

export function countSentences(text: string): number {
  const sentences = text.match(SENTENCE) ?? [];
  const long = sentences.filter((sentence) => wordsOf(sentence).length >= MIN_SENTENCE_WORDS);
  return Math.max(1, long.length);
}

/** As Python counts: an emoji is one character. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
