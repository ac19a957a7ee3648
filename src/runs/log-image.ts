import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { checkArtifactPath } from "../store/artifact-path.js";
import { RunTagKey } from "../store/run-store.js";
import type { LogOptions } from "./log.js";
import { putBytes } from "./log-artifacts.js";
import { logged } from "./logged.js";
import { putWrite } from "./put.js";

export interface LogImageOptions extends LogOptions {
  /** Names a series of images, one for each step: MLflow shows them side by side. */
  readonly key: string;
  /** A whole number. Default: 0. */
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
 * Writes an image as an artifact of a run: as one of a series, `{ key: "dogs", step: 3 }`, or under a
 * name, `"plots/loss.png"`. Mirrors `mlflow.log_image`.
 *
 * @param image the bytes of a PNG or JPEG.
 * @throws MlflowException INVALID_PARAMETER_VALUE for other bytes, a bad key, step or path.
 */
export function logImage(
  image: Uint8Array,
  where: string | LogImageOptions,
  options?: LogOptions,
): Promise<void> {
  const runId = typeof where === "string" ? options?.runId : where?.runId;
  return logged(runId, () => {
    checkImage(image);
    // A copy: the app may reuse the bytes.
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
      throw invalidParameter(`${name} must be a whole number, got ${inspect(value)}.`);
    }
    const name = `images/${key.replaceAll("/", "~")}+step+${step}+timestamp+${timestampMs}+${randomUUID()}`;
    // MLflow's page wants a second, smaller one and shows nothing without it. Making images smaller
    // takes a library; browsers go by the bytes, whatever the file is called.
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
      `Unsupported image object type: ${inspect(image, { depth: 0 })}. \`image\` must be the bytes of a PNG or JPEG.`,
    );
  }
  const isKnown = SIGNATURES.some((signature) => signature.every((byte, at) => image[at] === byte));
  if (!isKnown) throw invalidParameter("The image is not a PNG or JPEG.");
}
