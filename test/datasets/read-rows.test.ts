import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EvaluationRow } from "../../src/datasets/evaluation-row.js";
import { readRows } from "../../src/datasets/read-rows.js";
import { Expectation } from "../../src/store/assessments.js";
import { readableTrace } from "../../src/tracing/read-trace.js";
import { traceOf } from "../fuzz/fuzzed-trace.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rows-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function rowsOf(data: unknown): Promise<EvaluationRow[]> {
  const rows: EvaluationRow[] = [];
  for await (const row of (await readRows(data)).rows) rows.push(row);
  return rows;
}

const ROWS = [
  { inputs: { question: "What is MLflow?" }, expectations: { expected_response: "A platform" } },
  { inputs: { question: "Why?", n: 2 }, outputs: "Because", tags: { team: "docs" } },
];

/** The message of the error, with paths below the folder shortened to the name of the file. */
async function errorOf(data: unknown): Promise<string> {
  const error = await rowsOf(data).then(
    () => undefined,
    (cause) => cause,
  );
  expect(error?.errorCode).toBe("INVALID_PARAMETER_VALUE");
  return error.message.replaceAll(`${folder}/`, "");
}

describe("rows in memory", () => {
  test("an array, an iterable and an async iterable give the same rows", async () => {
    async function* later() {
      yield* ROWS;
    }
    expect(await rowsOf(ROWS)).toEqual(ROWS);
    expect(await rowsOf(new Set(ROWS))).toEqual(ROWS);
    expect(await rowsOf(later())).toEqual(ROWS);
  });

  test("null fields count as missing, and numbers of tags become texts", async () => {
    const row = { inputs: { a: null }, outputs: null, expectations: null, tags: { n: 1 } };
    expect(await rowsOf([row])).toEqual([{ inputs: { a: null }, tags: { n: "1" } }]);
  });

  test("the number of rows is known for an array, and a wrong last row is found before the first is used", async () => {
    expect((await readRows(ROWS)).total).toBe(2);
    expect((await readRows(new Set(ROWS))).total).toBeUndefined();
    await expect(readRows([...ROWS, { outputs: 1 }])).rejects.toThrow("Row 3 of `data`: Either");
  });

  test.each([
    [[{ inputs: "text" }], "The 'inputs' column must be a dictionary of field names and values."],
    [[{ outputs: "x" }], "Either `inputs` or `trace` column is required in the dataset."],
    [[7], "Every item in the list must be a dictionary, or a trace, got 7."],
    [[{ inputs: {}, expectations: [1] }], "The 'expectations' column must be a dictionary"],
    [[{ inputs: {}, tags: "x" }], "Tags must be a dictionary"],
    [[{ inputs: {}, trace: "x" }], "The 'trace' column must be a trace"],
    [[{ inputs: {}, source: { sourceType: "ROBOT" } }], "UNSPECIFIED, TRACE, HUMAN"],
    [[{ inputs: {}, expectation: {} }], "has no field `expectation`. Did you mean `expectations`?"],
    [[], "The dataset is empty. Please provide a non-empty dataset."],
    [new Set(), "The dataset is empty. Please provide a non-empty dataset."],
    [42, "`data` takes an array or an iterable"],
    [{ inputs: {} }, "`data` takes an array or an iterable"],
    ["rows.xlsx", "`data` takes a file that ends in .json, .jsonl, .ndjson or .csv"],
    ["https://example.com/rows.csv", "Download the file"],
  ])("%o is refused: %s", async (data, message) => {
    expect(await errorOf(data)).toContain(message);
  });

  test("a proxy that throws is refused", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(await errorOf(proxy)).toMatch(/^`data`/);
    expect(await errorOf([proxy])).toMatch(/^Row 1 of `data`/);
  });

  test("a row whose getter throws is refused with its place", async () => {
    const row = {
      get inputs(): object {
        throw new Error("broken");
      },
    };
    expect(await errorOf([row])).toBe("Row 1 of `data` cannot be read: broken");
  });
});

