import { expect, test } from "vitest";
import { inferSignature } from "../../src/models/signature/infer-signature.js";
import type { SignatureDict } from "../../src/models/signature/model-signature.js";
import { runPython } from "../support/python.js";

/** Values that JSON can carry, so that both sides infer from the same. */
const VALUES: readonly unknown[] = [
  "q",
  5,
  1.5,
  true,
  null,
  ["a", "b"],
  [1, 2],
  [1.5, null],
  [["a"], []],
  [[1], [2, 3]],
  [],
  { input_language: "English", output_language: "German", input: "I love it." },
  { a: "x", n: 1, l: ["x"] },
  { messages: [{ role: "user", content: "hi" }] },
  {
    messages: [
      { role: "user", content: "hi" },
      { role: "ai", content: "x", id: "1" },
    ],
  },
  { nothing: null, list: [], object: {} },
  { deep: { b: { d: [1, 2], c: true } }, z: 1, A: 2, a: 3 },
  {
    list: [
      { b: 1, a: null },
      { b: 2, c: ["x"] },
    ],
  },
  { list: [null, { a: 1 }, { a: 2 }] },
  { matrix: [[1, 2], [3]] },
  { half: [null, "x"] },
  { objects: [{ x: { y: 1 } }, { x: { y: 2, z: "a" } }] },
  [{ a: 1, b: "x" }, { a: 2 }],
  [
    { a: 1, b: null },
    { a: 2, b: null },
  ],
  [{ l: ["x"] }, { l: [] }],
  [{ o: { p: 1 } }, { o: null }, { o: { p: 2, q: true } }],
  [{ "with space": 1, ü: "ä" }],
  { "": "empty name" },
  { when: "2026-01-01T00:00:00Z" },
  { big: 2 ** 40, negative: -1, zero: 0 },
  { id: null, object: "chat.completion", created: 1, choices: [{ finish_reason: null, index: 0 }] },
];

/** Where Python says something else: JavaScript has one kind of number, so these are no different types. */
const MIXED_NUMBERS: readonly unknown[] = [
  [1, 2.5],
  [{ n: 1 }, { n: 2.5 }],
];

const PROGRAM = `
import json, sys, os, warnings, logging
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
from mlflow.models import infer_signature
from mlflow.models.signature import ModelSignature
given = json.loads(os.environ["GIVEN"])
def infer(value):
    try: return infer_signature(value).to_dict()
    except Exception as error: return str(error)
def reread(signature):
    try: return ModelSignature.from_dict(signature).to_dict()
    except Exception as error: return str(error)
print(json.dumps({"inferred": [infer(v) for v in given["values"]], "reread": [reread(s) for s in given["signatures"]]}))
`;

test("Python infers what we infer, and reads what we write", async () => {
  const all = [...VALUES, ...MIXED_NUMBERS];
  const signatures = [
    ...all.map((value) =>
      inferSignature(value, "a", { temperature: 0.5, stop: ["x"], n: 1 }).toDict(),
    ),
    inferSignature({ when: new Date(0), bytes: new Uint8Array([1, 2]) }).toDict(),
  ];
  const { inferred, reread } = await runPython<{
    inferred: readonly (SignatureDict | string)[];
    reread: readonly (SignatureDict | string)[];
  }>(PROGRAM, { env: { GIVEN: JSON.stringify({ values: all, signatures }) } });

  VALUES.forEach((value, index) => {
    const theirs = inferred[index];
    // infer_signature(None) is that of no input at all.
    if (value === null) return;
    const text = typeof theirs === "string" ? theirs : JSON.parse(theirs?.inputs ?? "null");
    const ours = JSON.parse(inferSignature(value).toDict().inputs ?? "null");
    expect(ours, JSON.stringify(value)).toEqual(text);
  });
  for (const theirs of inferred.slice(VALUES.length)) {
    expect(theirs).toMatchObject({ inputs: '[{"type": "any", "required": true}]' });
  }
  const parts = ({ inputs, outputs, params }: SignatureDict) =>
    [inputs, outputs, params].map((part) => JSON.parse(part ?? "null"));
  signatures.forEach((signature, index) => {
    const theirs = reread[index];
    expect(typeof theirs === "string" ? theirs : parts(theirs as SignatureDict)).toEqual(
      parts(signature),
    );
  });
});
