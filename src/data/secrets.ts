/** What stands in the place of a secret. */
export const REDACTED = "[REDACTED]";

/** What a field's name says of its value. */
export type NameKind = "data" | "secret" | "headers" | "properties";

/** Whole names, compared without case, `_` and `-`; a bare `key` or `token` and every `…tokens` is data. */
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

/** A provider's or a part's name comes before these: `anthropicApiKey`, `X-Amz-Security-Token`. */
const SECRET_ENDINGS = [
  ...["apikey", "subscriptionkey", "accesskey", "accesskeyid", "secretkey", "clientsecret"],
  ...["appsecret", "webhooksecret", "password", "accesstoken", "refreshtoken", "authtoken"],
  ...["apitoken", "bearertoken", "sessiontoken", "securitytoken"],
];

/** As environment variables are named: `DISCORD_TOKEN`, `STRIPE_SECRET`. */
const SECRET_VARIABLE = /^[A-Z][A-Z0-9]*_(?:[A-Z0-9]+_)*(?:TOKEN|KEY|SECRET|PASSWORD|PASSWD|PWD)$/;

/** Words of a header's name: anybody's headers may carry a key, and count `…-tokens` too. */
const SECRET_HEADER =
  /(?:^|[-_])(?:\w*auth\w*|token|key|secret|password|cookie|credentials?|signature|jwt)(?:$|[-_])/i;

const MAX_KNOWN = 5000;
const MAX_KNOWN_CHARACTERS = 64;
const known = new Map<string, NameKind>();

/** What a field of this name holds, by its name alone. */
export function kindOfName(name: string): NameKind {
  return known.get(name) ?? learn(name);
}

function learn(name: string): NameKind {
  // Longer names are made of data, and tell nothing.
  if (name.length > MAX_KNOWN_CHARACTERS) return "data";
  const kind = classify(name);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, kind);
  return kind;
}

function classify(name: string): NameKind {
  const folded = fold(name);
  if (folded === "properties") return "properties";
  if (folded.endsWith("headers")) return "headers";
  if (SECRET_NAMES.has(folded) || SECRET_VARIABLE.test(name)) return "secret";
  return SECRET_ENDINGS.some((ending) => folded.endsWith(ending)) ? "secret" : "data";
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[-_\s.]/g, "");
}

/** Whether a header of this name carries a credential. */
export function isSecretHeader(name: string): boolean {
  if (name.length > MAX_KNOWN_CHARACTERS) return false;
  return SECRET_HEADER.test(name) || kindOfName(name) === "secret";
}