describe("traces as rows", () => {
  const stored = traceOf({ question: "Why?" }, {});
  const expected = Object.assign(new Expectation({ name: "answer", value: ["a"] }), {
    valid: true,
    createTimeMs: 1,
  });
  const old = Object.assign(new Expectation({ name: "old", value: 1 }), {
    valid: false,
    createTimeMs: 0,
  });
  const trace = readableTrace({
    ...stored,
    info: { ...stored.info, assessments: [old, expected] },
  });

  test("the root span has inputs and outputs, and valid expectations are taken", async () => {
    const [row] = await rowsOf([trace]);
    expect(row).toEqual({
      inputs: { question: "Why?" },
      outputs: { question: "Why?" },
      expectations: { answer: ["a"] },
      trace,
      source: { sourceType: "TRACE", sourceData: { trace_id: stored.info.traceId } },
    });
    expect(row?.trace).toBe(trace);
  });

  test("fields of a row replace those of its trace", async () => {
    const [row] = await rowsOf([{ trace, inputs: { other: 1 }, expectations: {} }]);
    expect(row).toMatchObject({
      inputs: { other: 1 },
      expectations: {},
      outputs: { question: "Why?" },
    });
  });

  test("an input that is no object has the name `input`", async () => {
    expect((await rowsOf([readableTrace(traceOf("Why?", {}))]))[0]?.inputs).toEqual({
      input: "Why?",
    });
    expect((await rowsOf([{ info: stored.info, data: { spans: [] } }]))[0]?.inputs).toEqual({});
  });

  test("the JSON of traces is read from a file, and equals the trace", async () => {
    const file = fileOf(
      "traces.jsonl",
      `${trace.toJson()}\n{"trace": ${JSON.stringify(trace.toJson())}}\n`,
    );
    const [alone, inRow] = await rowsOf(file);
    expect(alone?.trace?.toJson()).toBe(trace.toJson());
    expect(inRow).toEqual(alone);
  });
});

describe("files", () => {
  test.each([
    ["rows.json", JSON.stringify(ROWS)],
    ["records.json", JSON.stringify({ records: ROWS })],
    ["rows.jsonl", `\uFEFF${ROWS.map((row) => `${JSON.stringify(row)}\r\n\n`).join("")}`],
    ["rows.NDJSON", ROWS.map((row) => JSON.stringify(row)).join("\n")],
  ])("%s is read by path and by URL", async (name, content) => {
    const path = fileOf(name, content);
    expect(await rowsOf(path)).toEqual(ROWS);
    expect(await rowsOf(pathToFileURL(path))).toEqual(ROWS);
    expect(await rowsOf(pathToFileURL(path).href)).toEqual(ROWS);
    expect(await readRows(path)).toMatchObject({ total: 2, name });
  });

  test("a table of pandas in the form `split` is read, without the columns of records", async () => {
    const table = {
      columns: ["inputs", "expectations", "dataset_record_id"],
      data: [[{ q: 1 }, null, "dr-1"]],
    };
    expect(await rowsOf(fileOf("split.json", JSON.stringify(table)))).toEqual([
      { inputs: { q: 1 } },
    ]);
  });

  test("integers beyond 2^53 are exact", async () => {
    const path = fileOf("long.jsonl", '{"inputs": {"id": 12345678901234567890}}');
    expect((await rowsOf(path))[0]?.inputs).toEqual({ id: 12345678901234567890n });
  });

  test.each([
    ["bad.json", '[\n{"inputs": {}},\n{"inputs": }]', /^bad\.json(, line 3)? is not JSON: /],
    ["bad2.json", '{"a": 1}', /^bad2\.json must contain an array of rows/],
    [
      "row.json",
      '[{"inputs": {}}, {"input": {}}]',
      /^row\.json, row 2 has no field `input`\. Did you mean `inputs`/,
    ],
    ["bad.jsonl", '{"inputs": {}}\n\n{"inputs": {}', /^bad\.jsonl, line 3 is not JSON: /],
    [
      "row.jsonl",
      '{"inputs": {}}\n{"inputs": 1}',
      /^row\.jsonl, line 2: The 'inputs' column must be/,
    ],
    ["empty.jsonl", "\n", /^The dataset is empty/],
    ["header.csv", "inputs.a\n", /^The dataset is empty/],
    ["quote.csv", 'a\n"x', /^quote\.csv, line 2 has a quoted cell that does not end\./],
    ["text.csv", 'a\n"x"y', /^text\.csv, line 2 has text after the closing quote/],
    ["inner.csv", 'a\nx"y', /^inner\.csv, line 2 has a quote in a cell without quotes/],
    ["cells.csv", 'a,b\n"1\n2",3\n4', /^cells\.csv, line 4 has 1 cell, but the header has 2/],
    ["german.csv", "a;b\n1;2", /^german\.csv, line 1: the columns are separated by semicolons/],
    ["tabs.csv", "a\tb\n1\t2", /^tabs\.csv, line 1: the columns are separated by tabs/],
    ["twice.csv", "a,a\n1,2", /^twice\.csv, line 1 has the column 'a' twice/],
    [
      "both.csv",
      "inputs,inputs.a\n{},2",
      /^both\.csv, line 1 has the columns 'inputs' and 'inputs\.a'/,
    ],
    [
      "other.csv",
      "inputs.a,answer\n1,2",
      /'answer', which is no field of a row\. Name it 'inputs\.answer'/,
    ],
    [
      "whole.csv",
      "inputs\nhello",
      /^whole\.csv, line 2: the column 'inputs' must contain a JSON object/,
    ],
  ])("%s is refused with file and place", async (name, content, message) => {
    expect(await errorOf(fileOf(name, content))).toMatch(message);
  });

  test("bytes that are not UTF-8 and a missing file are named", async () => {
    const path = fileOf("latin.csv", Buffer.from([0x61, 0x0a, 0xe9]));
    expect(await errorOf(path)).toBe("latin.csv is not text in UTF-8.");
    await expect(rowsOf(join(folder, "none.csv"))).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
    });
  });
});

