import { langchainMlflow } from "langchain-mlflow/vite";
import { defineConfig } from "vite";

export default defineConfig({ plugins: [langchainMlflow()], ssr: { noExternal: true } });
