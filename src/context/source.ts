import { userInfo } from "node:os";
import { basename } from "node:path";
import { TraceMetadataKey } from "../trace/trace.js";

/** User, program and source type: the metadata that Python's client adds to every trace. */
export function readSource(): Readonly<Record<string, string>> {
  return {
    [TraceMetadataKey.MLFLOW_USER]: userName(),
    [TraceMetadataKey.SOURCE_NAME]: basename(process.argv[1] ?? "node"),
    [TraceMetadataKey.SOURCE_TYPE]: "LOCAL",
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user id without a name.
    return "unknown";
  }
}
