import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Block, blocksOf, PAGES } from "../../docs/pages.js";
import { CHILD_LIMIT_MS } from "../../support/child-limit.js";

// Below the repository: a program there finds `langchain-mlflow`, which is `dist`, and LangChain by their names.
const cache = resolve(".cache");
mkdirSync(cache, { recursive: true });
const root = mkdtempSync(join(cache, "docs-"));
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

const pages = PAGES.map((page) => ({ page, blocks: blocksOf(page) })).filter(({ blocks }) =>
  blocks.some(isProgram),
);

test("README and five more pages have programs", () => {
  expect(pages[0]?.page).toBe("README.md");
  expect(pages.length).toBeGreaterThan(5);
});

// A block ```js run is a program of its own; ```js run report writes the report of an evaluation to stderr; ```js file=agent.mjs is
// a file that the programs of its page find.
describe.each(pages)("$page", ({ page, blocks }) => {
  const folder = join(root, page.replaceAll(/\W/g, "-"));
  for (const { words, text } of blocks) {
    const file = words.find((word) => word.startsWith("file="))?.slice("file=".length);
    if (file !== undefined) write(join(folder, file), text);
  }

  test.each(blocks.filter(isProgram))(
    "the program in line $line runs",
    async ({ line, words, text }) => {
      const program = join(folder, `line-${line}.mjs`);
      write(program, text);
      const { code, stdout, stderr } = await run(program);
      const expected = words.includes("report") ? expect.stringMatching(REPORT) : "";
      expect({ code, stderr }).toEqual({ code: 0, stderr: expected });
      expect(stdout).not.toBe("");
    },
  );
});

/** The line at the start, one table, and no warning. */
const REPORT =
  /^langchain-mlflow: evaluating .+\nlangchain-mlflow: evaluated \d+ rows?: passed · .+\n( {2}.+\n)+$/;

function isProgram({ words }: Block): boolean {
  return words.includes("run");
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in its own folder, where its local store is then, too. */
function run(program: string): Promise<Ended> {
  const options = {
    cwd: dirname(program),
    timeout: CHILD_LIMIT_MS,
    killSignal: "SIGKILL",
  } as const;
  return new Promise((done) => {
    execFile(process.execPath, [program], options, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
    });
  });
}
