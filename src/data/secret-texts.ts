import { kindOfName, REDACTED } from "./secrets.js";

/** Removes credentials from the URLs in a text, and the credential if the text is an `Authorization` header. */
export function withoutCredentials(text: string): string {
  return withoutAuthorization(withoutUrlCredentials(text));
}

/** The end of an incomplete text that may be `https://user:pass@…` or `Bearer …`. */
const PARTIAL_AUTHORITY = /[^\s/?#\\"<>`{}|^]{1,1024}$/;
const PARTIAL_AUTHORIZATION = /^(Bearer|Basic) +[\w.~+/-]{1,4096}=*$/i;
const HOST = /^(?:localhost|[a-z\d-]+(?:\.[a-z\d-]+)+)(?::\d{0,5})?$/i;

/** Like {@link withoutCredentials}, for an incomplete text: also removes an end that may be a part of a credential. */
export function withoutPartialCredentials(text: string): string {
  const clean = withoutCredentials(text);
  const start = clean.lastIndexOf("://") + 3;
  if (start < 3) return clean.replace(PARTIAL_AUTHORIZATION, `$1 ${REDACTED}`);
  const authority = clean.slice(start);
  const isCredential = PARTIAL_AUTHORITY.exec(authority)?.index === 0 && !authority.includes("@");
  return isCredential && !HOST.test(authority) ? clean.slice(0, start) + REDACTED : clean;
}

/** The user and password of a URL end before these. */
const AUTHORITY_END = /[\s/?#\\"<>`{}|^]/g;
const URL_END = /[\s"<>`\\]/g;
/** A user without a password is a credential only if it looks like a token. */
const USER_ALONE = /^[\w.~%!$&*+=-]+$/;
const PARAMETER = /([?&#;](?:amp;)?([\w.%-]{1,64})=)([^&#;]+)/g;
const MAX_AUTHORITY = 1024;

/** Removes users, passwords and keys from the URLs in a text. Takes linear time. */
export function withoutUrlCredentials(text: string): string {
  let slashes = text.indexOf("://");
  if (slashes < 0) return text;
  let clean = "";
  let done = 0;
  for (; slashes >= 0; slashes = text.indexOf("://", Math.max(done, slashes + 3))) {
    const start = slashes + 3;
    const host = hostStart(text, start);
    if (host > start) clean += `${text.slice(done, start)}${REDACTED}@`;
    else clean += text.slice(done, start);
    const end = find(URL_END, text, host);
    clean += withoutSecretParameters(text.slice(host, end));
    done = end;
  }
  return clean + text.slice(done);
}

/** Returns the start of the host: after the last `@` of the authority if a credential is before it, else `start`. */
function hostStart(text: string, start: number): number {
  const authority = text.slice(start, start + MAX_AUTHORITY);
  const at = authority.slice(0, find(AUTHORITY_END, authority, 0)).lastIndexOf("@");
  if (at <= 0) return start;
  const user = authority.slice(0, at);
  const hasPassword = /:[^@]/.test(user);
  return hasPassword || USER_ALONE.test(user) ? start + at + 1 : start;
}

function withoutSecretParameters(rest: string): string {
  if (!rest.includes("=")) return rest;
  return rest.replace(PARAMETER, (whole, before: string, name: string) =>
    isSecretParameter(name) ? before + REDACTED : whole,
  );
}

/** Parameters that are secret in URLs only, such as the signatures of Google, Azure and Amazon. */
const SECRET_PARAMETERS = new Set(
  "key token auth sig signature x-amz-signature x-amz-credential x-goog-signature x-goog-credential".split(
    " ",
  ),
);

function isSecretParameter(name: string): boolean {
  return SECRET_PARAMETERS.has(name.toLowerCase()) || kindOfName(name) === "secret";
}

function find(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

const AUTHORIZATION = /^(Bearer|Basic) +([\w.~+/-]{8,4096}=*)$/i;

const LOWER_B = 98;

/** Removes the credential from the value of an `Authorization` header. Returns any other text unchanged. */
export function withoutAuthorization(text: string): string {
  const first = text.charCodeAt(0) | 32;
  if (first !== LOWER_B) return text;
  const [, scheme = "", credential = ""] = AUTHORIZATION.exec(text) ?? [];
  // "Basic information" is not a credential.
  const isSecret =
    scheme.toLowerCase() === "basic"
      ? Buffer.from(credential, "base64").includes(":")
      : credential.length >= 16 && /\d/.test(credential);
  return isSecret ? `${scheme} ${REDACTED}` : text;
}

/** An underscore may precede a key: `tool_sk-…`. */
const START = "(?<![A-Za-z0-9])";
/** The formats of well-known keys. The lengths are bounded, so that matching is fast. */
const KEY_SHAPES = new RegExp(
  [
    String.raw`${START}sk-(?=[\w-]{0,200}\d)[\w-]{16,200}`,
    String.raw`${START}[prs]k_(?:live|test)_\w{10,200}`,
    String.raw`${START}(?:gsk|hf|r8|lsv2_pt|lsv2_sk|gh[oprsu]|github_pat)_\w{16,200}`,
    String.raw`${START}(?:xox[a-z]|xapp|glpat|pplx|xai|tvly|nvapi|pcsk)[-_](?=[\w-]{0,200}\d)[\w-]{10,200}`,
    String.raw`${START}(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`${START}AIza[\w-]{30,200}`,
    String.raw`${START}ya29\.[\w-]{16,500}`,
    String.raw`${START}eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,2000}`,
  ].join("|"),
  "g",
);
const BEARER = /\b(bearer|basic)( +)(?=[\w.~+/-]{0,200}\d)[\w.~+/-]{16,4096}=*/gi;
/** `Incorrect API key provided: abc123`, `"password": "abc123"`. */
const NAMED_KEY =
  /\b((?:api|access|secret|private)[-_ ]?key|(?:access|auth|api|bearer)[-_ ]?token|client[-_ ]?secret|password)((?: provided)?["']?\s{0,3}[:=]\s{0,3}["']?)(?=[^\s"',;&)}\]]{0,200}\d)[^\s"',;&)}\]]{8,2000}/gi;

/** Removes keys from the text of an error: a provider's error may repeat the key that it rejects. */
export function withoutKeys(text: string): string {
  return withoutUrlCredentials(text)
    .replace(KEY_SHAPES, REDACTED)
    .replace(BEARER, `$1$2${REDACTED}`)
    .replace(NAMED_KEY, `$1$2${REDACTED}`);
}

const MAX_CACHED_NAMES = 1000;
const cleanNames = new Map<string, string>();

/** Like {@link withoutKeys}, for the name of a run or an object. Caches the result, because names repeat. */
export function nameWithoutKeys(name: string): string {
  const cached = cleanNames.get(name);
  if (cached !== undefined) return cached;
  const clean = withoutKeys(name);
  if (cleanNames.size >= MAX_CACHED_NAMES) cleanNames.clear();
  cleanNames.set(name, clean);
  return clean;
}
