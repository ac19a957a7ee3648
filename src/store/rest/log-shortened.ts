import { RestException } from "../../base/errors.js";
import type { TraceToLog } from "../../trace/trace.js";
import type { Verdict } from "../retry.js";
import type { TraceStore } from "../store.js";
import { shortenTrace } from "./shorten-trace.js";

/** Longest texts of a trace that is too large. Each attempt leaves less. */
const MAX_CHARACTERS = [65_536, 4_096, 256];

/**
 * Stores traces. A trace that is too large for the server, or for a proxy before it, is sent again with its largest values
 * shortened. If that does not help either, its verdict is the first response.
 *
 * @param onShortened receives the number of traces that were shortened.
 */
export function withShortening(
  logTraces: TraceStore["logTraces"],
  onShortened: (count: number) => void,
): TraceStore["logTraces"] {
  async function logShortened(
    experimentId: string,
    trace: TraceToLog,
    tooLarge: Verdict,
    signal?: AbortSignal,
  ): Promise<Verdict> {
    for (const maxCharacters of MAX_CHARACTERS) {
      const shortened = shortenTrace(trace, maxCharacters);
      const [verdict = tooLarge] = await logTraces(experimentId, [shortened], signal);
      if (verdict.state === "stored") onShortened(1);
      if (!isTooLarge(verdict)) return verdict;
    }
    return tooLarge;
  }

  return async (experimentId, traces, signal) => {
    const verdicts = await logTraces(experimentId, traces, signal);
    for (const [index, verdict] of verdicts.entries()) {
      const trace = traces[index];
      if (trace && isTooLarge(verdict)) {
        verdicts[index] = await logShortened(experimentId, trace, verdict, signal);
      }
    }
    return verdicts;
  };
}

function isTooLarge(verdict: Verdict): boolean {
  const { state } = verdict;
  return (
    state === "refused" && verdict.cause instanceof RestException && verdict.cause.status === 413
  );
}
