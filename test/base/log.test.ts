import { afterEach, expect, test, vi } from "vitest";
import { logWarning } from "../../src/base/log.js";

afterEach(() => vi.restoreAllMocks());

test("a warning is one line without characters that control a terminal", () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  logWarning("refused:\r\n\u001b[31mred\u001b[0m\u0007\u009b2J text\tend");
  expect(written).toEqual(["langchain-mlflow: refused: red text end\n"]);
});
