import { expect, test } from "vitest";
import { inLines, inOneLine, jsonText } from "../../src/cli/printable.js";

const ESCAPES = "a\u001b[31mb\u001b]0;title\u0007c\u009b2Jd\u202ee\u0008f\u200dg";

test("a line has no escape sequences, control characters and line breaks", () => {
  expect(inOneLine(`${ESCAPES}\r\nh`)).toBe("abcd e f\u200dg h");
});

test("a message keeps its line breaks only", () => {
  expect(inLines(`1\n  ${ESCAPES}\r\n`)).toBe("1\n  abcd e f\u200dg \n");
});

test("JSON for a terminal has escaped control characters, and the same values", () => {
  const text = jsonText({
    [ESCAPES]: ESCAPES,
    big: 2n ** 60n,
    emoji: "👩\u200d💻",
    plane1: "\u{e0001}",
  });
  expect(text).not.toMatch(/(?!\u200d)[\p{Cc}\p{Cf}]/u);
  const plain = { [ESCAPES]: ESCAPES, emoji: "👩\u200d💻", plane1: "\u{e0001}" };
  expect(JSON.parse(text)).toMatchObject(plain);
});
