import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "ini";
import { debug } from "../../base/log.js";
import type { Settings } from "../../settings/settings.js";

/** A tracking URI, split into the part that may be shown and the credentials. */
export interface Address {
  /** Without credentials and without a slash at the end; keeps its path. */
  readonly uri: string;
  /** The credentials in the URI, percent-decoded. */
  readonly username?: string;
  readonly password?: string;
}

export function parseAddress(trackingUri: string): Address {
  const url = new URL(trackingUri);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  const uri = url.href.replace(/\/+$/, "");
  if (!username) return { uri };
  return { uri, username: decoded(username), password: decoded(password) };
}

/** Percent-decodes the text. Returns it unchanged if it is not valid percent-encoding. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The user's credentials, and which servers may receive them. */
export interface Credentials {
  /** Whether this is the tracking server, or a server that the user allowed. Only the origin counts. */
  areFor(address: Address): boolean;
  /**
   * The headers of a request to a server. If {@link areFor} returns false, the server receives only the
   * credentials in its own address.
   */
  headersFor(address: Address): Promise<Readonly<Record<string, string>>>;
}

export function createCredentials(trackingUri: string, settings: Settings): Credentials {
  const tracking = parseAddress(trackingUri);
  const origins = new Set([originOf(tracking), ...settings.allowedArtifactRoots.origins]);
  let userHeaders: Promise<Record<string, string>> | undefined;
  const areFor = (address: Address) => origins.has(originOf(address));
  return {
    areFor,
    async headersFor(address) {
      if (areFor(address)) {
        userHeaders ??= authHeaders(tracking, settings);
        return userHeaders;
      }
      const { username, password = "" } = address;
      return username === undefined ? {} : { authorization: basic(username, password) };
    },
  };
}

function originOf({ uri }: Address): string {
  return new URL(uri).origin;
}

/**
 * The authorization and workspace headers. The first of these applies, as in Python: credentials in the URI; user
 * name and password, each from the environment or from `~/.mlflow/credentials`; the token.
 */
async function authHeaders(
  address: Address,
  settings: Settings,
  home: string = homedir(),
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  if (settings.workspace) headers["x-mlflow-workspace"] = settings.workspace;
  const authorization = await authorizationOf(address, settings, home);
  if (authorization) headers.authorization = authorization;
  return headers;
}

async function authorizationOf(
  address: Address,
  settings: Settings,
  home: string,
): Promise<string | undefined> {
  if (address.username) return basic(address.username, address.password ?? "");
  const file = settings.username && settings.password ? {} : await readCredentialsFile(home);
  const username = settings.username ?? file.mlflow_tracking_username;
  const password = settings.password ?? file.mlflow_tracking_password;
  if (username && password) return basic(username, password);
  return settings.token ? `Bearer ${settings.token}` : undefined;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

async function readCredentialsFile(home: string): Promise<Record<string, string | undefined>> {
  try {
    const text = await readFile(join(home, ".mlflow", "credentials"), "utf8");
    return parse(text).mlflow ?? {};
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") debug("credentials: %o", cause);
    return {};
  }
}
