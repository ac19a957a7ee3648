import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  measureText,
  type TextMetrics,
} from "../../src/callback-handler/text-metrics/text-metrics.js";

interface Reference {
  readonly text: string;
  readonly metrics: TextMetrics;
}

/** Written by make-text-metrics.py. */
const references: readonly Reference[] = JSON.parse(
  readFileSync(new URL("text-metrics.json", import.meta.url), "utf8"),
);

/** Of characters, words and sentences alone. */
const EXACT = [
  ...["coleman_liau_index", "automated_readability_index", "dale_chall_readability_score"],
  ...["gutierrez_polini", "gulpease_index", "osman"],
] as const;
/** Of syllables too: within a tenth. */
const SYLLABIC = [
  ...["flesch_reading_ease", "flesch_kincaid_grade", "smog_index", "difficult_words"],
  ...["linsear_write_formula", "gunning_fog", "fernandez_huerta", "szigriszt_pazos", "crawford"],
] as const;

test("there are ten texts, English and German, and all fifteen metrics", () => {
  expect(references.length).toBe(10);
  const [first] = references;
  expect(Object.keys(first?.metrics ?? {}).sort()).toEqual([...EXACT, ...SYLLABIC].sort());
});

test.each(references)("textstat agrees on $text", ({ text, metrics }) => {
  const ours = measureText(text);
  for (const name of EXACT) expect(ours?.[name], name).toBe(metrics[name]);
  for (const name of SYLLABIC) {
    const difference = Math.abs((ours?.[name] ?? Number.NaN) - metrics[name]);
    const what = `${name}: ${ours?.[name]} for ${metrics[name]}`;
    expect(difference, what).toBeLessThanOrEqual(Math.abs(metrics[name]) * 0.1);
  }
});

test.each(["", "  \n", "…!"])("a text without words has none: %j", (text) => {
  expect(measureText(text)).toBeUndefined();
});

test.each([
  ["sentences", "Every good developer documents programs thoroughly. "],
  ["one letter", "a"],
  ["one word", "programming"],
  ["letters and full stops", "a."],
  ["Chinese", "机器学习"],
  ["emoji", "🚀 a b 🌕. "],
  ["full stops", "."],
])("a very long text of %s is measured in linear time", (_what, piece) => {
  // Quadratic time would take hours: the test's own limit would end it.
  const text = `These are words. ${piece.repeat(200_000)}`;
  expect(measureText(text)?.flesch_kincaid_grade).toEqual(expect.any(Number));
});
