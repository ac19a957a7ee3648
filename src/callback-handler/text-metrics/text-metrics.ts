import {
  countCharacters,
  countSentences,
  countSyllables,
  lengthOf,
  piecesOf,
  syllablesOfUnlisted,
  withoutPunctuation,
  wordsOf,
} from "./words.js";

/** The readability of a text, by the measures of Python's textstat. */
export interface TextMetrics {
  readonly flesch_reading_ease: number;
  readonly flesch_kincaid_grade: number;
  readonly smog_index: number;
  readonly coleman_liau_index: number;
  readonly automated_readability_index: number;
  readonly dale_chall_readability_score: number;
  readonly difficult_words: number;
  readonly linsear_write_formula: number;
  readonly gunning_fog: number;
  readonly fernandez_huerta: number;
  readonly szigriszt_pazos: number;
  readonly gutierrez_polini: number;
  readonly crawford: number;
  readonly gulpease_index: number;
  readonly osman: number;
}

/** Only the start of a longer text is measured, because the app waits for the result. */
const MAX_CHARACTERS = 100_000;

/**
 * Uses the formulas, constants and roundings of textstat 0.7.4 (https://github.com/textstat/textstat, MIT), which treats
 * every language as American English. Returns undefined for a text without words, such as that of a tool call.
 */
export function measureText(whole: string): TextMetrics | undefined {
  const text = whole.slice(0, MAX_CHARACTERS);
  const words = wordsOf(text);
  if (words.length === 0) return undefined;
  const sentences = countSentences(text);
  const characters = countCharacters(text);
  const letters = lengthOf(withoutPunctuation(text).replace(/\s/g, ""));
  const syllablesOfWords = words.map(countSyllables);
  const syllables = syllablesOfWords.reduce((sum, count) => sum + count, 0);
  const unlisted = syllablesOfUnlisted(text);

  const perSentence = words.length / sentences;
  const roundedPerSentence = round(perSentence, 1);
  const perWord = round(syllables / words.length, 1);
  const share = (count: number) => count / words.length;
  return {
    flesch_reading_ease: round(206.835 - 1.015 * roundedPerSentence - 84.6 * perWord, 2),
    flesch_kincaid_grade: round(0.39 * roundedPerSentence + 11.8 * perWord - 15.59, 1),
    smog_index: smogIndex(atLeast(syllablesOfWords, 3), sentences),
    coleman_liau_index: colemanLiauIndex(share(letters), share(sentences)),
    automated_readability_index: round(
      4.71 * round(share(characters), 2) + 0.5 * round(perSentence, 2) - 21.43,
      1,
    ),
    dale_chall_readability_score: daleChallScore(100 * share(unlisted.length), roundedPerSentence),
    difficult_words: atLeast(unlisted, 2),
    linsear_write_formula: linsearWriteFormula(text),
    gunning_fog: round(0.4 * (roundedPerSentence + 100 * share(atLeast(unlisted, 3))), 2),
    fernandez_huerta: round(206.84 - 60 * perWord - 1.02 * roundedPerSentence, 2),
    szigriszt_pazos: round(206.835 - 62.3 * share(syllables) - perSentence, 2),
    gutierrez_polini: round(95.2 - 9.7 * share(letters) - 0.35 * perSentence, 2),
    crawford: round(-0.205 * 100 * share(sentences) + 0.049 * 100 * share(syllables) - 3.407, 1),
    gulpease_index: round(300 * share(sentences) - 10 * share(characters) + 89, 1),
    osman: round(osmanIndex(text, words.length, sentences), 2),
  };
}

function smogIndex(polysyllables: number, sentences: number): number {
  if (sentences < 3) return 0;
  return round(1.043 * Math.sqrt(30 * (polysyllables / sentences)) + 3.1291, 1);
}

function colemanLiauIndex(lettersPerWord: number, sentencesPerWord: number): number {
  const letters = round(100 * round(lettersPerWord, 2), 2);
  const sentences = round(100 * round(sentencesPerWord, 2), 2);
  return round(0.058 * letters - 0.296 * sentences - 15.8, 2);
}

function daleChallScore(percentUnlisted: number, wordsPerSentence: number): number {
  const score = 0.1579 * percentUnlisted + 0.0496 * wordsPerSentence;
  return round(percentUnlisted > 5 ? score + 3.6365 : score, 2);
}

/** Measures the first 100 words. A word of three or more syllables counts three times. */
function linsearWriteFormula(text: string): number {
  const pieces = piecesOf(text).slice(0, 100);
  const hard = atLeast(
    pieces.map((piece) => countSyllables(withoutPunctuation(piece))),
    3,
  );
  const perSentence = (pieces.length + 2 * hard) / countSentences(pieces.join(" "));
  return (perSentence <= 20 ? perSentence - 2 : perSentence) / 2;
}

function atLeast(counts: readonly number[], minimum: number): number {
  return counts.filter((count) => count >= minimum).length;
}

/** Rounds halves away from zero. Like textstat, rounds every negative number down by one more step. */
function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  const half = value < 0 || Object.is(value, -0) ? -0.5 : 0.5;
  return Math.floor(value * scale + half) / scale;
}

// OSMAN, a measure for Arabic (El-Haj and Rayson 2016, https://aclanthology.org/L16-1038), as textstat 0.7.4 computes
// it. That version never finds short vowels, so it counts the remaining letters as syllables.

const SHORT_VOWELS = /[\u064e\u064b\u064f\u064c\u0650\u064d\u0651]/g;
const STRESSED = /[\u064b\u064c\u064d\u0651]/g;
const NOT_COUNTED = /[\u0627\u0649?.!,\s*]/g;
const MARKS = /[\u064e\u064b\u064f\u064c\u0650\u064d\u0651\u0652\u0653\u0657\u0658]/g;
/** Letters that mark an eloquent word ("faseeh"). */
const ELOQUENT = /[\u0626\u0621\u0624\u0630\u0638]|\u0648\u0627|\u0648\u0646/;

function osmanIndex(text: string, wordCount: number, sentenceCount: number): number {
  const pieces = piecesOf(text);
  const complex = pieces.filter((piece) => (piece.match(SHORT_VOWELS)?.length ?? 0) > 5).length;
  const eloquent = pieces.filter(
    (piece) => countArabicSyllables(piece) > 5 && ELOQUENT.test(piece),
  );
  const plain = piecesOf(withoutPunctuation(text.replace(MARKS, "")));
  const long = plain.filter((word) => lengthOf(word) > 5).length;
  const hard = complex + countArabicSyllables(text) + eloquent.length + long;
  return 200.791 - 1.015 * (wordCount / sentenceCount) - 24.181 * (hard / wordCount);
}

function countArabicSyllables(text: string): number {
  const stressed = text.match(STRESSED)?.length ?? 0;
  return lengthOf(text.replace(NOT_COUNTED, "")) - 2 + 2 * stressed;
}
