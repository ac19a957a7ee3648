/** The text that replaces a secret. */
export const REDACTED = "[REDACTED]";

/** The kind of value that a field contains, according to its name. */
export type NameKind = "data" | "secret" | "headers" | "properties";

/**
 * Names of fields that contain secrets. The whole name must match; case, `_`, `-`, `.` and white space are ignored. Fields
 * with names such as `key`, `token` or `maxTokens` are data.
 */
const SECRET_NAMES = new Set(
  [
    "api_keys access_key secret secrets secret_key private_key signing_key encryption_key master_key account_key",
    "passwd passphrase pwd credential credentials authorization proxy_authorization auth_header",
    "id_token csrf_token xsrf_token bot_token user_token private_token personal_token github_token hf_token jwt",
    "cookie cookies set_cookie session_cookie connection_string service_account_json",
  ]
    .join(" ")
    .split(" ")
    .map(fold),
);

/** Endings of names of fields that contain secrets: `anthropicApiKey`, `X-Amz-Security-Token`. */
const SECRET_ENDINGS = [
  ...["apikey", "subscriptionkey", "accesskey", "accesskeyid", "secretkey", "clientsecret"],
  ...["appsecret", "webhooksecret", "password", "accesstoken", "refreshtoken", "authtoken"],
  ...["apitoken", "bearertoken", "sessiontoken", "securitytoken"],
];

/** Names of environment variables: `DISCORD_TOKEN`, `STRIPE_SECRET`. */
const SECRET_VARIABLE = /^[A-Z][A-Z0-9]*_(?:[A-Z0-9]+_)*(?:TOKEN|KEY|SECRET|PASSWORD|PASSWD|PWD)$/;

/** Matches the name of a header that contains a credential. Does not match `…-tokens`, which is a count. */
const SECRET_HEADER =
  /(?:^|[-_])(?:\w*auth\w*|token|key|secret|password|cookie|credentials?|signature|jwt)(?:$|[-_])/i;

const MAX_CACHED_NAMES = 5000;
const MAX_NAME_CHARACTERS = 64;
const kinds = new Map<string, NameKind>();

/** Classifies a field by its name. Caches the result. */
export function kindOfName(name: string): NameKind {
  return kinds.get(name) ?? classify(name);
}

function classify(name: string): NameKind {
  // Names of secrets are short.
  if (name.length > MAX_NAME_CHARACTERS) return "data";
  const kind = kindOfShortName(name);
  if (kinds.size >= MAX_CACHED_NAMES) kinds.clear();
  kinds.set(name, kind);
  return kind;
}

function kindOfShortName(name: string): NameKind {
  const folded = fold(name);
  if (folded === "properties") return "properties";
  if (folded.endsWith("headers")) return "headers";
  if (SECRET_NAMES.has(folded) || SECRET_VARIABLE.test(name)) return "secret";
  return SECRET_ENDINGS.some((ending) => folded.endsWith(ending)) ? "secret" : "data";
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[-_\s.]/g, "");
}

/** Whether a header with this name contains a credential. */
export function isSecretHeader(name: string): boolean {
  if (name.length > MAX_NAME_CHARACTERS) return false;
  return SECRET_HEADER.test(name) || kindOfName(name) === "secret";
}
