import { describe, expect, it } from "vitest";
import { ProtobufWriter } from "../../../src/store/wire/protobuf.js";

function written(write: (writer: ProtobufWriter) => void): string {
  const writer = new ProtobufWriter();
  write(writer);
  return Buffer.from(writer.take()).toString("hex");
}

describe("the protobuf writer", () => {
  // The expected bytes are those of the encoding's own documentation, or computed by hand from it.
  it.each([
    [150, "089601"],
    [0, "0800"],
    [127, "087f"],
    [128, "088001"],
    [-1, "08ffffffffffffffffff01"],
    [2 ** 31, "088080808008"],
    [Number.MAX_SAFE_INTEGER, "08ffffffffffffff0f"],
    [2n ** 63n - 1n, "08ffffffffffffffff7f"],
    [-(2n ** 63n), "0880808080808080808001"],
  ])("writes the integer %s", (value, bytes) => {
    expect(written((writer) => writer.int64(1, value))).toBe(bytes);
  });

  it("writes texts of every length, as UTF-8", () => {
    expect(written((writer) => writer.text(2, "testing"))).toBe("120774657374696e67");
    for (const text of [
      "",
      "é",
      "🦜",
      "a".repeat(24),
      "a".repeat(25),
      "é".repeat(100),
      "x".repeat(200_000),
    ]) {
      const bytes = written((writer) => writer.text(1, text));
      expect(
        Buffer.from(bytes, "hex")
          .subarray(-Buffer.byteLength(text) || Infinity)
          .toString(),
      ).toBe(text);
    }
  });

  it("leaves NUL out, and writes U+FFFD for half of a surrogate pair", () => {
    expect(written((writer) => writer.text(1, "a\0b"))).toBe("0a026162");
    expect(written((writer) => writer.text(1, "\ud800"))).toBe("0a03efbfbd");
  });

  it("nests messages, written from the last field to the first", () => {
    const bytes = written((writer) => {
      const end = writer.open();
      writer.int64(1, 150);
      writer.close(3, end);
    });
    expect(bytes).toBe("1a03089601");
  });

  it("writes fixed and floating numbers, and bytes from hexadecimal digits", () => {
    expect(written((writer) => writer.fixed64(7, 1n))).toBe("390100000000000000");
    expect(written((writer) => writer.double(4, 1.5))).toBe("21000000000000f83f");
    expect(written((writer) => writer.hex(1, "00ff10"))).toBe("0a0300ff10");
  });

  it("is empty after its bytes were taken, which later writing leaves alone", () => {
    const writer = new ProtobufWriter();
    writer.text(1, "first");
    const first = writer.take();
    writer.text(1, "other");
    writer.take();
    expect(Buffer.from(first).toString("hex")).toBe("0a056669727374");
  });
});
