/** What stands in the place of a secret. */
export const REDACTED = "[REDACTED]";

/** Whole names, compared without case, `_` and `-`; a bare `key` or `token` and every `…tokens` is data. */
const SECRET_NAMES = new Set(
  [
    "api_key apikeys x_api_key openai_api_key azure_api_key access_key secret_access_key aws_secret_access_key",
    "private_key signing_key encryption_key client_secret secret secrets secret_key app_secret webhook_secret",
    "password passwd passphrase pwd db_password credential credentials",
    "authorization proxy_authorization auth_header www_authenticate",
    "access_token refresh_token id_token auth_token bearer_token session_token security_token csrf_token jwt",
    "cookie cookies set_cookie session_cookie",
  ]
    .join(" ")
    .split(" ")
    .map((name) => name.replaceAll("_", "")),
);

/** Provider prefixes (`anthropicApiKey`) end in one of these. */
const SECRET_ENDINGS = [
  "apikey",
  "accesskey",
  "secretkey",
  "clientsecret",
  "password",
  "accesstoken",
  "authtoken",
];

const known = new Map<string, boolean>();
const MAX_KNOWN = 5000;

/** Whether a field of this name holds a secret. */
export function isSecretName(name: string): boolean {
  let secret = known.get(name);
  if (secret === undefined) {
    const folded = name.toLowerCase().replace(/[-_\s.]/g, "");
    secret = SECRET_NAMES.has(folded) || SECRET_ENDINGS.some((ending) => folded.endsWith(ending));
    if (known.size < MAX_KNOWN && name.length <= 64) known.set(name, secret);
  }
  return secret;
}

const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@:]*:[^\s/?#@]+@/gi;

/** The text with user and password taken out of the URLs in it. */
export function withoutUrlCredentials(text: string): string {
  return text.includes("://") ? text.replace(URL_CREDENTIALS, `$1${REDACTED}@`) : text;
}
