import { defineConfig, type Options } from "tsup";

const common: Options = {
  target: "node20",
  removeNodeProtocol: false,
  sourcemap: true,
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
  external: ["langchain-mlflow"],
};
const entries = ["src/index.ts", "src/register.ts"];

// `splitting` for CJS would send the code through a second compiler that rewrites import() to require().
export default defineConfig([
  { ...common, entry: [...entries, "src/cli.ts"], format: "esm", splitting: true },
  { ...common, entry: entries, format: "cjs", splitting: false },
]);
