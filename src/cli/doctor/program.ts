import { dirname, relative } from "node:path";
import { VERSION } from "../../base/process-state.js";
import { isAtLeast } from "../../base/version.js";
import { isSupportedCore, SUPPORTED_CORE } from "../../langchain/patch/versions.js";
import { findInstalled, type InstalledPackage, resolveInstalled } from "./core-copies.js";
import type { Finding } from "./finding.js";

const CORE = "@langchain/core";
const OLDEST_NODE = "20.19";

export interface ProgramChecks {
  /** The folder of the app. */
  readonly directory: string;
  /** Whether the folder, or one above it, has a package.json. */
  readonly isApp: boolean;
  readonly nodeVersion: string;
  /** The folder of this package. */
  readonly ownFolder: string;
}

/** Checks Node.js, this package, and the copies of LangChain that are installed. */
export function checkProgram(checks: ProgramChecks): Finding[] {
  return [checkNode(checks.nodeVersion), checkOwnVersion(checks), ...checkCore(checks)];
}

function checkNode(version: string): Finding {
  const about = { section: "program", check: "node", text: `Node.js ${version}` } as const;
  if (isAtLeast(version, OLDEST_NODE)) return { ...about, status: "ok" };
  return {
    ...about,
    status: "problem",
    text: `Node.js ${version} is older than ${OLDEST_NODE}.`,
    fix: `Install Node.js ${OLDEST_NODE} or newer.`,
  };
}

function checkOwnVersion({ directory, isApp, ownFolder }: ProgramChecks): Finding {
  const about = { section: "program", check: "langchain-mlflow" } as const;
  const installed = resolveInstalled("langchain-mlflow", directory);
  if (installed?.version === VERSION || (!installed && !isApp)) {
    return { ...about, status: "ok", text: `langchain-mlflow ${VERSION}` };
  }
  if (!installed) {
    return {
      ...about,
      status: "warning",
      text: `langchain-mlflow ${VERSION} runs from ${ownFolder}, and is not installed in the app.`,
      fix: "Run: npm install langchain-mlflow",
    };
  }
  return {
    ...about,
    status: "warning",
    text: `langchain-mlflow ${VERSION} runs from ${ownFolder}, but the app uses ${installed.version}.`,
    fix: "Run the command of the app's version: npx langchain-mlflow doctor, in the folder of the app.",
  };
}

function checkCore({ directory, isApp, ownFolder }: ProgramChecks): Finding[] {
  const copies = findInstalled(CORE, directory);
  const app = resolveInstalled(CORE, directory);
  if (!app) {
    if (!isApp) return [];
    return [
      {
        ...{ section: "program", check: "core", status: "problem" },
        text: `${CORE} is not installed in ${directory}, nor in a folder above it.`,
        fix: `Run: npm install ${CORE}, or run this command in the folder of the app.`,
      },
    ];
  }
  const findings = copies.map((copy) => describeCopy(copy, directory, copy.folder === app.folder));
  const own = resolveInstalled(CORE, ownFolder);
  if (!own || own.folder === app.folder) return findings;
  return [
    ...findings,
    {
      ...{ section: "program", check: "own core", status: "warning" },
      text: `The app imports ${CORE} ${app.version}, and langchain-mlflow another copy, ${own.version} at ${shown(own, directory)}.`,
      fix: `Install one version for both (npm ls ${CORE}, npm dedupe), or use the preload, which reaches every copy: node --import langchain-mlflow/register app.js`,
    },
  ];
}

function describeCopy(copy: InstalledPackage, directory: string, isOfApp: boolean): Finding {
  const about = { section: "program", check: "core" } as const;
  const used = isOfApp ? ", which the app imports" : "";
  const text = `${CORE} ${copy.version} at ${shown(copy, directory)}${used}`;
  if (isSupportedCore(copy.version)) return { ...about, status: "ok", text };
  return {
    ...about,
    status: "warning",
    text: `${text}: not one of the versions this package was tested with (${SUPPORTED_CORE}).`,
    fix: `Run: npm install ${CORE}@latest langchain-mlflow@latest`,
  };
}

function shown({ folder }: InstalledPackage, directory: string): string {
  const path = relative(directory, folder);
  return path.startsWith("..") || dirname(path) === "." ? folder : path;
}
