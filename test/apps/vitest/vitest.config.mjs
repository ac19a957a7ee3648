import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    setupFiles: ["langchain-mlflow/vitest"], // calls autolog()
  },
});
