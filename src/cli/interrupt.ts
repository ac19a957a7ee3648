const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Returns a signal that the next Ctrl-C or SIGTERM aborts. The one after it ends the process, as without this function. */
export function catchInterrupt(): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    for (const signal of SIGNALS) process.off(signal, abort);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, abort);
  return controller.signal;
}
