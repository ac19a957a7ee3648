import { readFileSync } from "node:fs";
import ts from "typescript";
import { describeOption, OPTION_NAMES } from "../../src/settings/options.js";

/** The table of options in docs/options.md, from their declaration and the first sentences of their docstrings. */
export function optionsTable(): string {
  const texts = readTexts();
  const rows = OPTION_NAMES.map((name) => {
    const { env, defaultValue } = describeOption(name);
    const variable = env === undefined ? "" : `\`${env}\``;
    return `| \`${name}\` | ${variable} | ${showDefault(defaultValue)} | ${texts.get(name)} |`;
  });
  return [
    "| option | environment variable | default | meaning |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function showDefault(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "number" ? value.toLocaleString("en").replaceAll(",", "_") : value;
  return `\`${typeof text === "string" ? text : JSON.stringify(text)}\``;
}

function readTexts(): Map<string, string> {
  const file = "src/settings/options.ts";
  const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const options = tree.statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text === "AutologOptions",
  ) as ts.InterfaceDeclaration;
  return new Map(
    options.members.map((member) => {
      const [comment] = ts.getJSDocCommentsAndTags(member);
      const text = ts.getTextOfJSDocComment(comment?.comment) ?? "";
      const sentence = text.replace(/\s+/g, " ").split(/(?<=\.) /)[0] ?? "";
      return [member.name?.getText(tree) ?? "", sentence.replace(/\.$/, "")];
    }),
  );
}
