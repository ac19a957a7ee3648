import { bundledLine, CORE_FILE } from "../langchain/patch/core-line.js";
import { coreVersionAt } from "../langchain/patch/versions.js";

/** The parts of the plugin interface of Vite, Rollup and Rolldown that this plugin uses. */
export interface VitePlugin {
  name: string;
  transform(code: string, id: string): { code: string; map: null } | undefined;
}

/**
 * A plugin for Vite, Rollup and Rolldown. It makes a copy of `@langchain/core` that is bundled into the app visible to
 * `autolog()` and to the preload, which otherwise cannot patch it. It changes nothing else.
 *
 * @example
 * import { langchainMlflow } from "langchain-mlflow/vite";
 * export default { plugins: [langchainMlflow()], ssr: { noExternal: true }, build: { ssr: "src/server.ts" } };
 */
export function langchainMlflow(): VitePlugin {
  return {
    name: "langchain-mlflow",
    transform(code, id) {
      if (!CORE_FILE.test(id)) return undefined;
      return { code: code + bundledLine(coreVersionAt(id)), map: null };
    },
  };
}
