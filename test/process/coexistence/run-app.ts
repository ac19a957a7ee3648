import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { CHILD_LIMIT_MS } from "../../support/child-limit.js";
import { treeOf } from "../../support/tree.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const fixtures = join(root, "test/fixtures/coexistence");
const REGISTER = "langchain-mlflow/register";

export const arePeersInstalled = existsSync(join(root, "test/peers/node_modules/@arizeai"));

/** What the app goes through, one after the other; in each it makes the same calls. */
export const PHASES = ["both", "ours off", "ours again", "theirs off", "theirs again"] as const;
export type Phase = (typeof PHASES)[number];

export type Order = "ours first" | "theirs first" | "preload";

export interface AppSetUp {
  /** A file of test/peers. */
  readonly peer?: string;
  /** Without it the app runs without us. */
  readonly order?: Order;
  readonly format?: "esm" | "cjs";
  /** The folder whose node_modules hold the LangChain to run on. */
  readonly langchain?: string;
}

export interface PhaseOfApp {
  /** What the app's own code got of each of its calls. */
  readonly host: unknown;
  /** The trees of what the peer recorded. */
  readonly theirs: readonly string[];
  /** The trees of our traces. */
  readonly ours: readonly string[];
}

interface PeerSpan {
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
}

type Printed = Record<Phase, { readonly host: unknown; readonly theirs: readonly PeerSpan[] }>;

/** Runs the app to its end. */
export async function runApp(setUp: AppSetUp): Promise<Record<Phase, PhaseOfApp>> {
  const { order, langchain = root } = setUp;
  const folder = mkdtempSync(join(tmpdir(), "coexistence-"));
  const flags = ["--import", pathToFileURL(join(fixtures, "langchain-under-test.mjs")).href];
  if (order === "preload") flags.push("--import", REGISTER);
  const argument = JSON.stringify({ format: "esm", ...setUp, folder, phases: PHASES });
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [...flags, "app.mjs", argument],
      {
        cwd: fixtures,
        env: {
          ...process.env,
          LANGCHAIN_ROOT: langchain,
          MLFLOW_TRACKING_URI: `file:${folder}/both`,
        },
        timeout: CHILD_LIMIT_MS,
        killSignal: "SIGKILL",
      },
    );
    if (stderr !== "") throw new Error(`stderr: ${stderr}`);
    const printed = JSON.parse(stdout) as Printed;
    const phases: Partial<Record<Phase, PhaseOfApp>> = {};
    for (const phase of PHASES) {
      const { host, theirs } = printed[phase];
      const ours = await treesIn(join(folder, phase));
      phases[phase] = { host, theirs: treesOfSpans(theirs), ours };
    }
    return phases as Record<Phase, PhaseOfApp>;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function treesIn(directory: string): Promise<string[]> {
  if (!existsSync(directory)) return [];
  const store = createFileStore({ directory });
  const query = { experimentIds: ["0"], maxResults: 500 };
  const { items } = await store.searchTraceInfos(query);
  const traces = await Promise.all(items.map(({ traceId }) => store.getTrace(traceId)));
  await store.close();
  return traces.map((trace) => (trace ? treeOf(trace) : "no trace")).sort();
}

/** Branches that run side by side may change places. */
function treesOfSpans(spans: readonly PeerSpan[]): string[] {
  const ids = new Set(spans.map(({ id }) => id));
  const below = (parentId: string | undefined): string[] =>
    spans
      .filter((span) => (ids.has(span.parentId ?? "") ? span.parentId : undefined) === parentId)
      .map(({ id, name }) =>
        [name, ...below(id).flatMap((tree) => tree.replace(/^/gm, "  "))].join("\n"),
      )
      .sort();
  return below(undefined);
}
