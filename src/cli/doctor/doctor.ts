import { createRequire } from "node:module";
import { dirname } from "node:path";
import { countOf } from "../../base/count-of.js";
import { readSettings } from "../../settings/settings.js";
import type { Command, Invocation } from "../command.js";
import { inOneLine, jsonText } from "../printable.js";
import { painter } from "../terminal.js";
import { checkApp, readManifest } from "./app.js";
import type { Finding, Status } from "./finding.js";
import { checkProgram } from "./program.js";
import { environmentOf, trackingUriOf } from "./program-settings.js";
import { checkRun } from "./run.js";
import { type ProgramRun, runProgram } from "./run-program.js";
import { checkStore } from "./store.js";

const TITLES: Readonly<Record<Finding["section"], string>> = {
  run: "The program that was run",
  program: "Installed packages",
  app: "The app",
  store: "The store",
};

const STYLES = { ok: "green", note: "dim", warning: "yellow", problem: "red" } as const;

export const doctor: Command = {
  name: "doctor",
  synopsis: "[--json] [--tracking-uri URI] [-- PROGRAM ARGUMENTS]",
  summary: "check the set-up: what is traced, where traces go, and how to fix what is wrong",
  help: [
    "-- PROGRAM …         run this program with the preload, and report which copies of @langchain/core it loads, and its traces",
    "--json               print the findings as JSON; the program's stdout then goes to stderr",
    "Run it in the folder of the app. It sends a test trace, which has the tag langchain_mlflow.doctor.",
    "The exit code is 1 if there is a problem.",
  ],
  examples: {
    doctor: "check the app in this folder",
    "doctor -- node app.js": "also run the app, and check what it loads",
  },
  options: { json: { type: "boolean" } },
  maxPositionals: Number.POSITIVE_INFINITY,
  async run(invocation) {
    const { options, positionals, env, terminal } = invocation;
    const directory = process.cwd();
    const ownRequire = createRequire(import.meta.url);
    const register = ownRequire.resolve("langchain-mlflow/register");
    const ownFolder = dirname(ownRequire.resolve("langchain-mlflow/package.json"));
    const run = positionals.length > 0 ? await start(invocation, register) : undefined;
    const manifest = readManifest(directory);
    const reports = run?.reports ?? [];
    const ownEnv = environmentOf(reports, env);
    const settings = readSettings(ownEnv);
    const asked = options["tracking-uri"] as string | undefined;
    const uri = asked ?? (await trackingUriOf(reports, settings));
    const findings = [
      ...(run ? checkRun(run, directory) : []),
      ...checkProgram({
        ...{ directory, ownFolder },
        isApp: manifest !== undefined,
        nodeVersion: process.versions.node,
      }),
      ...checkApp(manifest, ownEnv),
      ...(await checkStore(uri, settings)),
    ];
    const isHealthy = findings.every(({ status }) => status !== "problem");
    if (options.json) {
      const report = { isHealthy, findings, ...(run && { program: withoutValues(run) }) };
      terminal.write(jsonText(report));
    } else terminal.write(renderFindings(findings, terminal.colours));
    return isHealthy ? 0 : 1;
  },
};

function start({ options, positionals, env }: Invocation, register: string): Promise<ProgramRun> {
  return runProgram({
    command: positionals,
    env,
    preloads: [register, register.replace(/register\.cjs$/, "program-probe.cjs")],
    stdout: options.json ? "stderr" : "stdout",
  });
}

/** The values of variables may be secret. */
function withoutValues({ reports, ...run }: ProgramRun): object {
  const named = reports.map(({ environment, ...report }) => ({
    ...report,
    variables: Object.keys(environment),
  }));
  return { ...run, reports: named };
}

/** Renders findings by section, and then how many warnings and problems there are. */
function renderFindings(findings: readonly Finding[], colours: boolean): string {
  const paint = painter(colours);
  const lines: string[] = [];
  let section: string | undefined;
  for (const { section: next, status, text, fix } of findings) {
    if (next !== section) lines.push(...(section ? [""] : []), paint("bold", TITLES[next]));
    section = next;
    lines.push(`  ${paint(STYLES[status], status.padEnd(8))}${inOneLine(text)}`);
    if (fix) lines.push(`          ${status === "note" ? "" : "Fix: "}${inOneLine(fix)}`);
  }
  const count = (wanted: Status) => findings.filter(({ status }) => status === wanted).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const total = [numbered(problems, "problem"), numbered(warnings, "warning")].filter(Boolean);
  return [...lines, "", total.length > 0 ? `${total.join(", ")}.` : "No problems found."].join(
    "\n",
  );
}

function numbered(count: number, word: string): string {
  return count === 0 ? "" : countOf(count, word);
}
