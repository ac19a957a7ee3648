import { build } from "esbuild";
import { langchainMlflow } from "langchain-mlflow/esbuild";

await build({
  entryPoints: ["app.mjs"],
  bundle: true,
  platform: "node",
  format: "esm",
  outfile: "dist/app.mjs",
  logLevel: "error",
  plugins: [langchainMlflow()],
});
