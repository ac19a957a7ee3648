import { randomUUID } from "node:crypto";
import { types } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import type { OptionKinds } from "../settings/check-options.js";
import { integer, text } from "../settings/kinds.js";
import { checkArtifactPath } from "../store/artifact-path.js";
import { RunTagKey } from "../store/run-store.js";
import { putBytes } from "./log-artifacts.js";
import { LOG_OPTIONS, type LogOptions, logOptions, logToRun } from "./log-to-run.js";
import { putWrite } from "./put.js";

export interface LogImageOptions extends LogOptions {
  /** The name of a series of images with one image per step. MLflow's UI shows them side by side. */
  readonly key: string;
  /** An integer. Default: 0. */
  readonly step?: number;
  /** Milliseconds since 1970. Default: now. */
  readonly timestampMs?: number;
}

const CALLER = "logImage()";

const IMAGE_OPTIONS: OptionKinds<LogImageOptions> = {
  ...LOG_OPTIONS,
  key: text,
  step: integer,
  timestampMs: integer,
};

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
  if (typeof where === "string") {
    return logToRun(logOptions(CALLER, options), () => {
      const bytes = readImage(image);
      const path = checkArtifactPath(where);
      return (target) => putBytes(target, { path, bytes });
    });
  }
  return logToRun({ caller: CALLER, options: where, kinds: IMAGE_OPTIONS }, (given) => {
    if (options !== undefined) {
      throw invalidParameter(
        `${CALLER} takes one object of options, got ${show(where)} and ${show(options)}. Join them.`,
      );
    }
    const bytes = readImage(image);
    const { key, step = 0, timestampMs = Date.now() } = given;
    if (key === undefined || !KEY.test(key)) {
      throw invalidParameter(
        "The `key` parameter may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), and slashes (/). " +
          `The provided key \`${key}\` contains invalid characters.`,
      );
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

/** Returns a copy of the bytes, because the app may reuse the buffer. */
function readImage(image: unknown): Uint8Array {
  if (!types.isUint8Array(image)) {
    throw invalidParameter(
      `Unsupported image object type: ${show(image)}. \`image\` must be a Uint8Array with the bytes of a PNG or JPEG.`,
    );
  }
  const isKnown = SIGNATURES.some((signature) => signature.every((byte, at) => image[at] === byte));
  if (!isKnown) throw invalidParameter("The image is not a PNG or JPEG.");
  return Uint8Array.from(image);
}
