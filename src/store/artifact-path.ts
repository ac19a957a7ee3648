import { invalidParameter } from "../base/errors.js";

/** What a server decodes, over and over: only these can become a dot, a slash or a character we refuse. */
const ENCODED_ASCII = /%([0-7][0-9a-f])/gi;

/** Separators and characters no artifact's name has; servers refuse `#` anywhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f\\#]/;
/** `C:`, `C:x`, and `file:/x` or `s3://x`, which are places of their own. */
const DRIVE_OR_SCHEME = /^([a-z]:|[a-z][a-z0-9+.-]*:\/)/i;
/** `.` and `..`, and what Windows takes for them: it drops blanks and dots at the end of a name. */
const DOTS = /^[. ]*\.[. ]*$/;
const MAX_CHARACTERS = 4_000;

/**
 * The path, where it names something below its root: relative, with forward slashes, without empty,
 * `.` or `..` segments, backslashes, drives, control characters and `#`, as it stands and however
 * often it is percent-decoded (servers do that).
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for every other path.
 */
export function checkArtifactPath(path: string): string {
  const fault = faultOf(path);
  if (fault === undefined) return path;
  throw invalidParameter(
    `Invalid artifact path: ${JSON.stringify(path)} ${fault}. An artifact path is relative to its root, like "plots/loss.png".`,
  );
}

/** What is wrong with a path, as the rest of a sentence; undefined when it is a good one. */
export function faultOf(path: unknown): string | undefined {
  if (typeof path !== "string") return "is not a string";
  if (path.length > MAX_CHARACTERS) return `is longer than ${MAX_CHARACTERS} characters`;
  if (!path.isWellFormed()) return "has half a character (a lone surrogate)";
  for (let text = path; ; ) {
    const fault = faultAsItStands(text);
    if (fault) return text === path ? fault : `${fault}, percent-decoded`;
    const decoded = decodeOnce(text);
    if (decoded === text) return undefined;
    text = decoded;
  }
}

/** The path as a server stores it that decodes what it is sent: another name, if this is not the same. */
export function decodedPath(path: string): string {
  const decoded = decodeOnce(path);
  return decoded === path ? path : decodedPath(decoded);
}

function faultAsItStands(path: string): string | undefined {
  if (FORBIDDEN.test(path)) return "has a backslash, '#' or a control character";
  if (path.startsWith("/")) return "is absolute";
  if (DRIVE_OR_SCHEME.test(path)) return "begins with a drive or a scheme";
  const segments = path.split("/");
  if (segments.some((segment) => segment === "")) return "is empty or has an empty segment";
  if (segments.some((segment) => DOTS.test(segment))) return "has a '.' or '..' segment";
  return undefined;
}

function decodeOnce(text: string): string {
  return text.replace(ENCODED_ASCII, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** `a` and `b/c` are `a/b/c`; an empty one is the root. */
export function joinArtifactPath(directory: string, path: string): string {
  return directory === "" || path === "" ? directory + path : `${directory}/${path}`;
}
