import { relative } from "node:path";
import { countOf } from "../../base/count-of.js";
import type { CopyDescription } from "../../langchain/patch/describe-copies.js";
import type { Finding, Status } from "./finding.js";
import type { ProgramReport } from "./program-report.js";
import type { ProgramRun } from "./run-program.js";

const SECTION = "run";
const CALLS_NOTHING =
  "Check that this run calls LangChain: run the command with the input that does.";
const FAILED = "The program failed: correct the error in its output above, and run this again.";

/** What a run of the program showed: the copies of core it loaded, its traces, and what was lost. */
export function checkRun({ command, exitCode, reports }: ProgramRun, directory: string): Finding[] {
  const finding = (check: string, status: Status, text: string, fix?: string): Finding => ({
    ...{ section: SECTION, check, status, text },
    ...(fix && { fix }),
  });
  const exited = finding("program", "note", `\`${command}\` ended with exit code ${exitCode}.`);
  if (reports.length === 0) {
    return [
      exited,
      finding(
        "program",
        "problem",
        "The program is not a Node.js program, or removes NODE_OPTIONS.",
        "Run Node.js itself: npx langchain-mlflow doctor -- node app.js",
      ),
    ];
  }
  const next = exitCode === 0 ? CALLS_NOTHING : FAILED;
  const copies = new Map(
    reports.flatMap((report) => report.copies).map((copy) => [JSON.stringify(copy), copy]),
  );
  const findings = [...copies.values()].map((copy) => describeCopy(copy, directory));
  if (copies.size === 0) findings.push(withoutCopies(reports, next));
  const traces = reports.reduce((sum, report) => sum + report.traces, 0);
  const uris = [...new Set(reports.flatMap(({ trackingUri }) => trackingUri ?? []))];
  const where = uris.length > 0 ? ` They go to ${uris.join(" and ")}.` : "";
  if (traces > 0)
    findings.push(
      finding("traces", "ok", `${countOf(traces, "trace was", "traces were")} recorded.${where}`),
    );
  else if (copies.size > 0 && findings.every(({ status }) => status !== "problem")) {
    findings.push(finding("traces", "warning", "No trace was recorded.", next));
  }
  return [exited, ...findings, ...reports.flatMap(checkLosses)];
}

function describeCopy(copy: CopyDescription, directory: string): Finding {
  const { path, version, format, isPatched, reason, fix } = copy;
  const place = path?.startsWith(directory) ? relative(directory, path) : path;
  const name = `@langchain/core ${[version, format && `(${format})`].filter(Boolean).join(" ")}`;
  const what = `${name.trim()} at ${place ?? "an unknown place"}`;
  const about = { section: SECTION, check: "loaded core" } as const;
  if (isPatched) return { ...about, status: "ok", text: `${what} is traced.` };
  return {
    ...about,
    status: "problem",
    text: `${what} is not traced: ${reason ?? "the reason is not known"}`,
    fix: fix ?? "See docs/troubleshooting.md, No traces appear.",
  };
}

function withoutCopies(reports: readonly ProgramReport[], fix: string): Finding {
  const about = { section: SECTION, check: "loaded core", status: "problem" } as const;
  if (reports.some(({ hasLangChain }) => hasLangChain)) {
    return {
      ...about,
      text: "LangChain ran from a bundle, which the preload cannot patch.",
      fix: "Build it with a plugin of docs/bundlers.md, or exclude @langchain/core and langchain-mlflow from it: esbuild --packages=external",
    };
  }
  return {
    ...about,
    text: "The program loaded no @langchain/core.",
    fix,
  };
}

function checkLosses({ losses }: ProgramReport): Finding[] {
  return Object.entries(losses).map(([reason, count]) => ({
    ...{ section: SECTION, check: "losses", status: "problem" },
    text: `lost: ${countOf(count, "trace, or part of a trace", "traces, or parts of traces")} (${reason}).`,
    fix: "See docs/production.md, Losses, for the reason.",
  }));
}
