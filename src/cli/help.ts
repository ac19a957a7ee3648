import type { Command } from "./command.js";

/** What stands after the arguments of every command. */
const COMMON = [
  "--tracking-uri URI   the store: http(s)://… or a directory (default MLFLOW_TRACKING_URI, or ./.mlflow-local)",
  "--help, -h           print this text",
];

/** A terminal has at least so many cells. */
const WIDTH = 80;
/** The column of the descriptions of options. */
const DESCRIPTIONS = 21;

export function usageOf({ name, synopsis }: Command): string {
  return `langchain-mlflow ${name} ${synopsis}`;
}

export function helpOf(command: Command): string {
  const described = new Set(command.help.map(optionOf));
  const common = COMMON.filter((line) => !described.has(optionOf(line)));
  const optionLines = command.help.filter(isOption);
  const sentences = command.help.filter((line) => !isOption(line));
  return [
    // An option and its value stay in one line.
    ...wrap(`Usage: ${usageOf(command)}`, { indent: 7, separator: / (?=\[|-- )/ }),
    "",
    ...wrap(`${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`),
    "",
    ...[...optionLines, ...common].flatMap((line) =>
      wrap(`  ${line}`, { indent: DESCRIPTIONS + 2 }),
    ),
    ...(sentences.length > 0 ? ["", ...sentences.flatMap((line) => wrap(line))] : []),
    "",
    "Examples:",
    ...examplesOf([command]),
  ].join("\n");
}

export function overviewOf(commands: readonly Command[]): string {
  return [
    "Usage: langchain-mlflow COMMAND [ARGUMENTS]",
    "",
    ...commands.flatMap(({ name, summary }) =>
      wrap(`  ${name.padEnd(8)}${summary}`, { indent: 10 }),
    ),
    "",
    ...wrap(
      "The store is --tracking-uri, or MLFLOW_TRACKING_URI, or the directory ./.mlflow-local.",
    ),
    "Run langchain-mlflow COMMAND --help for the arguments of a command.",
    "",
    "Examples:",
    ...examplesOf(commands.map((command) => ({ ...command, examples: firstOf(command.examples) }))),
  ].join("\n");
}

function optionOf(line: string): string {
  return line.split(/[ ,]/)[0] ?? "";
}

function firstOf(examples: Command["examples"]): Command["examples"] {
  return Object.fromEntries(Object.entries(examples).slice(0, 1));
}

function examplesOf(commands: readonly Pick<Command, "examples">[]): string[] {
  const examples = commands.flatMap((command) => Object.entries(command.examples));
  const width = Math.max(...examples.map(([line]) => line.length));
  const rows = examples.map(
    ([line, text]) => `  npx langchain-mlflow ${line.padEnd(width)}   ${text}`,
  );
  if (rows.every((row) => row.length <= WIDTH)) return rows;
  return examples.flatMap(([line, text]) => [
    `  npx langchain-mlflow ${line}`,
    ...wrap(`      ${text}`, { indent: 6 }),
  ]);
}

/** An option has its description in a column. */
function isOption(line: string): boolean {
  return /^\S.* {2}\S/.test(line);
}

/** Breaks a line at spaces. The lines after the first are indented. */
function wrap(text: string, { indent = 0, separator = / (?=\S)(?<=\S )/ } = {}): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of text.split(separator)) {
    if (line !== "" && line.length + 1 + part.length > WIDTH) {
      lines.push(line);
      line = " ".repeat(indent) + part;
    } else line += (line === "" ? "" : " ") + part;
  }
  return [...lines, line];
}
