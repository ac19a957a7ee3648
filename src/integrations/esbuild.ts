import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { bundledLine, CORE_FILE } from "../langchain/patch/core-line.js";
import { coreVersionAt } from "../langchain/patch/versions.js";

/** The parts of esbuild's plugin interface that this plugin uses. */
export interface EsbuildPlugin {
  name: string;
  setup(build: EsbuildPluginBuild): void;
}

export interface EsbuildPluginBuild {
  onLoad(
    options: { filter: RegExp },
    callback: (file: {
      path: string;
    }) => Promise<{ contents: string; loader: "js"; resolveDir: string }>,
  ): void;
}

/**
 * A plugin for esbuild. It makes a copy of `@langchain/core` that is bundled into the app visible to `autolog()` and to
 * the preload, which otherwise cannot patch it. It changes nothing else.
 *
 * @example
 * import { langchainMlflow } from "langchain-mlflow/esbuild";
 * await esbuild.build({ entryPoints: ["app.js"], bundle: true, platform: "node", outdir: "dist", plugins: [langchainMlflow()] });
 */
export function langchainMlflow(): EsbuildPlugin {
  return {
    name: "langchain-mlflow",
    setup(build) {
      build.onLoad({ filter: CORE_FILE }, async ({ path }) => ({
        contents: (await readFile(path, "utf8")) + bundledLine(coreVersionAt(path)),
        loader: "js",
        resolveDir: dirname(path),
      }));
    },
  };
}
