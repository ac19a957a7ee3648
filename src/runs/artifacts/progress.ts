import { isSilent } from "../../base/log.js";
import { readSettings } from "../../settings/settings.js";

/** Tells how far something came, file by file. */
export interface Progress {
  start(total: number): Promise<void>;
  advance(): void;
  stop(): void;
}

const WIDTH = 40;

/**
 * A bar on stderr, where a person looks at it: not when stderr is no terminal, not with `silent`, and not
 * with MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR=false.
 */
export function createProgress(title: string): Progress {
  let bar: import("progress") | undefined;
  let done = 0;
  return {
    async start(total) {
      const { stderr } = process;
      if (total === 0 || !stderr.isTTY || isSilent() || !readSettings().showsProgress) return;
      const { default: ProgressBar } = await import("progress");
      const format = `${title}: :share|:bar| :current/:total`;
      const look = { total, width: WIDTH, complete: "█", incomplete: " ", stream: stderr };
      bar = new ProgressBar(format, look);
      bar.render({ share: share(0, total) });
    },
    advance() {
      done++;
      bar?.tick({ share: share(done, bar.total) });
    },
    stop() {
      // A bar that is complete has ended its line already.
      if (bar && !bar.complete) bar.terminate();
      bar = undefined;
    },
  };
}

function share(done: number, total: number): string {
  return `${Math.floor((100 * done) / total)}%`.padStart(4);
}
