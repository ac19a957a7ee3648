import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { invalidParameter, type MlflowException } from "../base/errors.js";

/**
 * The directory of the local store if no tracking URI is set, relative to the working directory. Its name begins with
 * a dot: tools that restart a program when its files change, such as nodemon, ignore it.
 */
const DEFAULT_DIRECTORY = ".mlflow-local";
/** The default of earlier versions. It stays in use where it exists and the new one does not. */
const EARLIER_DIRECTORY = "mlflow-local";

/** The backend that a tracking URI names. */
export type TrackingTarget =
  | { readonly kind: "server"; readonly uri: string }
  /** `isDefault` if no URI chose the directory. */
  | { readonly kind: "directory"; readonly directory: string; readonly isDefault?: true };

const DATABASE = /^(sqlite|postgresql|postgres|mysql|mssql|oracle)(\+|$)/i;
const DATABRICKS = /^databricks(-uc)?$/i;

/**
 * `127.0.0.1:5000`, `localhost`, `my-host:5000/path`, `[::1]:5000`, but not a Windows path: `C:5000`. A folder of such
 * a name is `./localhost`.
 */
const HOST_WITHOUT_SCHEME =
  /^(?:[^/@\s]*@)?(?:(?:[a-z0-9][\w.-]+|\[[\da-f:.]+\]):\d{1,5}|localhost|\d+(?:\.\d+){3}|\[[\da-f:.]+\])(?:[/?#].*)?$/i;

/**
 * Reads a tracking URI: `http(s)://…` is an MLflow server; `file:…` or a path is a local directory. Default:
 * `./.mlflow-local`, or `./mlflow-local` if only that exists.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for every other URI. The message names the alternatives.
 */
export function resolveTrackingUri(uri: string | undefined): TrackingTarget {
  const text = uri?.trim();
  if (!text || /^file:$/i.test(text)) return defaultTarget();
  if (HOST_WITHOUT_SCHEME.test(text)) throw withoutScheme(text);
  const scheme = schemeOf(text);
  if (scheme === "http" || scheme === "https") {
    if (URL.canParse(text)) return { kind: "server", uri: text };
    throw invalidParameter(`The tracking URI ${withoutCredentials(text)} is not a valid URL.`);
  }
  if (scheme === "file") return { kind: "directory", directory: pathOfFileUri(text) };
  if (DATABRICKS.test(scheme ?? text)) {
    throw invalidParameter(
      `The tracking URI ${text} names Databricks, which is not supported. ${WHAT_IS_SUPPORTED}`,
    );
  }
  if (scheme === undefined) return { kind: "directory", directory: resolve(text) };
  if (DATABASE.test(scheme)) {
    throw invalidParameter(
      `The tracking URI ${withoutCredentials(text)} is a database, which only an MLflow server can open. ` +
        `Run: mlflow server --backend-store-uri ${withoutCredentials(text)} and set the tracking URI to http://127.0.0.1:5000`,
    );
  }
  throw invalidParameter(
    `The tracking URI ${withoutCredentials(text)} has a scheme that is not supported. ${WHAT_IS_SUPPORTED}`,
  );
}

function defaultTarget(): TrackingTarget {
  const [directory, earlier] = [resolve(DEFAULT_DIRECTORY), resolve(EARLIER_DIRECTORY)];
  const usesEarlier = !existsSync(directory) && existsSync(earlier);
  return { kind: "directory", directory: usesEarlier ? earlier : directory, isDefault: true };
}

function withoutScheme(text: string): MlflowException {
  const scheme = /:443(\D|$)/.test(text) ? "https" : "http";
  const shown = withoutCredentials(`${scheme}://${text}`);
  const folder = withoutCredentials(`//${text}`).slice(2);
  return invalidParameter(
    `The tracking URI ${folder} has no scheme. Use ${shown} for the MLflow server at that address, or ./${folder} for a local store in a folder of that name.`,
  );
}

const WHAT_IS_SUPPORTED =
  "Use http(s)://… for an MLflow server (mlflow server --backend-store-uri …), or file:… or a path for a local store.";

/** The scheme of a URI, in lower case. Undefined for a path: a single letter and a colon is a Windows drive. */
export function schemeOf(uri: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase();
}

/** Accepts `file:///a`, `file://localhost/a`, `file:/a` and, as MLflow does, `file:./a` and `file:a`. */
export function pathOfFileUri(uri: string): string {
  const path = uri.slice("file:".length);
  try {
    if (!path.startsWith("/")) return resolve(decodeURIComponent(path));
    return fileURLToPath(uri);
  } catch (cause) {
    throw invalidParameter(
      `${uri} is not a file URI of this machine (${(cause as Error).message}). Use file:///absolute/path.`,
    );
  }
}

function withoutCredentials(uri: string): string {
  return uri.replace(/\/\/[^/@]*@/, "//***@");
}
