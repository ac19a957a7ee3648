import { debuglog, format } from "node:util";

/**
 * Writes to stderr as `console.error()` does: a stderr that is closed does not end the app. Node.js emits the error of a
 * write later, and an `error` event without a listener is an uncaught exception.
 */
export function writeToStderr(text: string): void {
  try {
    process.stderr.write(text, (error) => {
      if (error) ignoreNextError(process.stderr);
    });
  } catch {
    // The app has replaced stderr, or its `write`.
  }
}

let isIgnoring = false;

/** Listens until the error of the write has been emitted, and no longer: errors of the app's own writes are for the app. */
function ignoreNextError(stream: NodeJS.WriteStream): void {
  if (isIgnoring) return;
  isIgnoring = true;
  const ignore = () => {};
  stream.on("error", ignore);
  setImmediate(() => {
    stream.off("error", ignore);
    isIgnoring = false;
  });
}

const { enabled } = debuglog("mlflow");

/** Logs to stderr if `NODE_DEBUG=mlflow` is set. */
export function debug(text: string, ...values: readonly unknown[]): void {
  // debuglog() itself does not handle a stderr that is closed.
  if (enabled) writeToStderr(`MLFLOW ${process.pid}: ${format(text, ...values)}\n`);
}
