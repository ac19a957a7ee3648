import { expect, test } from "vitest";
import { readCsv } from "../../src/datasets/csv.js";
import { type Random, seeded } from "../fuzz/hostile-values.js";

const PIECES = ["a", ",", '"', "\n", "\r", "\r\n", " ", "é", "🦜", "", "'", "0"];
const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

const randomCell = (random: Random) =>
  Array.from({ length: random(6) }, () => pick(random, PIECES)).join("");

/** Quotes a cell if it must be, and sometimes if it need not be. */
function written(cell: string, random: Random, isAlone: boolean): string {
  const needs = /[",\r\n]/.test(cell) || (isAlone && cell === "");
  return needs || random(3) === 0 ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function chunksOf(text: string, random: Random): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = 1 + random(7);
    chunks.push(text.slice(at, at + length));
    at += length;
  }
  return chunks;
}

const fail = (line: number, problem: string) => new Error(`line ${line} ${problem}`);

async function cellsOf(chunks: readonly string[]): Promise<(readonly string[])[]> {
  const records: (readonly string[])[] = [];
  for await (const { cells } of readCsv(chunks, fail)) records.push(cells);
  return records;
}

test("random tables survive being written and read, in chunks of any size", async () => {
  for (let seed = 0; seed < 3000; seed += 1) {
    const random = seeded(seed);
    const width = 1 + random(4);
    const table = Array.from({ length: random(5) }, () =>
      Array.from({ length: width }, () => randomCell(random)),
    );
    const end = pick(random, ["\n", "\r\n", "\r"]);
    const lines = table.map((row) =>
      row.map((cell) => written(cell, random, row.length === 1)).join(","),
    );
    const text = lines.join(end) + (random(2) === 0 ? end : "");
    expect(await cellsOf(chunksOf(text, random)), JSON.stringify(text)).toEqual(table);
  }
});

test("a line of a record is its first line, whatever line ends its cells contain", async () => {
  for (let seed = 0; seed < 500; seed += 1) {
    const text = 'a\r\n"x\r\ny\n\rz",1\r\nb\n\n"\r\n"\rlast';
    const lines: number[] = [];
    for await (const { line } of readCsv(chunksOf(text, seeded(seed)), fail)) lines.push(line);
    expect(lines).toEqual([1, 2, 6, 8, 10]);
  }
});

test("random text is read, or refused with its line", async () => {
  for (let seed = 0; seed < 3000; seed += 1) {
    const random = seeded(seed);
    const text = Array.from({ length: random(30) }, () => pick(random, PIECES)).join("");
    const outcome = await cellsOf(chunksOf(text, random)).catch((cause: Error) => cause.message);
    if (typeof outcome === "string") expect(outcome).toMatch(/^line \d+ has /);
    // The same for one chunk.
    const whole = await cellsOf([text]).catch((cause: Error) => cause.message);
    expect(whole, JSON.stringify(text)).toEqual(outcome);
  }
});
