import { defineConfig, type Options } from "tsup";

const common: Options = {
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  external: ["langchain-mlflow"],
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
  // Without declarations, `--no-dts` would have this write the same files a second time.
  ...(process.argv.includes("--no-dts") ? [] : [declarations]),
]);
