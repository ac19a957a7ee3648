import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { PAGES, proseOf } from "./pages.js";

describe.each(PAGES)("%s", (page) => {
  test("its links lead to files and headings that exist", () => {
    expect(brokenLinksOf(page)).toEqual([]);
  });
});

test("the index lists every page of docs", () => {
  const index = proseOf("docs/README.md");
  const pages = PAGES.filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
  const missing = pages.filter((page) => !index.includes(`](${page.slice("docs/".length)})`));
  expect(missing).toEqual([]);
});

test("README has at most 150 lines", () => {
  // With its code blocks, whose lines are empty here.
  expect(proseOf("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(150);
});

test("a source without a target and a target that is not used are found", () => {
  expect(
    undefinedReferencesIn("| yes [L1] | no [L2] [L3] |\n\n[L1]: a\n[L3]: b\n[L4]: c\n"),
  ).toEqual(["[L2]: has no target", "[L4]: is not used"]);
});

test("a missing file and a missing heading are found", () => {
  const anchors = anchorsIn("# One `two` three\n## One, two: (three)\n## Twice\n## Twice\n");
  expect([...anchors]).toEqual(["one-two-three", "one-two-three-1", "twice", "twice-1"]);
  expect(problemOf("README.md", "docs/nothing.md")).toMatch(/no file/);
  expect(problemOf("README.md", "docs/options.md#nothing")).toMatch(/no heading/);
  expect(problemOf("README.md", "docs/options.md#options")).toBeUndefined();
});

function brokenLinksOf(page: string): string[] {
  const prose = proseOf(page);
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(REFERENCE_TARGETS)];
  return [
    ...targets.flatMap(([, target = ""]) => problemOf(page, target) ?? []),
    ...undefinedReferencesIn(prose),
  ];
}

/** Of lines such as `[L1]: https://example.com`. */
const REFERENCE_TARGETS = /^\[[A-Z]\d+\]: (\S+)$/gm;

/** Tables name their sources by a letter and a number: `[L1]`. */
function undefinedReferencesIn(prose: string): string[] {
  const named = new Set(prose.match(/\[[A-Z]\d+\](?![:(])/g));
  const defined = new Set(prose.match(/^\[[A-Z]\d+\](?=: )/gm));
  return [
    ...[...named].filter((name) => !defined.has(name)).map((name) => `${name}: has no target`),
    ...[...defined].filter((name) => !named.has(name)).map((name) => `${name}: is not used`),
  ];
}

function problemOf(page: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), path)).replaceAll("\\", "/");
  if (!existsSync(file)) return `${target}: there is no file ${file}`;
  if (anchor === undefined || anchorsIn(proseOf(file)).has(anchor)) return undefined;
  return `${target}: there is no heading #${anchor} in ${file}`;
}

/** As GitHub makes them of headings. */
function anchorsIn(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = plain
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    let free = anchor;
    for (let count = 1; anchors.has(free); count++) free = `${anchor}-${count}`;
    anchors.add(free);
  }
  return anchors;
}
