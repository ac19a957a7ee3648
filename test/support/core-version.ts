import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    langchainRoot: string;
  }
}

/** The folder whose node_modules hold the LangChain this project runs on: programs that a test starts go there. */
export const langchainRoot = inject("langchainRoot");

/** The version of @langchain/core that tests and src import here, such as `0.3.80`. */
export const coreVersion: string = JSON.parse(
  readFileSync(join(langchainRoot, "node_modules/@langchain/core/package.json"), "utf8"),
).version;

/** True on the 0.3 generation: no `createAgent`, no `streamEvents` v3, other names for a few parts. */
export const isCore03 = coreVersion.startsWith("0.3.");
