import { readSource } from "../context/source.js";
import { toJson } from "../data/plain.js";
import type { Dataset } from "../store/run-store.js";
import type { RowSource } from "./read-rows.js";

/**
 * The dataset that a run receives as its input. For rows of the app, its source is the program, as Python's
 * `mlflow.data.from_pandas` writes it; for a file, it is the path of the file.
 */
export function datasetInputOf({ name, path, summary }: RowSource): Dataset {
  const { digest, profile, schema } = summary;
  return {
    name,
    digest,
    ...(path === undefined
      ? { sourceType: "code", source: toJson({ tags: readSource() }, "python") }
      : { sourceType: "local", source: toJson({ uri: path }, "python") }),
    ...(schema !== undefined && { schema }),
    profile,
  };
}
