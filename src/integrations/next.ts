import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invalidParameter } from "../base/errors.js";

/** The part of Next.js's configuration that `withMlflow` reads and sets. */
export interface NextConfigWithExternals {
  serverExternalPackages?: string[] | undefined;
}

/** What a `next.config` file may export: a configuration, a promise of one, or a function that returns one of these. */
export type NextConfigExport =
  | NextConfigWithExternals
  | Promise<NextConfigWithExternals>
  // Next.js passes the phase and its defaults. Their types are Next.js's own.
  | ((...values: never[]) => NextConfigWithExternals | Promise<NextConfigWithExternals>);

/** The packages whose classes are traced. langchain-mlflow finds them only if they are not part of a bundle. */
const EXTERNAL = ["langchain-mlflow", "@langchain/core", "@langchain/langgraph", "langchain"];

/**
 * Returns a Next.js configuration in which the server loads LangChain.js and this package from `node_modules`.
 * Next.js otherwise copies them into its bundles, where their calls cannot be traced. Adds langchain-mlflow,
 * langchain, and the `@langchain` packages that the app's `package.json` names, to `serverExternalPackages`.
 * Changes nothing else, and keeps the app's own entries. For Next.js 15 and newer, with Turbopack and with webpack.
 *
 * Call `autolog()` in the app's `instrumentation.ts`.
 *
 * @param config what the `next.config` file exported before: an object, a promise, or a function. Default: `{}`.
 * @returns a configuration of the same kind.
 * @throws MlflowException INVALID_PARAMETER_VALUE if `config` or its `serverExternalPackages` has another type. For a
 * promise or a function, the returned promise rejects, or the returned function throws.
 *
 * @example
 * ```ts
 * // next.config.ts
 * import { withMlflow } from "langchain-mlflow/next";
 *
 * export default withMlflow({ reactStrictMode: true });
 *
 * // instrumentation.ts
 * export async function register() {
 *   if (process.env.NEXT_RUNTIME === "nodejs") (await import("langchain-mlflow")).autolog();
 * }
 * ```
 */
export function withMlflow<Config extends NextConfigExport = NextConfigWithExternals>(
  config: Config = {} as Config,
): Config {
  // The kind of the result is the kind of the argument.
  return addExternals(config) as Config;
}

function addExternals(config: NextConfigExport): NextConfigExport {
  if (typeof config === "function") {
    return (...values) => addToResult(config(...values));
  }
  return addToResult(config);
}

function addToResult<Result extends NextConfigWithExternals | Promise<NextConfigWithExternals>>(
  config: Result,
): NextConfigWithExternals | Promise<NextConfigWithExternals> {
  return config instanceof Promise ? config.then(addToObject) : addToObject(config);
}

function addToObject(config: NextConfigWithExternals): NextConfigWithExternals {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw invalidParameter(
      `withMlflow() takes a Next.js configuration: an object, a promise of one, or a function that returns one. Got ${nameOf(config)}.`,
    );
  }
  const own = config.serverExternalPackages ?? [];
  if (!Array.isArray(own)) {
    throw invalidParameter(
      `The Next.js option \`serverExternalPackages\` takes an array of package names. Got ${nameOf(own)}.`,
    );
  }
  return { ...config, serverExternalPackages: [...new Set([...own, ...EXTERNAL, ...installed()])] };
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}

/** The `@langchain` packages that the app names. Next.js runs in the folder of the app. */
function installed(): string[] {
  try {
    const text = readFileSync(join(process.cwd(), "package.json"), "utf8");
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    return Object.keys(dependencies).filter((name) => name.startsWith("@langchain/"));
  } catch {
    // Without a readable package.json, the packages above are enough for complete traces.
    return [];
  }
}
