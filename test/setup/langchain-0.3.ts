import { fileURLToPath } from "node:url";
import type { Plugin } from "vitest/config";

/** Where the oldest LangChain.js generation is installed, apart from the root's. */
export const OLD_ROOT = fileURLToPath(new URL("../langchain-0.3", import.meta.url));

const LANGCHAIN = /^(@langchain\/|langchain(\/|$))/;

/**
 * Sends every import of LangChain, from src and tests alike, to the copy in test/langchain-0.3.
 * What 1.x keeps in `@langchain/classic` is the package `langchain` there.
 */
export function langchain03(): Plugin {
  return {
    name: "langchain-0.3",
    enforce: "pre",
    resolveId(source, _importer, options) {
      if (!LANGCHAIN.test(source)) return undefined;
      const old = source.replace(/^@langchain\/classic(?=\/|$)/, "langchain");
      return this.resolve(old, `${OLD_ROOT}/package.json`, { ...options, skipSelf: true });
    },
  };
}
