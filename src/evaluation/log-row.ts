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
import type { PredictFn } from "./evaluated-model.js";
import type { Item } from "./items.js";
import { ROW_ID_TAG } from "./predict.js";
import type { Prediction } from "./prediction.js";
import { isRecordedWhole } from "./recorded-outputs.js";
import {
  digestOfFunction,
  digestsOf,
  ROW_RECORD_TAG,
  type RowRecord,
  rowRecordText,
} from "./row-record.js";
import { inRun, type Scores, SOURCE_RUN_KEY } from "./score.js";

/** Where a row is logged. */
export interface LoggedRow {
  readonly traceId: string;
  readonly record: RowRecord;
}

/** Logs the results of rows to the traces of a run. */
export class RowLog {
  readonly #run: RunTarget;
  readonly #callsModel: boolean;
  readonly #predictFn: PredictFn | undefined;
  readonly #userName = readSource()[TraceMetadataKey.MLFLOW_USER] ?? "unknown";

  constructor(
    run: RunTarget,
    model: { readonly isCalled: boolean; readonly predictFn?: PredictFn | undefined },
  ) {
    this.#run = run;
    this.#callsModel = model.isCalled;
    this.#predictFn = model.predictFn;
  }

  /** Logs a row whose trace is not sent, or is one of the data. Returns its trace. */
  async log(
    item: Item,
    prediction: Prediction,
    { feedback, silent }: Scores,
  ): Promise<LoggedRow | undefined> {
    const { trace, held } = prediction;
    if (!trace) return undefined;
    const runId = await this.#run.runId();
    const spanId = rootSpanOf(trace)?.spanId;
    const assessments = [
      ...feedback.map((one) => inRun(one, runId, spanId)),
      ...this.#expectations(item, trace, runId, spanId),
    ];
    const record: RowRecord = {
      ...{ runId, ...digestsOf(item.row, this.#callsModel) },
      ...(this.#predictFn && { predictFn: digestOfFunction(this.#predictFn) }),
      isAltered: this.#callsModel && !hasOutputs(prediction),
      silent: Object.fromEntries(silent.map((name) => [name, ""])),
    };
    if (held) {
      for (const assessment of assessments) {
        await held.edits.createAssessment(held.traceId, assessment);
      }
      await held.edits.setTraceTag(held.traceId, ROW_RECORD_TAG, rowRecordText(record));
      await held.sendWhenRoom();
      return { traceId: held.traceId, record };
    }
    const tags = { ...item.row.tags, [ROW_ID_TAG]: item.id };
    if (await this.#link(trace, runId)) {
      const linked = { ...record, isLinked: true };
      const { traceId } = trace.info;
      await this.#add(traceId, assessments, { ...tags, [ROW_RECORD_TAG]: rowRecordText(linked) });
      return { traceId, record: linked };
    }
    const all = { ...tags, [ROW_RECORD_TAG]: rowRecordText(record) };
    return { traceId: await this.#copy(trace, runId, assessments, all), record };
  }

  /** Replaces the expectations of a row that is stored by those that the data now has. */
  async replaceExpectations(item: Item, trace: Trace): Promise<void> {
    const runId = await this.#run.runId();
    const { traceId, assessments } = trace.info;
    const isOld = ({ type, metadata }: Assessment) =>
      type === "expectation" && metadata?.[SOURCE_RUN_KEY] === runId;
    const info = { ...trace.info, assessments: assessments.filter((one) => !isOld(one)) };
    const spanId = rootSpanOf(trace)?.spanId;
    await this.#add(traceId, this.#expectations(item, { ...trace, info }, runId, spanId), {});
    for (const { assessmentId } of assessments.filter(isOld)) {
      if (assessmentId !== undefined) await this.deleteAssessment(traceId, assessmentId);
    }
  }

  async deleteAssessment(traceId: string, assessmentId: string): Promise<void> {
    await this.#run.store.deleteAssessment(traceId, assessmentId);
  }

  /** What a stored row has to keep, besides what is known about it. Returns the whole record. */
  async changeRecord(
    traceId: string,
    known: RowRecord | undefined,
    change: Partial<RowRecord>,
  ): Promise<RowRecord> {
    const silent = { ...known?.silent, ...change.silent };
    const record = { ...known, ...change, runId: await this.#run.runId(), silent };
    await this.#run.store.setTraceTag(traceId, ROW_RECORD_TAG, rowRecordText(record));
    return record;
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

/** Whether the trace has the outputs. Those of a failed call are not used. */
function hasOutputs({ trace, outputs, error }: Prediction): boolean {
  return error !== undefined || isRecordedWhole(rootSpanOf(trace)?.outputs, outputs);
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
