import { RestException } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { attempt, show } from "../base/show.js";
import { readSource } from "../context/source.js";
import type { RunTarget } from "../delivery/destination.js";
import { jsonValue } from "../settings/kinds.js";
import { addAssessment } from "../store/assessment-list.js";
import { Expectation, type Feedback } from "../store/assessments.js";
import type { Assessment } from "../trace/assessment.js";
import { newTraceId } from "../trace/ids.js";
import { rootSpanOf, type Trace, TraceMetadataKey } from "../trace/trace.js";
import type { Item } from "./items.js";
import { ROW_ID_TAG } from "./predict.js";
import type { Prediction } from "./prediction.js";
import { inRun, SOURCE_RUN_KEY } from "./score.js";

/** Logs the results of rows to the traces of a run. */
export class RowLog {
  readonly #run: RunTarget;
  readonly #userName = readSource()[TraceMetadataKey.MLFLOW_USER] ?? "unknown";

  constructor(run: RunTarget) {
    this.#run = run;
  }

  /** Logs a row whose trace is not sent, or is one of the data. Returns the id of its trace. */
  async log(
    item: Item,
    { trace, held }: Prediction,
    feedback: readonly Feedback[],
  ): Promise<string | undefined> {
    if (!trace) return undefined;
    const runId = await this.#run.runId();
    const spanId = rootSpanOf(trace)?.spanId;
    const assessments = [
      ...feedback.map((one) => inRun(one, runId, spanId)),
      ...this.#expectations(item, trace, runId, spanId),
    ];
    if (held) {
      for (const assessment of assessments) {
        await held.edits.createAssessment(held.traceId, assessment);
      }
      held.send();
      return held.traceId;
    }
    const tags = { ...item.row.tags, [ROW_ID_TAG]: item.id };
    if (await this.#link(trace, runId)) {
      await this.#add(trace.info.traceId, assessments, tags);
      return trace.info.traceId;
    }
    return this.#copy(trace, runId, assessments, tags);
  }

  /** Adds feedback of scorers to a trace that is stored. */
  async addFeedback(trace: Trace, feedback: readonly Feedback[]): Promise<void> {
    const runId = await this.#run.runId();
    const spanId = rootSpanOf(trace)?.spanId;
    const { traceId } = trace.info;
    await this.#add(
      traceId,
      feedback.map((one) => inRun(one, runId, spanId)),
      {},
    );
  }

  async #add(
    traceId: string,
    assessments: readonly Assessment[],
    tags: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { store } = this.#run;
    for (const [key, value] of Object.entries(tags)) await store.setTraceTag(traceId, key, value);
    for (const assessment of assessments) await store.createAssessment(traceId, assessment);
  }

  /** What is known about the right output, unless the trace has it. */
  #expectations(
    item: Item,
    trace: Trace,
    runId: string,
    spanId: string | undefined,
  ): Expectation[] {
    const known = new Set(
      trace.info.assessments.filter(({ type }) => type === "expectation").map(({ name }) => name),
    );
    const source = { sourceType: "HUMAN" as const, sourceId: this.#userName };
    return Object.entries(item.row.expectations ?? {}).flatMap(([name, given]) => {
      if (known.has(name.toWellFormed()) || given === undefined || given === null) return [];
      const value = attempt(() => jsonValue.read(given));
      if (name.trim() === "" || value === undefined || value === null) {
        warnOfExpectation(name, given);
        return [];
      }
      const metadata = { [SOURCE_RUN_KEY]: runId };
      return new Expectation({ name, value, source, metadata, ...(spanId && { spanId }) });
    });
  }

  /** Links a trace of the same experiment to the run. Returns false if the store cannot link it. */
  async #link({ info }: Trace, runId: string): Promise<boolean> {
    const { store, destination } = this.#run;
    if (info.traceMetadata[TraceMetadataKey.SOURCE_RUN] === runId) return true;
    if (!store.linkTracesToRun || info.experimentId !== (await destination.experimentId())) {
      return false;
    }
    try {
      await store.linkTracesToRun([info.traceId], runId);
      return true;
    } catch (cause) {
      // A server before 3.3 has no links.
      if (cause instanceof RestException && (cause.status === 404 || cause.status === 405)) {
        return false;
      }
      throw cause;
    }
  }

  async #copy(
    { info, data }: Trace,
    runId: string,
    assessments: readonly Assessment[],
    tags: Readonly<Record<string, string>>,
  ): Promise<string> {
    const { store, destination } = this.#run;
    const traceId = newTraceId();
    const experimentId = await destination.experimentId();
    const spans = data.spans.map((span) => ({ ...span, traceId }));
    const copy: Trace = {
      info: {
        ...info,
        ...{ traceId, experimentId },
        traceMetadata: { ...info.traceMetadata, [TraceMetadataKey.SOURCE_RUN]: runId },
        tags: { ...withoutPlaces(info.tags), ...tags },
        assessments: [...info.assessments, ...assessments].map(
          (assessment) => addAssessment([], traceId, { ...assessment, traceId })[0],
        ),
      },
      data: { spans },
    };
    const [verdict] = await store.logTraces(experimentId, [copy]);
    if (verdict && verdict.state !== "stored") throw verdict.cause;
    return traceId;
  }
}

function warnOfExpectation(name: string, given: unknown): void {
  warnOnce(
    `expectation ${name}`,
    `evaluate() does not log the expectation '${name}' of a row to its trace, because a trace takes JSON data under a name that is not empty, got ${show(given)}. Scorers receive it.`,
  );
}

/** Without the tags that say where the spans of the original are. */
function withoutPlaces(tags: Readonly<Record<string, string>>): Record<string, string> {
  const places = /^mlflow\.(artifactLocation|trace\.spansLocation)$/;
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !places.test(key)));
}