describe("the columns of a CSV file", () => {
  test("fields and their parts, with JSON or text in the cells", async () => {
    const csv = [
      "inputs.question,inputs/context,expectations/expected_facts,tags.team,outputs",
      'Why?,"[""a"", ""b""]","[""x""]",docs,42',
      "How?,,,,",
    ];
    expect(await rowsOf(fileOf("parts.csv", csv.join("\r\n")))).toEqual([
      {
        inputs: { question: "Why?", context: ["a", "b"] },
        expectations: { expected_facts: ["x"] },
        tags: { team: "docs" },
        outputs: "42",
      },
      { inputs: { question: "How?" } },
    ]);
  });

  test("whole fields as JSON", async () => {
    const csv = 'inputs,expectations\n"{""q"": 1}","{""e"": true}"\n';
    expect(await rowsOf(fileOf("whole-fields.csv", csv))).toEqual([
      { inputs: { q: 1 }, expectations: { e: true } },
    ]);
  });

  test("without a column of inputs, every column is one, except what is expected", async () => {
    const csv = "question,lang,expected_response,outputs,guidelines\nWhy?,en,Because,So,Be short";
    expect(await rowsOf(fileOf("plain.csv", csv))).toEqual([
      {
        inputs: { question: "Why?", lang: "en" },
        expectations: { expected_response: "Because", guidelines: "Be short" },
        outputs: "So",
      },
    ]);
  });
});

describe("the dataset that the run receives", () => {
  test("its schema and profile are those of Python for the same rows", async () => {
    const rows = [
      { inputs: { q: "a" }, outputs: { a: 1.5 } },
      { inputs: { q: "a", z: null }, tags: { a: "b" } },
    ];
    const input = (await readRows(rows)).datasetInput();
    expect(input).toMatchObject({ name: "dataset", sourceType: "code" });
    expect(input.digest).toMatch(/^[0-9a-f]{8}$/);
    expect(input.profile).toBe('{"num_rows": 2, "num_elements": 6}');
    expect(input.source).toMatch(/^\{"tags": \{"mlflow\.user": "/);
    expect(JSON.parse(input.schema ?? "")).toEqual({
      mlflow_colspec: [
        {
          type: "object",
          properties: {
            q: { type: "string", required: true },
            z: { type: "any", required: false },
          },
          name: "inputs",
          required: true,
        },
        {
          type: "object",
          properties: { a: { type: "double", required: false } },
          name: "outputs",
          required: false,
        },
        {
          type: "object",
          properties: { a: { type: "string", required: false } },
          name: "tags",
          required: false,
        },
      ],
    });
  });

  test("the digest depends on the content only", async () => {
    const digest = async (data: unknown) => (await readRows(data)).datasetInput().digest;
    const path = fileOf("digest.jsonl", ROWS.map((row) => JSON.stringify(row)).join("\n"));
    expect(await digest(ROWS)).toBe(await digest(path));
    expect(await digest(ROWS)).not.toBe(await digest(ROWS.slice(1)));
    expect((await readRows(path)).datasetInput()).toMatchObject({
      name: "digest.jsonl",
      sourceType: "local",
      source: JSON.stringify({ uri: path }).replace(":", ": "),
    });
  });

  test("values without a type or a JSON form are no error", async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const rows = [{ inputs: { circle, call: () => 1, sym: Symbol("x"), big: 2n ** 80n } }];
    const input = (await readRows(rows)).datasetInput();
    expect(input.schema).toBeUndefined();
    expect(input.digest).toMatch(/^[0-9a-f]{8}$/);
  });
});
