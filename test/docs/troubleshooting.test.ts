import { expect, test } from "vitest";
import { collectMessages, type Message, normalize } from "./messages.js";
import { readPage } from "./pages.js";
import { collectPythonMessages } from "./python-messages.js";

const PAGE = "docs/troubleshooting.md";
/** Two texts with this share of common words are taken for two versions of one message. */
const SAME_MESSAGE = 0.4;

const pythonMessages = collectPythonMessages();
const messages = [...collectMessages(), ...pythonMessages];

interface Entry {
  /** As it stands in the page, between backticks. */
  readonly written: string;
  readonly text: string;
  /** Its own meaning and fix; undefined in a list, whose section explains all of it. */
  readonly fix: string | undefined;
}

// `npm run docs:update` writes changed messages into the page. New ones need a row by hand.
test("the page has the messages in their present words", async () => {
  await expect(withPresentWords(readPage(PAGE))).toMatchFileSnapshot(`../../${PAGE}`);
});

test("the page explains every message, and no other", () => {
  const entries = entriesOf(withPresentWords(readPage(PAGE)));
  const isIn = (texts: readonly { text: string }[], text: string) =>
    texts.some((one) => one.text === text);
  const missing = messages
    .filter(({ text }) => !isIn(entries, text))
    .map(({ place, text }) => `add a row, from ${place}: ${inCode(text)}`);
  const surplus = entries
    .filter(({ text }) => !isIn(messages, text))
    .map(({ written }) => `remove the row ${written}`);
  expect([...missing, ...surplus].join("\n")).toBe("");
});

test("every warning has a meaning and a fix of its own", () => {
  const explained = new Set(
    entriesOf(withPresentWords(readPage(PAGE))).flatMap(({ fix, text }) => (fix ? [text] : [])),
  );
  const warnings = messages.filter(({ kind }) => kind === "warning");
  expect(warnings.map(({ text }) => text).filter((text) => !explained.has(text))).toEqual([]);
});

test("warnings and errors are found in the source", () => {
  const count = (kind: Message["kind"]) => messages.filter((one) => one.kind === kind).length;
  expect(count("warning")).toBeGreaterThan(20);
  expect(count("error")).toBeGreaterThan(150);
  expect(pythonMessages.length).toBeGreaterThan(12);
});

function entriesOf(page: string): Entry[] {
  const rows = page.matchAll(/^(?:\| (`+.+?`+) \| (.*) \||- (`+.+`+))$/gm);
  return [...rows].flatMap(([, inTable, fix, inList]) => {
    const written = inTable ?? inList ?? "";
    const text = written.replace(/^`+ ?| ?`+$/g, "").replaceAll("\\|", "|");
    return [{ written, text: normalize(text), fix: inTable && fix }];
  });
}

/** Messages whose words changed keep their place and their fix. */
function withPresentWords(page: string): string {
  const entries = entriesOf(page);
  const known = new Set(entries.map(({ text }) => text));
  const present = new Set(messages.map(({ text }) => text));
  const missing = messages.filter(({ text }) => !known.has(text));
  const pairs = entries
    .filter(({ text }) => !present.has(text))
    .flatMap((entry) =>
      missing.map(({ text }) => ({ entry, text, score: likeness(entry.text, text) })),
    )
    .filter(({ score }) => score >= SAME_MESSAGE)
    .sort((one, other) => other.score - one.score);
  const taken = new Set<unknown>();
  let renamed = page;
  for (const { entry, text } of pairs) {
    if (taken.has(entry) || taken.has(text)) continue;
    taken.add(entry).add(text);
    renamed = renamed.replace(entry.written, () => inCode(text));
  }
  return renamed;
}

function inCode(text: string): string {
  const escaped = text.replaceAll("|", "\\|");
  return text.includes("`") ? `\`\` ${escaped} \`\`` : `\`${escaped}\``;
}

/** The share of words that two texts have in common, from 0 to 1. */
function likeness(one: string, other: string): number {
  const [first, second] = [wordsOf(one), wordsOf(other)];
  const common = [...first].filter((word) => second.has(word)).length;
  return (2 * common) / (first.size + second.size || 1);
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\d]+/gu));
}
