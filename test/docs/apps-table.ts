import { readFileSync } from "node:fs";
import { kinds } from "../apps/kinds.mjs";

/** One kind of app: what its test found when the app called `autolog()`, and under the preload. */
interface AppResult {
  readonly kind: string;
  readonly code: string;
  readonly preload: string;
}

/** The results of `npm run test:apps`, as it committed them. */
export function appResults(): AppResult[] {
  return JSON.parse(readFileSync("test/apps/results.json", "utf8"));
}

/** The table of docs/frameworks.md. */
export function appsTable(): string {
  const results = new Map(appResults().map((result) => [result.kind, result]));
  const rows = kinds.map(({ kind }) => {
    const { code = "not run", preload = "not run" } = results.get(kind) ?? {};
    return `| ${kind} | ${shown(code)} | ${shown(preload)} |`;
  });
  return ["| app | in code | preload |", "|---|---|---|", ...rows].join("\n");
}

function shown(result: string): string {
  if (result === "traced") return "traced";
  if (result === "nothing") return "**not traced, without a message**";
  if (result.startsWith("failed")) return "**fails**";
  return `“${result.replaceAll("|", "\\|")}”`;
}
