import { expect, test } from "vitest";
import { cutTo, padEnd, padStart, widthOf } from "../../src/cli/width.js";

const widths: Record<string, number> = {
  "": 0,
  abc: 3,
  "├─ a … →": 8,
  日本語: 6,
  한국어: 6,
  "🎉": 2,
  "👩🏽‍🚀": 2,
  "👨‍👩‍👧": 2,
  "🇰🇷": 2,
  "❤️": 2,
  é: 1,
  "e\u0301": 1,
  ｶﾞ: 2,
  "a\u200bb": 2,
  नमस्ते: 3,
};

test.each(Object.entries(widths))("the text %o takes %i cells", (text, cells) => {
  expect(widthOf(text)).toBe(cells);
});

test("a text is cut between characters, and takes at most the cells that there are", () => {
  expect(cutTo("abcdef", 4)).toBe("abc…");
  expect(cutTo("日本語", 6)).toBe("日本語");
  expect(cutTo("日本語", 5)).toBe("日本…");
  expect(cutTo("日本語", 4)).toBe("日…");
  expect(cutTo("a👨‍👩‍👧b", 3)).toBe("a…");
  expect(cutTo("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
  expect(cutTo("abc", 0)).toBe("");
  for (const text of Object.keys(widths)) {
    for (let cells = 0; cells < 8; cells++) {
      expect(widthOf(cutTo(text, cells)), `${text} ${cells}`).toBeLessThanOrEqual(cells);
    }
  }
});

test("a text is padded by cells", () => {
  expect(padEnd("日本", 6)).toBe("日本  ");
  expect(padStart("🎉", 4)).toBe("  🎉");
});
