import { createHash } from "node:crypto";
import { attempt } from "../base/show.js";
import type { EvaluationRow } from "../datasets/evaluation-row.js";
import { isDictionary } from "../settings/kinds.js";
import type { TraceInfo } from "../trace/trace.js";
import type { PredictFn } from "./evaluated-model.js";
import { sortedJson } from "./items.js";

/** The tag of a trace that keeps what an evaluation with the same run must know about the row. */
export const ROW_RECORD_TAG = "mlflow.langchain.evaluatedRow";

/** They differ if the data has other expectations, or other outputs, for a row with the same inputs. */
export interface RowDigests {
  readonly expectations: string;
  readonly outputs: string;
}

/** A field that is missing is unknown. */
export interface RowRecord extends Partial<RowDigests> {
  /** A trace can belong to several runs. The record is that of the last one. */
  readonly runId: string;
  /** The trace is one of the app, which is linked to the run. */
  readonly isLinked?: boolean;
  /** The trace does not have the outputs that the model returned: they are redacted, or too long. */
  readonly isAltered?: boolean;
  /** The digest of the function that returned the outputs. */
  readonly predictFn?: string;
  /** The scorers that returned nothing. Those of conversations, with the digest of the traces. */
  readonly silent?: Readonly<Record<string, string>>;
}

/** The width of a tag's column on a server. */
const MAX_CHARACTERS = 4096;

/** Undefined if the trace has no record of this run, for example because an earlier version has written it. */
export function readRowRecord({ tags }: TraceInfo, runId: string): RowRecord | undefined {
  const text = tags[ROW_RECORD_TAG];
  const record: unknown = text === undefined ? undefined : attempt(() => JSON.parse(text));
  if (!isDictionary(record)) return undefined;
  const { expectations, outputs, predictFn, isLinked, isAltered, silent } = {
    ...record,
  } as Partial<Record<keyof RowRecord, unknown>>;
  if (Object(record).runId !== runId) return undefined;
  return {
    runId,
    ...(typeof expectations === "string" && { expectations }),
    ...(typeof outputs === "string" && { outputs }),
    ...(typeof predictFn === "string" && { predictFn }),
    isLinked: isLinked === true,
    isAltered: isAltered === true,
    silent: isDictionary(silent)
      ? Object.fromEntries(Object.entries(silent).map(([name, of]) => [name, String(of)]))
      : {},
  };
}

export function rowRecordText(record: RowRecord): string {
  const { silent = {}, isLinked, isAltered, ...fields } = record;
  const known = { ...fields, ...(isLinked && { isLinked }), ...(isAltered && { isAltered }) };
  const hasSilent = Object.keys(silent).length > 0;
  const text = JSON.stringify({ ...known, ...(hasSilent && { silent }) });
  // Then the scorers run again.
  return text.length <= MAX_CHARACTERS ? text : JSON.stringify(known);
}

/** @param callsModel then outputs of the row are not used. */
export function digestsOf(
  { expectations = {}, outputs, trace }: EvaluationRow,
  callsModel: boolean,
): RowDigests {
  return {
    expectations: shortHash(sortedJson(expectations)),
    outputs: callsModel
      ? "model"
      : shortHash(sortedJson([outputs ?? null, ...(trace ? [trace.info.traceId] : [])])),
  };
}

/** Differs if the code of the function has changed. */
export function digestOfFunction(predictFn: PredictFn): string {
  return shortHash(Function.prototype.toString.call(predictFn));
}

export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Whether a digest is known and differs from another one. */
export function areDifferent(known: string | undefined, other: string): boolean {
  return known !== undefined && known !== other;
}
