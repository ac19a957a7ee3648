import { expect, test } from "vitest";
import { answerJson } from "../../src/serving/answer-json.js";

const read = (value: unknown) => JSON.parse(answerJson(value));

test("bytes of every class, at every depth, are base64 in the lines of Python", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const classes = {
    Buffer: Buffer.from(bytes),
    Uint8Array: bytes,
    ArrayBuffer: bytes.buffer,
    SharedArrayBuffer: new SharedArrayBuffer(3),
    DataView: new DataView(bytes.buffer, 1, 1),
  };
  expect(read({ rows: [classes] })).toEqual({
    rows: [
      {
        ...{ Buffer: "AQID\n", Uint8Array: "AQID\n", ArrayBuffer: "AQID\n" },
        ...{ SharedArrayBuffer: "AAAA\n", DataView: "Ag==\n" },
      },
    ],
  });
  expect(read(new Uint8Array(0))).toBe("");
  expect(read(new Uint8Array(58))).toBe(`${"A".repeat(76)}\nAA==\n`);
});

test("typed arrays of numbers are lists", () => {
  expect(read({ vector: Float32Array.of(0.5, Number.NaN), ids: BigInt64Array.of(7n) })).toEqual({
    vector: [0.5, null],
    ids: [7],
  });
});

test("what toJSON() returns is written, with its bytes", () => {
  const own: { self?: object; toJSON(): unknown } = {
    toJSON: () => ({ bytes: Uint8Array.of(0) }),
  };
  own.self = own;
  expect(read({ own })).toEqual({ own: { bytes: "AA==\n" } });
});
