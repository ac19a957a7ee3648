import type { Dataset, DatasetInput } from "../../store/run-store.js";
import { type JsonFields, objectOf, textField } from "./spool-file.js";
import { textsOf } from "./spooled-run.js";

/** Reads a dataset of a run, with its tags. */
export function datasetInputOf(json: JsonFields): DatasetInput {
  return { dataset: datasetOf(objectOf(json.dataset) ?? {}), tags: textsOf(json.tags) };
}

/** Reads a dataset. A field that is not a text is empty, or missing if it is optional. */
export function datasetOf(json: JsonFields): Dataset {
  const text = (name: string) => textField(json, name) ?? "";
  const [schema, profile] = [textField(json, "schema"), textField(json, "profile")];
  return {
    name: text("name"),
    digest: text("digest"),
    sourceType: text("sourceType"),
    source: text("source"),
    ...(schema !== undefined && { schema }),
    ...(profile !== undefined && { profile }),
  };
}
