import { forEach } from "../../base/for-each.js";
import { withSizeStats } from "../../trace/size-stats.js";
import type { Trace, TraceInfo, TraceToLog } from "../../trace/trace.js";
import type { Verdict } from "../retry.js";
import { asOwnTrace } from "../share.js";
import type { TraceStore } from "../store.js";
import { encodeTraces } from "../wire/otlp.js";
import { ProtobufWriter } from "../wire/protobuf.js";
import type { Background } from "./background.js";
import { type Capabilities, tooOldForTraces } from "./capabilities.js";
import { createExperimentCheck } from "./experiments.js";
import type { Http } from "./http.js";
import { linkPrompts } from "./link-prompts.js";
import { postSpans } from "./post-spans.js";
import { sendOfPart } from "./send-of-part.js";
import { sendOverrides } from "./send-overrides.js";
import { logTraceByArtifact } from "./spans-artifact.js";
import { needsStartTrace, startTraceRequest } from "./trace-info.js";
import { isRepeatedInfo, STORED, verdictOf, verdictOfError } from "./verdict.js";

/** The info of a trace, to be sent to an experiment. */
export interface InfoJob {
  readonly experimentId: string;
  readonly info: TraceInfo;
  /** The size of each span. They are summed up when the info is sent, because under load most infos are dropped. */
  readonly spanBytes: readonly number[];
  /** The server counts the tokens of the trace. */
  readonly countsTokens?: boolean;
}

/** More concurrent requests are not faster: the server writes one at a time. */
const MAX_IN_FLIGHT = 4;
const MAX_SPARE_BYTES = 8 * 1024 * 1024;

/**
 * Stores traces on a server: all spans in one OTLP request, then a StartTraceV3 request for each trace with the
 * fields that OTLP does not carry. If none of those is essential, the request is added to `background`.
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
  /** New buffers of some megabytes for each request would make V8 collect garbage often. */
  let spare: WeakRef<ProtobufWriter> | undefined;

  async function logTraces(
    experimentId: string,
    traces: readonly TraceToLog[],
    signal?: AbortSignal,
  ): Promise<Verdict[]> {
    const [experiment, server] = await Promise.all([
      checkExperiment(experimentId, signal),
      capabilities(),
    ]);
    if (experiment.state !== "stored") return traces.map(() => experiment);
    if (!server.traceInfos) {
      const cause = tooOldForTraces(http.uri, server.version);
      return traces.map(() => ({ state: "refused", cause }));
    }
    if (server.otlp && !otlpIsUnsupported) {
      const verdicts = await logByOtlp(server, experimentId, traces, signal);
      if (verdicts) return verdicts;
    }
    const verdicts = await logEach(traces, (trace) =>
      logTraceByArtifact(options, experimentId, asOwnTrace(trace, http.uri), signal),
    );
    otlpIsUnsupported ||= server.otlp && verdicts.some(({ state }) => state === "stored");
    return verdicts;
  }

  /** Undefined if the server does not accept OTLP. */
  async function logByOtlp(
    server: Capabilities,
    experimentId: string,
    traces: readonly TraceToLog[],
    signal?: AbortSignal,
  ): Promise<Verdict[] | undefined> {
    const writer = spare?.deref() ?? new ProtobufWriter();
    spare = undefined;
    const { pieces, refused, spanBytes } = encodeAll(writer, server, traces);
    const posted = pieces.length > 0 ? await postSpans(http, experimentId, pieces, signal) : [];
    if (!posted) return undefined;
    // A socket may still read the buffer after a request that failed.
    const isSent = posted.every(({ state }) => state === "stored");
    if (isSent && writer.written.length <= MAX_SPARE_BYTES) spare = new WeakRef(writer);
    const remaining = posted.values();
    const verdicts = traces.map((trace) => refused.get(trace) ?? remaining.next().value!);
    return logEach(traces, async (trace, index) => {
      const verdict = verdicts[index]!;
      if (verdict.state !== "stored") return verdict;
      if (server.linksPrompts) await linkPrompts(http, trace.info, signal);
      if (trace.share === "part") return sendOfPart(http, trace.info, signal);
      const job = {
        countsTokens: trace.share === "root" && server.countsTokens,
        experimentId,
        info: trace.info,
        spanBytes: spanBytes[index] ?? [],
      };
      if (!server.dialect.traceFields || needsStartTrace(trace.info)) {
        return sendInfo(http, job, signal);
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

/** Sends the info of a trace whose spans are stored. Rejects if there is no response. */
export async function sendInfo(
  http: Http,
  { experimentId, info: sent, spanBytes, ...options }: InfoJob,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  const info = withSizeStats(sent, spanBytes);
  const response = await http.send({ ...startTraceRequest(experimentId, info, options), signal });
  const verdict = isRepeatedInfo(response) ? STORED : verdictOf(response);
  return verdict.state === "stored" ? sendOverrides(http, info, signal) : verdict;
}

function encodeAll(writer: ProtobufWriter, server: Capabilities, traces: readonly Trace[]) {
  const pieces: Uint8Array[] = [];
  const refused = new Map<Trace, Verdict>();
  const spanBytes = encodeTraces(writer, traces, server.dialect).map((encoded, index) => {
    if (encoded instanceof Error) {
      refused.set(traces[index]!, { state: "refused", cause: encoded });
      return [];
    }
    pieces.push(encoded.bytes);
    return encoded.spanBytes;
  });
  return { pieces, refused, spanBytes };
}

/** Logs a few traces at a time. `log` rejects if a request has no response. */
async function logEach(
  traces: readonly TraceToLog[],
  log: (trace: TraceToLog, index: number) => Promise<Verdict>,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  await forEach(traces.entries(), MAX_IN_FLIGHT, async ([index, trace]) => {
    verdicts[index] = await log(trace, index).catch(verdictOfError);
  });
  return verdicts;
}
