import { MlflowException } from "../base/errors.js";
import { readSource } from "../context/source.js";
import type { PlainObject } from "../data/plain.js";
import type {
  DatasetRecordSource,
  DatasetStore,
  NewDatasetRecord,
} from "../store/dataset-store.js";
import { TraceMetadataKey } from "../trace/trace.js";
import type { EvaluationRow } from "./evaluation-row.js";
import { GranularityCheck } from "./granularity.js";
import { jsonDataOf } from "./json-data.js";
import { openRows } from "./open-rows.js";
import { batchesOf } from "./record-batches.js";

/**
 * Adds rows to a dataset, in requests of limited size. Of an array or a file, all rows are checked before the first request.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a wrong row, RESOURCE_DOES_NOT_EXIST if the dataset does not exist.
 */
export async function mergeRecords(
  store: DatasetStore,
  datasetId: string,
  data: unknown,
): Promise<void> {
  const { isRepeatable, rows } = openRows(data);
  const dataset = await store.getDataset(datasetId);
  if (!dataset) {
    throw new MlflowException(
      `Cannot add records to dataset ${datasetId}: Dataset not found. Please verify the dataset exists and check your tracking URI is set correctly.`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }
  const user = readSource()[TraceMetadataKey.MLFLOW_USER];
  const records = () => recordsOf(rows, new GranularityCheck(dataset.schema), user);
  if (isRepeatable) for await (const _record of records());
  for await (const batch of batchesOf(records())) {
    await store.upsertDatasetRecords(datasetId, batch);
  }
}

async function* recordsOf(
  rows: AsyncIterable<EvaluationRow>,
  granularity: GranularityCheck,
  user: string | undefined,
): AsyncGenerator<NewDatasetRecord> {
  let index = 0;
  for await (const row of rows) {
    index += 1;
    const record = recordOf(row, `Row ${index}`, user);
    granularity.add(Object.keys(record.inputs), index);
    yield record;
  }
}

function recordOf(row: EvaluationRow, where: string, user: string | undefined): NewDatasetRecord {
  const { outputs, expectations, tags } = row;
  const source = row.source ?? sourceOf(row);
  const objectOf = (field: "inputs" | "expectations" | "source", value: object) =>
    jsonDataOf(value, `${where}: \`${field}\``) as PlainObject;
  return {
    inputs: objectOf("inputs", row.inputs),
    ...(outputs !== undefined && { outputs: jsonDataOf(outputs, `${where}: \`outputs\``) }),
    ...(expectations && { expectations: objectOf("expectations", expectations) }),
    tags: { ...(user !== undefined && { [TraceMetadataKey.MLFLOW_USER]: user }), ...tags },
    ...(source && {
      source: { ...source, sourceData: objectOf("source", source.sourceData) },
    }),
  };
}

/** What Python assumes: a person has written expectations, and a program rows without them. */
function sourceOf({ expectations }: EvaluationRow): DatasetRecordSource | undefined {
  if (expectations === undefined) return { sourceType: "CODE", sourceData: {} };
  if (Object.keys(expectations).length > 0) return { sourceType: "HUMAN", sourceData: {} };
  return undefined;
}
