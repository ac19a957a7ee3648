import type { Command } from "./command.js";

/** What stands after the arguments of every command. */
const COMMON = [
  "--tracking-uri URI   the store: http(s)://… or a directory (default MLFLOW_TRACKING_URI, or ./.mlflow-local)",
  "--help, -h           print this text",
];

export function usageOf({ name, synopsis }: Command): string {
  return `langchain-mlflow ${name} ${synopsis}`;
}

export function helpOf(command: Command): string {
  const described = new Set(command.help.map(optionOf));
  const common = COMMON.filter((line) => !described.has(optionOf(line)));
  return [
    `Usage: ${usageOf(command)}`,
    "",
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
    "",
    ...[...command.help, ...common].map((line) => `  ${line}`),
    "",
    "Examples:",
    ...examplesOf([command]),
  ].join("\n");
}

export function overviewOf(commands: readonly Command[]): string {
  return [
    "Usage: langchain-mlflow COMMAND [ARGUMENTS]",
    "",
    ...commands.map((command) => `  ${command.name.padEnd(8)}${command.summary}`),
    "",
    "The store is --tracking-uri, or MLFLOW_TRACKING_URI, or the directory ./.mlflow-local.",
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
  return examples.map(([line, text]) => `  npx langchain-mlflow ${line.padEnd(width)}   ${text}`);
}
