import { readdirSync, readFileSync } from "node:fs";

/** The Markdown files for readers, relative to the repository. */
export const PAGES: readonly string[] = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"],
  ...readdirSync("docs")
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => `docs/${file}`),
];

/** The text of a page, with the line ends of the repository. */
export function readPage(path: string): string {
  return readFileSync(path, "utf8").replaceAll("\r\n", "\n");
}

/** A page with generated text between the marks `<!-- name -->` and `<!-- /name -->`. */
export function withGenerated(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const from = page.indexOf(start) + start.length;
  const to = page.indexOf(end);
  if (from < start.length || to < from) throw new Error(`The page lacks the marks of ${name}.`);
  return `${page.slice(0, from)}${text}\n${page.slice(to)}`;
}

export interface Block {
  /** The first word behind the fence: the language. */
  readonly language: string;
  /** The further words: `run`, `file=agent.mjs`. */
  readonly words: readonly string[];
  readonly text: string;
  readonly page: string;
  /** Of the fence. */
  readonly line: number;
}

/** The fenced code blocks of a page. */
export function blocksOf(page: string): Block[] {
  const lines = readPage(page).split("\n");
  const blocks: Block[] = [];
  let start: number | undefined;
  lines.forEach((line, index) => {
    if (!line.startsWith("```")) return;
    if (start === undefined) {
      start = index;
      return;
    }
    const [language = "", ...words] = (lines[start] ?? "").slice(3).trim().split(/\s+/);
    const text = lines.slice(start + 1, index).join("\n");
    blocks.push({ language, words, text, page, line: start + 1 });
    start = undefined;
  });
  return blocks;
}

/** A page without its code blocks, whose lines stay empty. */
export function proseOf(page: string): string {
  const text = readPage(page);
  return text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]+/g, ""));
}
