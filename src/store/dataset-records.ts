import { createHash } from "node:crypto";
import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  setField,
  toJson,
} from "../data/plain.js";
import { TraceMetadataKey } from "../trace/trace.js";
import type { DatasetRecord, NewDatasetRecord } from "./dataset-store.js";

// Records of one dataset, by the rules of an MLflow server.

/** A text that is the same for equal inputs, whatever the order of their fields. */
export function inputsKeyOf(inputs: PlainObject): string {
  return createHash("sha256")
    .update(toJson(sorted(inputs)))
    .digest("hex");
}

function sorted(value: Plain | undefined): Plain {
  if (isPlainArray(value)) return value.map(sorted);
  if (!isPlainObject(value)) return value ?? null;
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  return Object.fromEntries(names.sort().map((name) => [name, sorted(value[name])]));
}

/** The record after a merge. Its outputs are replaced, its expectations and tags are merged. */
export function mergeRecord(
  stored: DatasetRecord | undefined,
  added: NewDatasetRecord,
  recordId: string,
  nowMs: number,
): DatasetRecord {
  const { [TraceMetadataKey.MLFLOW_USER]: user } = added.tags ?? {};
  const { outputs: _, ...fields } = added;
  const { outputs: oldOutputs, ...old }: DatasetRecord = stored ?? {
    ...fields,
    ...newRecord(recordId, nowMs, user),
  };
  const outputs = added.outputs === undefined ? oldOutputs : added.outputs;
  const expectations = { ...old.expectations, ...added.expectations };
  return {
    ...old,
    ...(!isNothing(outputs) && { outputs }),
    ...(Object.keys(expectations).length > 0 && { expectations }),
    tags: { ...old.tags, ...added.tags },
    lastUpdateTimeMs: nowMs,
    ...(user !== undefined && { lastUpdatedBy: user }),
  };
}

function newRecord(recordId: string, nowMs: number, user: string | undefined) {
  return {
    ...{ recordId, tags: {}, createdTimeMs: nowMs, lastUpdateTimeMs: nowMs },
    ...(user !== undefined && { createdBy: user }),
  };
}

/** An MLflow server stores `{}` as the outputs of a record that is added without outputs. */
export function isNothing(outputs: Plain | undefined): outputs is undefined | null {
  return outputs == null || (isPlainObject(outputs) && Object.keys(outputs).length === 0);
}

/** The names of the fields of records and their types, where they are known. */
export interface DatasetSchema {
  readonly inputs: Record<string, string>;
  /** A text if no output is an object. */
  outputs: Record<string, string> | string;
  readonly expectations: Record<string, string>;
  readonly version: "1.0";
}

export function newSchema(): DatasetSchema {
  return { inputs: {}, outputs: {}, expectations: {}, version: "1.0" };
}

/** Adds the fields of a record that the schema does not have. */
export function addToSchema(schema: DatasetSchema, record: NewDatasetRecord): void {
  addFields(schema.inputs, record.inputs);
  addFields(schema.expectations, record.expectations ?? {});
  const { outputs } = record;
  if (outputs === undefined || outputs === null) return;
  if (isPlainObject(outputs)) {
    if (typeof schema.outputs === "string") schema.outputs = {};
    addFields(schema.outputs, outputs);
  } else if (typeof schema.outputs === "object" && Object.keys(schema.outputs).length === 0) {
    schema.outputs = typeOf(outputs);
  }
}

function addFields(known: Record<string, string>, fields: PlainObject): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(known, name) && value !== undefined) setField(known, name, typeOf(value));
  }
}

function typeOf(value: Plain): string {
  if (value === null) return "null";
  if (isPlainArray(value)) return "array";
  if (isPlainObject(value)) return "object";
  if (typeof value === "bigint") return "integer";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "float";
  return typeof value === "boolean" ? "boolean" : "string";
}
