import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { parseEnv } from "node:util";
import { type Environment, setVariables } from "../../settings/settings.js";
import type { Finding } from "./finding.js";

export interface Manifest {
  readonly folder: string;
  /** Names of packages of every kind of dependency. */
  readonly dependencies: ReadonlySet<string>;
  /** All scripts, as one text. */
  readonly scripts: string;
}

/** Reads the package.json of a directory, or of the nearest one above it. */
export function readManifest(directory: string): Manifest | undefined {
  for (let folder = directory; ; folder = dirname(folder)) {
    const manifest = parseManifest(folder);
    if (manifest || dirname(folder) === folder) return manifest;
  }
}

function parseManifest(folder: string): Manifest | undefined {
  try {
    const json = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { dependencies, devDependencies, peerDependencies, scripts } = json;
    const names = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
    const lines = Object.values(scripts ?? {});
    return { folder, dependencies: new Set(names), scripts: lines.join("\n") };
  } catch {
    return undefined;
  }
}

/** Tools that put the app's packages into files of their own, and how to exclude a package. */
const BUNDLERS: Readonly<Record<string, string>> = {
  next: "list them in serverExternalPackages of next.config",
  webpack: "list them in externals",
  "@rspack/core": "list them in externals",
  vite: "list them in ssr.external",
  rollup: "list them in external",
  esbuild: "pass --packages=external",
  tsup: "list them in external",
  "@vercel/ncc": "pass --external",
};
const TEST_RUNNERS = ["jest", "vitest", "mocha", "ava"];

/** Checks what the package.json and the files of an app say about tracing. */
export function checkApp(manifest: Manifest | undefined, env: Environment): Finding[] {
  if (!manifest) return [];
  return [
    ...checkTools(manifest),
    ...checkSwitch(manifest, env),
    ...checkEnvFiles(manifest, setVariables(env)),
  ];
}

function checkTools({ dependencies }: Manifest): Finding[] {
  const bundlers = Object.keys(BUNDLERS).filter((name) => dependencies.has(name));
  const runners = TEST_RUNNERS.filter((name) => dependencies.has(name));
  return [
    ...bundlers.map(
      (name): Finding => ({
        ...{ section: "app", check: "bundler", status: "note" },
        text: `${name} is a dependency. A bundle that contains @langchain/core may not be traced.`,
        fix: `If ${name} bundles the app, use a plugin of docs/bundlers.md, or exclude @langchain/core and langchain-mlflow: ${BUNDLERS[name]}. To check a bundle, run: npx langchain-mlflow doctor -- node bundle.js`,
      }),
    ),
    ...runners.map(
      (name): Finding => ({
        ...{ section: "app", check: "test runner", status: "note" },
        text: `${name} is a dependency. Tests are traced if they call autolog(), or with a set-up file of docs/frameworks.md.`,
      }),
    ),
  ];
}

const SOURCE = new Set([".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".json"]);
const MAX_FILES = 5_000;

/** An app that uses LangChain has to name this package somewhere: in its code, a script or NODE_OPTIONS. */
function checkSwitch({ folder, dependencies, scripts }: Manifest, env: Environment): Finding[] {
  const isLangChain = [...dependencies].some((name) => /^(@langchain\/|langchain$)/.test(name));
  if (!isLangChain) return [];
  const about = { section: "app", check: "autolog" } as const;
  const places = [scripts, env.NODE_OPTIONS ?? ""];
  if (places.some((text) => text.includes("langchain-mlflow/register"))) {
    return [{ ...about, status: "ok", text: "The preload switches tracing on." }];
  }
  if (namesPackage(folder)) {
    return [{ ...about, status: "ok", text: "The code of the app imports langchain-mlflow." }];
  }
  return [
    {
      ...about,
      status: "problem",
      text: `No file of ${folder} and no script switches tracing on.`,
      fix: 'Call autolog() of langchain-mlflow in the code of the app, or set NODE_OPTIONS="--import langchain-mlflow/register".',
    },
  ];
}

/** Whether a source file names this package. Stops after some thousand files, and then assumes that one does. */
function namesPackage(folder: string): boolean {
  let files = 0;
  for (const file of sourceFiles(folder)) {
    files += 1;
    if (files > MAX_FILES || readText(file).includes("langchain-mlflow")) return true;
  }
  return false;
}

/** The source files below a folder, without those of packages and of folders that begin with a dot. */
function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isHidden = entry.name === "node_modules" || entry.name.startsWith(".");
    if (entry.isDirectory() && !isHidden) yield* sourceFiles(path);
    else if (entry.isFile() && isSource(entry.name)) yield path;
  }
}

function isSource(name: string): boolean {
  return SOURCE.has(extname(name)) && !/^package(-lock)?\.json$/.test(name);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const ENV_FILES = [".env", ".env.local", ".env.development", ".env.production"];

/** Names the variables of MLflow in `.env` files that are not set. Their values are never shown. */
function checkEnvFiles(
  { folder, dependencies, scripts }: Manifest,
  set: readonly string[],
): Finding[] {
  // These read the file when the app starts, which this command cannot see.
  const isRead =
    dependencies.has("dotenv") || dependencies.has("next") || /--env-file/.test(scripts);
  return ENV_FILES.filter((name) => existsSync(join(folder, name))).flatMap((name): Finding[] => {
    const variables = setVariables(parseEnv(readText(join(folder, name))));
    const missing = variables.filter((variable) => !set.includes(variable));
    const about = { section: "app", check: "env file" } as const;
    if (missing.length === 0) {
      return variables.length > 0
        ? [{ ...about, status: "ok", text: `${name} is loaded: ${variables.join(", ")}.` }]
        : [];
    }
    return [
      {
        ...about,
        status: isRead ? "note" : "problem",
        text: isRead
          ? `${name} sets ${missing.join(", ")}. This command does not read it.`
          : `${name} sets ${missing.join(", ")}, but is not loaded.`,
        fix: isRead
          ? "The app may load it when it starts. Run the same check on the app: npx langchain-mlflow doctor -- node app.js"
          : `Node.js does not read it by itself. Start the app with: node --env-file=${name} app.js`,
      },
    ];
  });
}
