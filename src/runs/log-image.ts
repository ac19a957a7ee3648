import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { checkArtifactPath } from "../store/artifact-path.js";
import { RunTagKey } from "../store/run-store.js";
import { putBytes } from "./log-artifacts.js";
import { type LogOptions, logToRun } from "./log-to-run.js";
import { putWrite } from "./put.js";

export interface LogImageOptions extends LogOptions {
  /** The name of a series of images with one image per step. MLflow's UI shows them side by side. */
  readonly key: string;
  /** An integer. Default: 0. */
  readonly step?: number;
  /** Milliseconds since 1970. Default: now. */
  readonly timestampMs?: number;
}

const KEY = /^[a-zA-Z0-9_\-./ ]+$/;
const SIGNATURES = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
];

/**
 * Stores an image as an artifact of a run, at a path such as `"plots/loss.png"` or in a series such as
 * `{ key: "dogs", step: 3 }`. Mirrors `mlflow.log_image`.
 *
 * @param image the bytes of a PNG or JPEG file.
 * @throws MlflowException INVALID_PARAMETER_VALUE for other bytes, or an invalid key, step or path.
 */
export function logImage(
  image: Uint8Array,
  where: string | LogImageOptions,
  options?: LogOptions,
): Promise<void> {
  return logToRun(typeof where === "string" ? options : where, () => {
    checkImage(image);
    // Copied now, because the app may reuse the buffer.
    const bytes = Uint8Array.from(image);
    if (typeof where === "string") {
      const path = checkArtifactPath(where);
      return (target) => putBytes(target, { path, bytes });
    }
    const { key, step = 0, timestampMs = Date.now() } = where;
    if (typeof key !== "string" || !KEY.test(key)) {
      throw invalidParameter(
        "The `key` parameter may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), and slashes (/). " +
          `The provided key \`${key}\` contains invalid characters.`,
      );
    }
    for (const [name, value] of Object.entries({ step, timestampMs })) {
      if (Number.isSafeInteger(value)) continue;
      throw invalidParameter(`${name} must be an integer, got ${inspect(value)}.`);
    }
    const name = `images/${key.replaceAll("/", "~")}+step+${step}+timestamp+${timestampMs}+${randomUUID()}`;
    // MLflow's UI shows a series only if each image has a compressed copy. Compressing needs a library, so the copy has
    // the same bytes: browsers detect the format from the bytes, not from the file name.
    const files = [`${name}.png`, `${name}+compressed.webp`].map((path) => ({
      path: checkArtifactPath(path),
      bytes,
    }));
    const tags = { [RunTagKey.LOGGED_IMAGES]: "True" };
    return (target) =>
      Promise.all([
        ...files.map((file) => putBytes(target, file)),
        putWrite(target, { kind: "logBatch", tags }),
      ]);
  });
}

function checkImage(image: unknown): void {
  if (!(image instanceof Uint8Array)) {
    throw invalidParameter(
      `Unsupported image object type: ${inspect(image, { depth: 0 })}. \`image\` must be a Uint8Array with the bytes of a PNG or JPEG.`,
    );
  }
  const isKnown = SIGNATURES.some((signature) => signature.every((byte, at) => image[at] === byte));
  if (!isKnown) throw invalidParameter("The image is not a PNG or JPEG.");
}
