import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import { ALLOWED_DIFFERENCES, allowedBy } from "../golden/allowed-differences.js";
import type { CanonicalTrace } from "../golden/canonical.js";
import { compareTraces, type Difference, pairTraces, rename } from "../golden/compare.js";
import { goldenTraces } from "../golden/golden-data.js";
import { readOverRest, readWithPython } from "../golden/read-back.js";
import { RENAMES } from "../golden/renames.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Our programs, and Python's recording of the same. */
const PROGRAMS = [
  { example: "translation-chain.mjs", golden: "s1_chain_openai" },
  { example: "translation-stream.mjs", golden: "stream_openai" },
  { example: "translation-batch.mjs", golden: "batch3" },
  { example: "rag-chain.mjs", golden: "rag_chain" },
  { example: "agent.mjs", golden: "s2_agent_graph" },
  // Python's program there had a server that reports no usage on streams.
  { example: "langgraph.mjs", golden: "langgraph_stream", streamUsage: false },
  { example: "failing-model.mjs", golden: "failing_llm" },
  { example: "tools.mjs", golden: "tool_direct_and_error" },
  // With a tracer of its own; nor does it flush: the end of the process delivers.
  { example: "page-scenario-3/tracer.mjs", golden: "tracer_request_time", flags: [] },
] as const;
const EXPERIMENTS = PROGRAMS.map((program) => program.golden);

let mlflow: MlflowServer;
let overRest: Record<string, CanonicalTrace[]>;
let withPython: Record<string, CanonicalTrace[]>;

beforeAll(async () => {
  mlflow = await startMlflowServer();
  for (const program of PROGRAMS) await run(program);
  const read = EXPERIMENTS.map(async (name) => [name, await readOverRest(mlflow.url, name)]);
  overRest = Object.fromEntries(await Promise.all(read));
  withPython = await readWithPython(mlflow.url, EXPERIMENTS);
});
afterAll(() => mlflow?.close());

/** Runs an example as a user does: mostly preloaded, with nothing of us in its code. */
async function run(program: (typeof PROGRAMS)[number]): Promise<void> {
  const openai = await startOpenAiServer(
    "streamUsage" in program ? { streamUsage: program.streamUsage } : {},
  );
  const flags = "flags" in program ? program.flags : ["--import", "langchain-mlflow/register"];
  const args = [...flags, `examples/${program.example}`];
  const env = {
    ...process.env,
    // Otherwise a busy machine may need longer than the end of a process waits.
    MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "30000",
    MLFLOW_TRACKING_URI: mlflow.url,
    MLFLOW_EXPERIMENT_NAME: program.golden,
    OPENAI_API_KEY: "none-needed",
    OPENAI_BASE_URL: openai.url,
  };
  try {
    const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
    expect(stderr, program.example).toBe("");
  } finally {
    await openai.close();
  }
}

const used = new Set<object>();

/** What is different for no reason of the closed lists. */
function unexplained(ours: readonly CanonicalTrace[], golden: readonly CanonicalTrace[]) {
  const renamed = golden.map((trace) => rename(trace, RENAMES, (entry) => used.add(entry)));
  return pairTraces(ours, renamed).flatMap((pair, index) => {
    const missing: Difference = { path: "", ours: undefined, golden: "a trace" };
    const all = pair.ours ? compareTraces(pair.ours, pair.golden) : [missing];
    return all
      .filter((difference) => {
        const entry = allowedBy(difference);
        if (entry) used.add(entry);
        return !entry;
      })
      .map((difference) => ({ trace: index, ...difference }));
  });
}

describe.each(PROGRAMS)("$example", ({ golden: name }) => {
  const golden = goldenTraces(name);

  it("creates as many traces as in Python", () => {
    expect(overRest[name]).toHaveLength(golden.length);
  });

  it("names the number of its spans and the bytes of the whole trace", () => {
    for (const { metadata, spans } of overRest[name] ?? []) {
      expect(metadata["mlflow.trace.sizeStats"]).toEqual({
        total_size_bytes: metadata["mlflow.trace.sizeBytes"],
        num_spans: spans.length,
        ...{ max: expect.any(Number), p25: expect.any(Number) },
        ...{ p50: expect.any(Number), p75: expect.any(Number) },
      });
    }
  });

  it("is recorded as Python's MLflow records it, read over REST", () => {
    expect(unexplained(overRest[name] ?? [], golden)).toEqual([]);
  });

  it("is recorded as Python's MLflow records it, read with Python's client", () => {
    expect(unexplained(withPython[name] ?? [], golden)).toEqual([]);
  });
});

it("has no entry in its lists of differences that no longer applies", () => {
  const idle = [...ALLOWED_DIFFERENCES, ...RENAMES].filter((entry) => !used.has(entry));
  expect(idle).toEqual([]);
});
