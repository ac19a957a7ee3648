import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

const WORD_LISTS = /\/word-lists\.js$/;

/** Both formats read the long lists from one file. */
const oneFileOfLists: Plugin = {
  name: "one-file-of-lists",
  setup(build) {
    build.onResolve({ filter: WORD_LISTS }, () => ({ path: "./word-lists.cjs", external: true }));
  },
};

/** A long literal is read quicker as JSON. */
const patternsAsJson: Plugin = {
  name: "patterns-as-json",
  setup(build) {
    build.onLoad({ filter: /hyphen[\\/]patterns[\\/][\w-]+\.js$/ }, async ({ path }) => {
      const { default: patterns } = await import(pathToFileURL(path).href);
      const json = JSON.stringify(JSON.stringify(patterns));
      return { contents: `export default JSON.parse(${json})`, loader: "js" };
    });
  },
};

const common: Options = {
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  external: ["langchain-mlflow"],
  esbuildPlugins: [oneFileOfLists],
};

/** What is built in keeps the words of those who made it. */
const licences = ["hyphen/LICENSE", "dale-chall/license"]
  .map((file) => `${file}\n\n${readFileSync(`node_modules/${file}`, "utf8").trim()}`)
  .join("\n\n");

const lists: Options = {
  target: "node20",
  entry: { "word-lists": "src/callback-handler/text-metrics/word-lists.ts" },
  format: "cjs",
  minify: true,
  banner: { js: `/*!\n${licences}\n*/` },
  esbuildPlugins: [patternsAsJson],
};

/** Both formats' declarations from one run of the type checker, the slow part of a build. */
const declarations: Options = {
  entry: ["src/index.ts", "src/register.ts"],
  format: ["esm", "cjs"],
  dts: { only: true, compilerOptions: { ignoreDeprecations: "6.0" } },
};

// `splitting` for CJS would send the code through a second compiler that rewrites import() to require().
export default defineConfig([
  { ...common, entry: ["src/index.ts", "src/cli.ts"], format: "esm", splitting: true },
  // The preload is CommonJS for both: it loads `start`, the bulk of it, only when LangChain is loaded.
  // The map of `start` is for our coverage: it is not packed, since that of `index` has the same sources.
  {
    ...common,
    entry: { index: "src/index.ts", register: "src/register.ts", start: "src/autolog/start.ts" },
    format: "cjs",
    splitting: false,
  },
  lists,
  // Without declarations, `--no-dts` would have this write the same files a second time.
  ...(process.argv.includes("--no-dts") ? [] : [declarations]),
]);
