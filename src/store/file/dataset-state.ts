import { createHash } from "node:crypto";
import { isPlainObject, type PlainObject, setField, toJson } from "../../data/plain.js";
import { TraceMetadataKey } from "../../trace/trace.js";
import { addToSchema, type DatasetSchema, newSchema } from "../dataset-records.js";
import type { StoredDataset } from "../dataset-store.js";
import { readRecord } from "../wire/dataset-json.js";
import { listOf, objectOf, textOf } from "../wire/json-fields.js";

/** A line of the file. */
export interface Place {
  readonly offset: number;
  readonly bytes: number;
}

const DIGEST_CHARACTERS = 8;

/** What the changes of a dataset so far have led to. Records are in the file; here are their places only. */
export class DatasetState {
  /** The places of each record. */
  readonly records = new Map<string, Place[]>();
  /** The first places of all records in the order of the file, also of those that were deleted. */
  readonly #order: { readonly recordId: string; readonly place: Place }[] = [];
  #header: PlainObject = {};
  #tags: Record<string, string> = {};
  readonly #experimentIds = new Set<string>();
  #schema: DatasetSchema | undefined;
  #updateTimeMs = 0;
  #updatedBy: string | undefined;
  /** The end of the last change of records. */
  #version = 0;

  apply(entry: PlainObject, place: Place): void {
    const timeMs = Number(entry.time ?? 0);
    this.#updateTimeMs = Math.max(this.#updateTimeMs, timeMs);
    if (isPlainObject(entry.dataset)) this.#create(entry.dataset);
    else if (isPlainObject(entry.record)) this.#addRecord(entry.record, place);
    else if (isPlainObject(entry.tags)) this.#setTags(entry.tags);
    else if (isPlainObject(entry.experiments)) this.#moveExperiments(entry.experiments);
    else for (const id of listOf(entry.deleted)) this.#deleteRecord(textOf(id), place);
  }

  /** At most `max` records whose first place is behind `offset`, in the order in which they were added. */
  recordsAfter(offset: number, max: number): [recordId: string, places: readonly Place[]][] {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#order[middle]?.place.offset ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    const found: [string, readonly Place[]][] = [];
    for (let at = low; at < this.#order.length && found.length < max; at += 1) {
      const { recordId = "", place } = this.#order[at] ?? {};
      const places = this.records.get(recordId);
      // Others were deleted, or added again later.
      if (places && places[0] === place) found.push([recordId, places]);
    }
    return found;
  }

  get dataset(): StoredDataset {
    const name = textOf(this.#header.name);
    const created = textOf(this.#header.created_by) || undefined;
    const count = this.records.size;
    return {
      datasetId: textOf(this.#header.dataset_id),
      name,
      digest: createHash("sha256")
        .update(`${textOf(this.#header.dataset_id)}:${this.#version}`)
        .digest("hex")
        .slice(0, DIGEST_CHARACTERS),
      schema: this.#schema && toJson({ ...this.#schema }, "python"),
      profile: count > 0 ? `{"num_records": ${count}}` : undefined,
      tags: this.#tags,
      experimentIds: [...this.#experimentIds],
      createdTimeMs: Number(this.#header.created_time ?? 0),
      lastUpdateTimeMs: this.#updateTimeMs,
      createdBy: created,
      lastUpdatedBy: this.#updatedBy ?? created,
    };
  }

  #create(header: PlainObject): void {
    this.#header = header;
    this.#setTags(objectOf(header.tags));
    this.#moveExperiments({ add: header.experiment_ids });
  }

  #addRecord(json: PlainObject, place: Place): void {
    const recordId = textOf(json.dataset_record_id);
    const places = this.records.get(recordId);
    if (places) places.push(place);
    else {
      this.records.set(recordId, [place]);
      this.#order.push({ recordId, place });
    }
    const record = readRecord(json);
    this.#schema ??= newSchema();
    addToSchema(this.#schema, record);
    this.#updatedBy = record.tags[TraceMetadataKey.MLFLOW_USER] ?? this.#updatedBy;
    this.#version = place.offset + place.bytes;
  }

  #deleteRecord(recordId: string, place: Place): void {
    if (this.records.delete(recordId)) this.#version = place.offset + place.bytes;
  }

  #setTags(changes: PlainObject): void {
    const tags: Record<string, string> = { ...this.#tags };
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete tags[key];
      else setField(tags, key, textOf(value));
    }
    this.#tags = tags;
  }

  #moveExperiments({ add, remove }: PlainObject): void {
    for (const id of listOf(add)) this.#experimentIds.add(textOf(id));
    for (const id of listOf(remove)) this.#experimentIds.delete(textOf(id));
  }
}
