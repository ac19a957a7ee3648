import { invalidParameter } from "../base/errors.js";
import type { Environment } from "./settings.js";

/** The HTTP proxies of the environment. The HTTP client reads `NO_PROXY` itself. */
export interface Proxies {
  /** The proxy of `http:` servers: an http(s) URL. */
  readonly httpProxy: string | undefined;
  /** The proxy of `https:` servers. Undefined: that of `http:` servers is used. */
  readonly httpsProxy: string | undefined;
}

/**
 * Reads `http_proxy`, `https_proxy` and `all_proxy`, or the same names in capitals. As in Python, a value without a
 * scheme is an HTTP proxy.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a value that is not the address of an HTTP proxy.
 */
export function readProxies(env: Environment = process.env): Proxies {
  // Its SOCKS proxies are left to other programs.
  const all = /^socks/i.test(env.all_proxy ?? env.ALL_PROXY ?? "")
    ? undefined
    : proxyOf("all_proxy", env);
  return {
    httpProxy: proxyOf("http_proxy", env) ?? all,
    httpsProxy: proxyOf("https_proxy", env) ?? all,
  };
}

function proxyOf(lowerName: string, env: Environment): string | undefined {
  const name = env[lowerName] === undefined ? lowerName.toUpperCase() : lowerName;
  const text = env[name]?.trim();
  if (!text) return undefined;
  const uri = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const scheme = URL.canParse(uri) ? new URL(uri).protocol : undefined;
  if (/^(https?|socks5?):$/.test(scheme ?? "")) return uri;
  // The value may contain a password.
  throw invalidParameter(
    `The environment variable ${name} is not the address of an HTTP proxy. Set it to an address like http://proxy.example.com:3128, or name the tracking server in NO_PROXY.`,
  );
}
