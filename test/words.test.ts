import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

/** CONTRIBUTING.md lists the words to use instead. Identifiers are split into words before the check. */
const REFUSED =
  /\b(told|tells?|untold|hears|heard|(is|are) none|nobody|somebody|whoever|what (came|becomes) of|as (it is|it was|they are)|for ever|lets? go of|as ever|forgive|blame|give late|glances)\b/gi;

/** Texts that repeat those of MLflow for Python. They are removed before the check. */
const FROM_PYTHON: readonly string[] = [];

interface Text {
  readonly file: string;
  readonly text: string;
}

const source = filesOf("src", ".ts").flatMap((file) => [
  { file, text: file },
  { file, text: readFileSync(file, "utf8") },
]);
const pages = ["README.md", ...filesOf("docs", ".md")].map((file) => ({
  file,
  text: readFileSync(file, "utf8"),
}));
const titles = filesOf("test", ".ts").flatMap(titlesOf);

test.each([
  ["src", source],
  ["README.md and docs", pages],
  ["titles of tests", titles],
])("no refused word is used in %s", (_where, texts) => {
  expect(texts.length).toBeGreaterThan(0);
  expect(texts.flatMap(refusedIn)).toEqual([]);
});

test("refused words are found in prose, identifiers and file names, and only as whole words", () => {
  const found = (text: string) => refusedIn({ file: "f", text });
  expect(found("It is told\nonce.")).toEqual(['f: "told" in "It is told once."']);
  expect(found("the value is none")).toHaveLength(1);
  expect(found(" * the value is\n * none.")).toHaveLength(1);
  expect(found("const tellWrong = untoldStreams;")).toHaveLength(2);
  expect(found("giveLate(GIVE_LATE)")).toHaveLength(2);
  expect(found("untold-streams.ts")).toHaveLength(1);
  expect(found("mentioned, retell, stellar, storytelling, unheard, blameless")).toEqual([]);
  expect(found("not is nonempty")).toEqual([]);
});

function refusedIn({ file, text }: Text): string[] {
  const ours = FROM_PYTHON.reduce((rest, quote) => rest.replaceAll(quote, ""), text);
  // A comment's line breaks may stand within "is none".
  const prose = ours.replace(/\s*\n\s*(\*|\/\/)?\s*/g, " ");
  const words = prose.replace(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll("_", " ");
  return [...words.matchAll(REFUSED)].map(({ 0: word, index }) => {
    const around = words.slice(Math.max(0, index - 40), index + word.length + 40);
    return `${file}: "${word}" in "${around.trim()}"`;
  });
}

/** Titles of `test`, `it` and `describe`, also with `.each(…)` and the like: the first argument, where it is a text. */
function titlesOf(file: string): Text[] {
  const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    const title = ts.isCallExpression(node) && isTestFunction(node.expression) && node.arguments[0];
    if (title && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) {
      found.push({ file, text: title.getText() });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Whether it is `test`, `test.skipIf(…)`, `describe.each(…)` and the like. */
function isTestFunction(expression: ts.Expression): boolean {
  if (ts.isIdentifier(expression)) return ["test", "it", "describe"].includes(expression.text);
  if (ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression)) {
    return isTestFunction(expression.expression);
  }
  return ts.isTaggedTemplateExpression(expression) && isTestFunction(expression.tag);
}

function filesOf(folder: string, extension: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension) && !file.includes("node_modules"))
    .map((file) => join(folder, file));
}
