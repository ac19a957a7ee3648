import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";

/** An encoded ASCII character. Only these can decode to a dot, a slash or a forbidden character. */
const ENCODED_ASCII = /%([0-7][0-9a-f])/gi;

/** Characters that no artifact path may contain. Servers reject `#`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are forbidden
const FORBIDDEN = /[\u0000-\u001f\u007f\\#]/;
/**
 * For example `C:/x`, `file:/x` or `s3://x`: these are absolute. `a:b.txt` is a name, except on Windows, where
 * `placeBelow` refuses it.
 */
const DRIVE_OR_SCHEME = /^[a-z][a-z0-9+.-]*:\//i;
/** `.` and `..`, and names that Windows reads as these: it removes spaces and dots from the end of a name. */
const DOTS = /^[. ]*\.[. ]*$/;
const MAX_CHARACTERS = 4_000;

/**
 * Returns the path if it is below its root: relative, with forward slashes, without empty, `.` or `..` segments,
 * backslashes, drives, control characters and `#`. The path must stay so when a server percent-decodes it, however
 * often.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for every other path.
 */
export function checkArtifactPath(path: string): string {
  const fault = faultOf(path);
  if (fault === undefined) return path;
  throw invalidParameter(
    `Invalid artifact path: ${typeof path === "string" ? JSON.stringify(path) : show(path)} ${fault}. An artifact path is relative to its root, like "plots/loss.png".`,
  );
}

/** Why a path is invalid, as the rest of a sentence. Undefined if it is valid. */
export function faultOf(path: unknown): string | undefined {
  if (typeof path !== "string") return "is not a string";
  if (path.length > MAX_CHARACTERS) return `is longer than ${MAX_CHARACTERS} characters`;
  if (!path.isWellFormed()) return "contains a lone surrogate";
  for (let text = path; ; ) {
    const fault = undecodedFaultOf(text);
    if (fault) return text === path ? fault : `${fault} when percent-decoded`;
    const decoded = decodeOnce(text);
    if (decoded === text) return undefined;
    text = decoded;
  }
}

/** The name under which a server stores the path: it percent-decodes until nothing is left to decode. */
export function decodedPath(path: string): string {
  const decoded = decodeOnce(path);
  return decoded === path ? path : decodedPath(decoded);
}

function undecodedFaultOf(path: string): string | undefined {
  if (FORBIDDEN.test(path)) return "contains a backslash, '#' or a control character";
  if (path.startsWith("/")) return "is absolute";
  if (DRIVE_OR_SCHEME.test(path)) return "starts with a drive or a scheme";
  const segments = path.split("/");
  if (segments.some((segment) => segment === "")) return "is empty or has an empty segment";
  if (segments.some((segment) => DOTS.test(segment))) return "contains a '.' or '..' segment";
  return undefined;
}

function decodeOnce(text: string): string {
  return text.replace(ENCODED_ASCII, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** `a` and `b/c` become `a/b/c`. An empty path is the root. */
export function joinArtifactPath(directory: string, path: string): string {
  return directory === "" || path === "" ? directory + path : `${directory}/${path}`;
}
