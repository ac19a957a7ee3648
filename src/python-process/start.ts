import { utimes } from "node:fs/promises";
import { createInterface } from "node:readline";
import { autolog } from "../autolog/autolog.js";
import { getState } from "../autolog/state.js";
import { debug } from "../base/log.js";
import type { Bundle } from "../models/bundle/bundle.js";
import { openChannel } from "./channel.js";
import { errorToJson } from "./error-json.js";
import { loadServedModel } from "./load-served-model.js";
import { watchPython } from "./python-end.js";
import { Requests } from "./requests.js";

/** What `models/python/loader/process.py` passes as the first argument of the program, in JSON. */
interface ProcessSettings {
  /** The model's folder. */
  readonly model: string;
  readonly modelConfig: Readonly<Record<string, unknown>> | null;
  /** The file descriptor of the connection. Without it, the connection is stdin and stdout. */
  readonly descriptor?: number;
  /** The file whose time says when the installed packages were last used. */
  readonly usedFile: string;
}

const HOUR_MS = 3_600_000;

/**
 * Loads a model and answers requests, one JSON object a line, until the connection is closed. The other side
 * is `models/python/loader/process.py`.
 */
export async function answerPython(
  argument: string | undefined,
  bundle: Bundle | undefined,
): Promise<void> {
  const settings: ProcessSettings = JSON.parse(argument ?? "");
  const { input, send } = openChannel(settings.descriptor);
  // Until the model is loaded, nothing is running that should end in order.
  let end = async () => {};
  const endProcess = () => void end().then(() => process.exit());
  watchPython(endProcess);
  try {
    const { model: folder, modelConfig } = settings;
    const model = await loadServedModel(folder, { modelConfig: modelConfig ?? undefined, bundle });
    // The model's own code may have switched tracing on, with its own options.
    const tracesAll = getState().isOn;
    if (!tracesAll) autolog({ logModels: false, extractAttachments: false });
    const requests = new Requests({ model, send, tracesAll });
    end = () => requests.end();
    setInterval(() => keepPackages(settings.usedFile), HOUR_MS).unref();
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
      .on("line", (line) => void requests.receive(JSON.parse(line)))
      .on("close", endProcess);
    void send({ id: 0, ready: true });
  } catch (error) {
    await send({ id: 0, error: errorToJson(error) });
    process.exit(1);
  }
}

/** Packages that are not used for a month are removed. */
async function keepPackages(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch((cause) => debug("cannot mark packages as used: %o", cause));
}
