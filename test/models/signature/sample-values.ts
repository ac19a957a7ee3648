/** Values of JSON whose inferred schema here is Python's, character by character. */
export const SAME_AS_PYTHON: readonly unknown[] = [
  "a question",
  "",
  5,
  -3,
  1.5,
  1e300,
  true,
  ["a", "b"],
  [1, 2],
  [1.5, 2.5],
  [true, false],
  ["a", null],
  [null],
  [null, "a"],
  [],
  [[]],
  [["a"], []],
  [["a"], null],
  [[1], [2, 3]],
  [[[1]], [[2], []]],
  { input: "x" },
  { input_language: "English", output_language: "German", input: "I love programming." },
  { a: null, b: "x" },
  { a: [], b: {}, c: [null], d: ["x", null] },
  { a: { b: { c: { d: 1 } } } },
  { n: 1, f: 1.5, b: true, s: "s", l: [1], o: { z: 1, a: 2 } },
  { messages: [{ role: "user", content: "hi" }] },
  {
    messages: [
      { role: "user", content: "hi" },
      { role: "assistant", content: null, tool_calls: [{ id: "1", args: { q: "x" } }] },
    ],
  },
  [{ a: "x" }, { a: "y", b: 1 }],
  [{ a: "x" }, { a: null }],
  [{ a: null }, { a: null }],
  [{ a: { b: 1 } }, { a: { c: "x" } }],
  [{ a: { b: 1 } }, { a: null }],
  [{ a: null }, { a: { b: 1 } }],
  [{ a: [{ b: 1 }] }, { a: [{ b: 2, c: [] }] }],
  [{ a: [] }, { a: ["x"] }],
  [{ a: {} }, { a: { b: 1 } }],
  [{ a: [null, { b: 1 }] }],
  [{ a: [{ b: null }, { b: "x" }] }],
  [{ a: { b: { c: 1 } } }, { a: { b: {} } }],
  { 질문: "안녕", "with space": 1, 'quo"te': true, emoji: { "😀": 1, é: 2 } },
  { "\u007f": 1, "back\\slash": 1 },
  // Unlike items: `any` on both sides.
  [1, "a"],
  { a: [1, "a"] },
  [{ a: 1 }, { a: "x" }],
  [{ a: [1] }, { a: { b: 1 } }],
  {},
  [{}],
  [1, { a: 1 }],
  ["a", ["a"]],
];

/** Where Python's answer for the same JSON is another, and why. */
export const UNLIKE_PYTHON: readonly {
  readonly value: unknown;
  readonly here: string;
  readonly python: string;
  readonly reason: string;
}[] = [
  {
    value: [1, 2.5],
    here: '[{"type": "double", "required": true}]',
    python: '[{"type": "any", "required": true}]',
    reason: "JavaScript has one kind of number: 1 beside 2.5 is 1.0",
  },
  {
    value: [{ a: 1 }, { a: 2.5 }],
    here: '[{"type": "double", "name": "a", "required": true}]',
    python: '[{"type": "any", "required": true}]',
    reason: "the same, in a column",
  },
  {
    value: 1e20,
    here: '[{"type": "double", "required": true}]',
    python: '[{"type": "long", "required": true}]',
    reason: "a long has 64 bits; Python's integers have no end",
  },
];

/** Parameters whose inferred schema here is Python's. */
export const PARAMS_AS_PYTHON: readonly Readonly<Record<string, unknown>>[] = [
  { temperature: 0.1 },
  { max_tokens: 5, stop: "x", stream: false },
  { stops: ["a", "b"], sizes: [1, 2], shares: [0.5, 0.25] },
  { options: { a: 1, b: "x" } },
  { nested: { a: { b: [1] }, c: null } },
  { 이름: "값" },
  { small: 1e-7, large: 1.5e300 },
  { mixed: [1, 2.5] },
  { flags: [true, false] },
];

/** Parameters that both refuse. */
export const WRONG_PARAMS: readonly Readonly<Record<string, unknown>>[] = [
  { nothing: null },
  { deep: [[1]] },
  { mixed: [1, "a"] },
  { some: [1, null] },
  { empty: {} },
];
