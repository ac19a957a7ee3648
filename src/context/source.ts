import { userInfo } from "node:os";
import { basename } from "node:path";
import { TraceMetadataKey } from "../trace/trace.js";
import { readGitSource } from "./git-source.js";

/** User, program and source type, which Python's client adds to every trace and run. */
export function readSource(): Readonly<Record<string, string>> {
  return {
    [TraceMetadataKey.MLFLOW_USER]: userName(),
    [TraceMetadataKey.SOURCE_NAME]: basename(process.argv[1] ?? "node"),
    [TraceMetadataKey.SOURCE_TYPE]: "LOCAL",
  };
}

/** The same, and the repository of the working directory, which Python's client adds to every trace. */
export function readSourceOfTraces(): Readonly<Record<string, string>> {
  const { commit, branch, repoUrl } = readGitSource(process.cwd()) ?? {};
  return {
    ...readSource(),
    ...(commit && { [TraceMetadataKey.GIT_COMMIT]: commit }),
    ...(branch && { [TraceMetadataKey.GIT_BRANCH]: branch }),
    ...(repoUrl && { [TraceMetadataKey.GIT_REPO_URL]: repoUrl }),
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
