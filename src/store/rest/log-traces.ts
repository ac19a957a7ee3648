import { MlflowException } from "../../base/errors.js";
import type { Trace, TraceInfo } from "../../trace/trace.js";
import type { TraceStore, Verdict } from "../store.js";
import { createOtlpEncoder } from "../wire/otlp.js";
import { logTraceByArtifact } from "./artifact-traces.js";
import type { Background } from "./background.js";
import type { Capabilities } from "./capabilities.js";
import { createExperimentCheck } from "./experiment-check.js";
import type { Http, Request } from "./http.js";
import { postSpans } from "./post-spans.js";
import { needsStartTrace, startTraceRequest } from "./start-trace.js";
import { isRepeatedInfo, STORED, verdictOf, verdictOfError } from "./verdict.js";

/** A trace's info on its way to an experiment. */
export interface InfoJob {
  readonly experimentId: string;
  readonly info: TraceInfo;
}

/** More requests at once are no faster: the server writes one at a time. */
const MAX_IN_FLIGHT = 4;

/**
 * The way of traces to a server: all spans in one OTLP request, then StartTraceV3 for what OTLP
 * cannot carry. What of that is only nice to have goes to `background`.
 */
export function createTraceLogger(options: {
  http: Http;
  capabilities: () => Promise<Capabilities>;
  background: Background<InfoJob>;
  allowedFolders: readonly string[];
}): TraceStore["logTraces"] {
  const { http, capabilities, background } = options;
  const checkExperiment = createExperimentCheck(http);
  let otlpIsUnsupported = false;

  async function logTraces(
    experimentId: string,
    traces: readonly Trace[],
    signal?: AbortSignal,
  ): Promise<Verdict[]> {
    const [found, able] = await Promise.all([
      checkExperiment(experimentId, signal),
      capabilities(),
    ]);
    if (found.state !== "stored") return traces.map(() => found);
    if (!able.traceInfos) return traces.map(() => tooOld(http.uri, able.version));
    if (able.otlp && !otlpIsUnsupported) {
      const verdicts = await byOtlp(able, experimentId, traces, signal);
      if (verdicts) return verdicts;
    }
    const verdicts = await inParallel(traces, (trace) =>
      logTraceByArtifact(options, experimentId, trace, signal),
    );
    otlpIsUnsupported ||= able.otlp && verdicts.some(({ state }) => state === "stored");
    return verdicts;
  }

  async function byOtlp(
    able: Capabilities,
    experimentId: string,
    traces: readonly Trace[],
    signal?: AbortSignal,
  ): Promise<Verdict[] | undefined> {
    const { pieces, refused } = encodeAll(able, traces);
    const posted = pieces.length > 0 ? await postSpans(http, experimentId, pieces, signal) : [];
    if (!posted) return undefined;
    const inTurn = posted.values();
    const verdicts = traces.map((trace) => refused.get(trace) ?? inTurn.next().value!);
    return inParallel(traces, async (trace, index) => {
      const verdict = verdicts[index]!;
      if (verdict.state !== "stored") return verdict;
      const job = { experimentId, info: trace.info };
      if (!able.dialect.traceFields || needsStartTrace(trace.info)) {
        return sendInfo(http, job, { signal });
      }
      background.add(job);
      return verdict;
    });
  }

  return async (experimentId, traces, signal) => {
    if (traces.length === 0) return [];
    return logTraces(experimentId, traces, signal).catch((cause) =>
      traces.map(() => verdictOfError(cause)),
    );
  };
}

/** StartTraceV3 for a trace whose spans are there. Rejects when no answer came. */
export async function sendInfo(
  http: Http,
  { experimentId, info }: InfoJob,
  how: Pick<Request, "signal">,
): Promise<Verdict> {
  const answer = await http.send({ ...startTraceRequest(experimentId, info), ...how });
  return isRepeatedInfo(answer) ? STORED : verdictOf(answer);
}

function encodeAll(able: Capabilities, traces: readonly Trace[]) {
  const encode = createOtlpEncoder(able.dialect);
  const pieces: Uint8Array[] = [];
  const refused = new Map<Trace, Verdict>();
  for (const trace of traces) {
    try {
      pieces.push(encode(trace));
    } catch (cause) {
      refused.set(trace, { state: "refused", cause: cause as Error });
    }
  }
  return { pieces, refused };
}

/** A few at a time, in order; what rejects is a request without an answer. */
async function inParallel(
  traces: readonly Trace[],
  log: (trace: Trace, index: number) => Promise<Verdict>,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const jobs = traces.entries();
  const worker = async () => {
    for (const [index, trace] of jobs) {
      verdicts[index] = await log(trace, index).catch(verdictOfError);
    }
  };
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, worker));
  return verdicts;
}

function tooOld(uri: string, version: string | undefined): Verdict {
  return {
    state: "refused",
    cause: new MlflowException(
      `The tracking server at ${uri} is MLflow ${version}, too old for traces of this client: it needs MLflow 3.2 or newer, 3.6 or newer is best.`,
      "NOT_IMPLEMENTED",
    ),
  };
}
