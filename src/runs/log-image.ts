import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { invalidParameter } from "../errors.js";
import { RunTagKey } from "../store/run-store.js";
import { type LogOptions, setTag } from "./log.js";
import { uploadBytes } from "./log-artifacts.js";
import { told } from "./told.js";

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
  return told(async () => {
    checkImage(image);
    // A copy: the app may reuse the bytes.
    const bytes = Uint8Array.from(image);
    if (typeof where === "string") return uploadBytes(bytes, where, options);
    const { key, step = 0, timestampMs = Date.now(), runId } = where;
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
    const target = runId === undefined ? {} : { runId };
    // MLflow's page wants a second, smaller one and shows nothing without it. Making images smaller
    // takes a library; browsers go by the bytes, whatever the file is called.
    await Promise.all([
      uploadBytes(bytes, `${name}.png`, target),
      uploadBytes(bytes, `${name}+compressed.webp`, target),
      setTag(RunTagKey.LOGGED_IMAGES, "True", target),
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
