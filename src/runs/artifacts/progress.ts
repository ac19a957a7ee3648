import { isSilent } from "../../base/log.js";
import { readSettings } from "../../settings/settings.js";

/** Shows the progress of a transfer, file by file. */
export interface Progress {
  start(total: number): Promise<void>;
  advance(): void;
  stop(): void;
}

const WIDTH = 40;

/**
 * A progress bar on stderr. Shows nothing if stderr is not a terminal, with the option `silent`, or with
 * MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR=false.
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
      const layout = { total, width: WIDTH, complete: "█", incomplete: " ", stream: stderr };
      bar = new ProgressBar(format, layout);
      bar.render({ share: share(0, total) });
    },
    advance() {
      done++;
      bar?.tick({ share: share(done, bar.total) });
    },
    stop() {
      // A complete bar has written its line end.
      if (bar && !bar.complete) bar.terminate();
      bar = undefined;
    },
  };
}

function share(done: number, total: number): string {
  return `${Math.floor((100 * done) / total)}%`.padStart(4);
}
