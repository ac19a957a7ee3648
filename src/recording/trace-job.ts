import { guard } from "../base/log.js";
import { readSourceOfTraces } from "../context/source.js";
import type { Destination } from "../delivery/destination.js";
import type { Losses } from "../delivery/losses.js";
import type { TraceJob } from "../delivery/send-traces.js";
import type { AutologOptions } from "../settings/options.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { buildTrace } from "./build-trace.js";
import type { Call } from "./call.js";
import { CallAttachments } from "./call-attachments.js";
import { MASKS } from "./masks.js";
import { redactCall } from "./redact-call.js";

/** Memory of a span, besides its characters. */
const BYTES_PER_SPAN = 600;

/**
 * Returns functions for sealed Calls: `jobOf` makes a job, whose trace is built when it is sent, and `read` builds the trace
 * for code of this process.
 */
export function createJobs(options: AutologOptions, losses: Losses) {
  let source: Readonly<Record<string, string>> | undefined;
  const sourceOfProcess = () => {
    source ??= guard("source", readSourceOfTraces)() ?? {};
    return source;
  };
  const build = (call: Call, experimentId: string) => {
    redactCall(call, losses.reportRedaction);
    const masks = options.redactSecrets ? MASKS : undefined;
    return buildTrace(call, experimentId, sourceOfProcess(), masks);
  };
  const jobOf = (call: Call, destination: Destination): TraceJob => {
    const attachments = attachmentsOf(call, destination, options, losses);
    return {
      traceId: call.traceId,
      destination,
      attachments,
      bytes: bytesOfSpans(call),
      sentBytes: call.characters + call.spans.length * BYTES_PER_SPAN,
      ready: async () => call.origin?.known(),
      onLost: (why, cause) => call.holder?.onLost(call.traceId, why, cause),
      toTrace: (experimentId, runId, takesAttachments) => {
        // First, since attachments contain what it leaves.
        redactCall(call, losses.reportRedaction);
        const taken = attachments?.take(takesAttachments) ?? [];
        const run = runId === undefined ? {} : { [TraceMetadataKey.SOURCE_RUN]: runId };
        Object.assign(call.metadata, call.origin?.metadata(), run);
        const trace = build(call, experimentId);
        return taken.length === 0 || attachments?.isSeparate
          ? trace
          : { ...trace, attachments: taken };
      },
    };
  };
  return { jobOf, read: (call: Call) => build(call, "") };
}

/** Values that share a copy take the memory of one. A character takes two bytes at most. */
function bytesOfSpans({ characters, sharedCharacters, spans }: Call): number {
  return (characters - sharedCharacters) * 2 + spans.length * BYTES_PER_SPAN;
}

/** The memory that a Call takes in the queue, with its attachments, before it becomes a job. */
export function bytesOfCall(call: Call): number {
  return bytesOfSpans(call) + (call.media?.bytes ?? 0);
}

function attachmentsOf(
  call: Call,
  destination: Destination,
  options: AutologOptions,
  losses: Losses,
): CallAttachments | undefined {
  const { media } = call;
  call.media = undefined;
  if (!media?.isFound) return undefined;
  if (media.dropped > 0) losses.report("attachment_queue_full", media.dropped);
  return new CallAttachments({ call, media, destination, options, losses });
}
