import { MlflowException, messageOf } from "../../base/errors.js";
import type { Verdict } from "../store.js";
import type { Layout } from "./layout.js";

/** A full disk or too many open files does not change within milliseconds. */
const RETRY_AFTER_MS = 5_000;

/** Retrying does not help: the user has to change the permissions or the directory. */
const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR"]);
/** Transient: a full disk, too many open files, a folder that was moved. */
const TRANSIENT = new Set([
  "ENOSPC",
  "EDQUOT",
  "EMFILE",
  "ENFILE",
  "EBUSY",
  "EIO",
  "EAGAIN",
  "ENOENT",
]);

/** Returns what a failed write means for the trace. */
export function toVerdict(layout: Layout, cause: unknown): Verdict {
  const code = codeOf(cause);
  const error = toException(layout, cause);
  if (NOT_WRITABLE.has(code)) return { state: "blocked", cause: error };
  if (TRANSIENT.has(code)) return { state: "retry", afterMs: RETRY_AFTER_MS, cause: error };
  return { state: "refused", cause: error };
}

/** The message names the directory, the failure and the fix. */
export function toException(layout: Layout, cause: unknown): MlflowException {
  if (cause instanceof MlflowException) return cause;
  const code = codeOf(cause);
  const reason = messageOf(cause);
  if (NOT_WRITABLE.has(code)) {
    return new MlflowException(
      `The local store ${layout.root} cannot be written (${reason}). Make it writable, or set another tracking URI: MLFLOW_TRACKING_URI=file:/path, or the http(s):// address of an MLflow server.`,
      "PERMISSION_DENIED",
      { cause },
    );
  }
  return new MlflowException(
    `Writing to the local store ${layout.root} failed: ${reason}`,
    TRANSIENT.has(code) ? "TEMPORARILY_UNAVAILABLE" : "INTERNAL_ERROR",
    { cause },
  );
}

function codeOf(cause: unknown): string {
  return (cause instanceof Error && (cause as NodeJS.ErrnoException).code) || "";
}
