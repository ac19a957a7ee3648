import { expect, test } from "vitest";
import { checkArtifactPath, decodedPath, faultOf } from "../../src/store/artifact-path.js";
import { harmlessPaths, hostilePaths } from "./hostile-paths.js";

test("there are at least 200 hostile paths", () => {
  expect(hostilePaths.length).toBeGreaterThanOrEqual(200);
});

test.each(hostilePaths.map((path) => [path]))("%j is refused", (path) => {
  expect(() => checkArtifactPath(path)).toThrow(
    expect.objectContaining({ errorCode: "INVALID_PARAMETER_VALUE" }),
  );
});

test.each(harmlessPaths.map((path) => [path]))("%j is accepted unchanged", (path) => {
  expect(checkArtifactPath(path)).toBe(path);
});

test("a value that is not a string is rejected", () => {
  for (const path of [undefined, null, 1, ["a"], { toString: () => "a" }]) {
    expect(faultOf(path)).toBe("is not a string");
  }
});

test("the error says what is wrong and shows a valid path", () => {
  expect(() => checkArtifactPath("a/%252e%252e/b")).toThrow(
    "Invalid artifact path: \"a/%252e%252e/b\" contains a '.' or '..' segment when percent-decoded. An artifact path is relative to its root, like \"plots/loss.png\".",
  );
});

test("a name is decoded as a server stores it", () => {
  expect(decodedPath("z%41.txt")).toBe("zA.txt");
  expect(decodedPath("z%2541.txt")).toBe("zA.txt");
  expect(decodedPath("50%.txt")).toBe("50%.txt");
});
