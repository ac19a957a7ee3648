import { parseExactJson } from "../../data/exact-json.js";
import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";
import { isNothing } from "../dataset-records.js";
import {
  type DatasetRecord,
  type DatasetRecordSource,
  DatasetRecordSourceType,
  type NewDatasetRecord,
  type StoredDataset,
} from "../dataset-store.js";
import { listOf, objectOf, stringsOf, textOf } from "./json-fields.js";

/** Reads the server's JSON form of a dataset, which has no experiments. */
export function readDataset(value: Plain | undefined): StoredDataset {
  const json = objectOf(value);
  return {
    datasetId: textOf(json.dataset_id),
    name: textOf(json.name),
    digest: textOf(json.digest),
    schema: textOf(json.schema) || undefined,
    profile: profileOf(textOf(json.profile)),
    tags: stringsOf(parse(json.tags)),
    experimentIds: listOf(json.experiment_ids).map(textOf),
    createdTimeMs: Number(json.created_time ?? 0),
    lastUpdateTimeMs: Number(json.last_update_time ?? 0),
    createdBy: textOf(json.created_by) || undefined,
    lastUpdatedBy: textOf(json.last_updated_by) || undefined,
  };
}

/** The server writes `null` when the last record is deleted. */
function profileOf(text: string): string | undefined {
  return text === "" || text === "null" ? undefined : text;
}

/** The JSON form of a record that is added. */
export function newRecordToJson(record: NewDatasetRecord): PlainObject {
  const { inputs, outputs, expectations, tags, source } = record;
  return {
    inputs,
    outputs,
    expectations,
    tags,
    source: source && { source_type: source.sourceType, source_data: source.sourceData },
  };
}

/** Reads a list of stored records. */
export function readRecords(text: string): DatasetRecord[] {
  return listOf(parse(text)).filter(isPlainObject).map(readRecord);
}

export function readRecord(json: PlainObject): DatasetRecord {
  const { outputs, expectations } = json;
  const [createdBy, lastUpdatedBy] = [textOf(json.created_by), textOf(json.last_updated_by)];
  const source = readSource(objectOf(json.source));
  return {
    recordId: textOf(json.dataset_record_id),
    inputs: objectOf(json.inputs),
    ...(!isNothing(outputs) && { outputs }),
    ...(isPlainObject(expectations) && { expectations }),
    tags: stringsOf(json.tags),
    ...(source && { source }),
    createdTimeMs: Number(json.created_time ?? 0),
    lastUpdateTimeMs: Number(json.last_update_time ?? 0),
    ...(createdBy && { createdBy }),
    ...(lastUpdatedBy && { lastUpdatedBy }),
  };
}

function readSource(json: PlainObject): DatasetRecordSource | undefined {
  const type = Object.values(DatasetRecordSourceType).find((one) => one === json.source_type);
  return type && { sourceType: type, sourceData: objectOf(json.source_data) };
}

function parse(text: Plain | undefined): Plain | undefined {
  try {
    return parseExactJson(textOf(text));
  } catch {
    return undefined;
  }
}
