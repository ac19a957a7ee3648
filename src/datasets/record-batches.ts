import { toJson } from "../data/plain.js";
import type { NewDatasetRecord } from "../store/dataset-store.js";

/** The most records and characters of a request. */
const BATCH_RECORDS = 200;
const BATCH_CHARACTERS = 1_000_000;

/** Groups records for requests of limited size. A record that is larger than the limit is alone. */
export async function* batchesOf(
  records: AsyncIterable<NewDatasetRecord>,
): AsyncGenerator<NewDatasetRecord[]> {
  let batch: NewDatasetRecord[] = [];
  let characters = 0;
  for await (const record of records) {
    const added = toJson({ ...record, source: null }).length;
    const isFull = batch.length >= BATCH_RECORDS || characters + added > BATCH_CHARACTERS;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(record);
    characters += added;
  }
  if (batch.length > 0) yield batch;
}
