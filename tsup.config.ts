import { defineConfig, type Options } from "tsup";

const entry = ["src/index.ts", "src/register.ts"];
const common: Options = {
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  external: ["langchain-mlflow"],
};

// `splitting` for CJS would send the code through a second compiler that rewrites import() to require().
export default defineConfig([
  { ...common, entry: [...entry, "src/cli.ts"], format: "esm", splitting: true },
  { ...common, entry, format: "cjs", splitting: false },
  // Both formats' declarations from one run of the type checker, the slow part of a build.
  {
    entry,
    format: ["esm", "cjs"],
    dts: { only: true, compilerOptions: { ignoreDeprecations: "6.0" } },
  },
]);
