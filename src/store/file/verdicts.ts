import { MlflowException, messageOf } from "../../base/errors.js";
import type { Verdict } from "../store.js";
import type { Layout } from "./layout.js";

/** Disks are freed and handles closed by people and programs, not within milliseconds. */
const RETRY_AFTER_MS = 5_000;

/** Nothing can be written until someone changes the directory's rights or chooses another one. */
const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR"]);
/** A full disk, too many open files, a folder moved away under our hands: may be over soon. */
const PASSING = new Set([
  "ENOSPC",
  "EDQUOT",
  "EMFILE",
  "ENFILE",
  "EBUSY",
  "EIO",
  "EAGAIN",
  "ENOENT",
]);

/** What a failed write means for the trace that was to be written. */
export function toVerdict(layout: Layout, cause: unknown): Verdict {
  const code = codeOf(cause);
  const error = toException(layout, cause);
  if (NOT_WRITABLE.has(code)) return { state: "blocked", cause: error };
  if (PASSING.has(code)) return { state: "retry", afterMs: RETRY_AFTER_MS, cause: error };
  return { state: "refused", cause: error };
}

/** The same in words: which directory, what happened, what to do. */
export function toException(layout: Layout, cause: unknown): MlflowException {
  if (cause instanceof MlflowException) return cause;
  const code = codeOf(cause);
  const reason = messageOf(cause);
  if (NOT_WRITABLE.has(code)) {
    return new MlflowException(
      `The local store ${layout.root} cannot be written (${reason}). Make it writable, or choose another one: MLFLOW_TRACKING_URI=file:/path, or the http(s):// address of an MLflow server.`,
      "PERMISSION_DENIED",
      { cause },
    );
  }
  return new MlflowException(
    `Writing to the local store ${layout.root} failed: ${reason}`,
    PASSING.has(code) ? "TEMPORARILY_UNAVAILABLE" : "INTERNAL_ERROR",
    { cause },
  );
}

function codeOf(cause: unknown): string {
  return (cause instanceof Error && (cause as NodeJS.ErrnoException).code) || "";
}
