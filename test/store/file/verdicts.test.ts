import { expect, test } from "vitest";
import { createLayout } from "../../../src/store/file/layout.js";
import { toVerdict } from "../../../src/store/file/verdicts.js";

/** Conditions that a test cannot create, such as a full disk or a read-only file system. */
test.each([
  ["ENOSPC", "retry"],
  ["EMFILE", "retry"],
  ["EROFS", "blocked"],
  ["EACCES", "blocked"],
  ["ENAMETOOLONG", "refused"],
])("%s means %s, and the message names the directory", (code, state) => {
  const cause = Object.assign(new Error(`${code}: no`), { code });
  const verdict = toVerdict(createLayout("/a/store"), cause);
  expect(verdict).toMatchObject({
    state,
    cause: { message: expect.stringContaining("/a/store"), cause },
  });
});

test("a retry waits several seconds", () => {
  const cause = Object.assign(new Error("full"), { code: "ENOSPC" });
  expect(toVerdict(createLayout("x"), cause)).toMatchObject({ afterMs: 5000 });
});
