import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { langchain03, OLD_ROOT } from "./test/setup/langchain-0.3.js";

const root = fileURLToPath(new URL(".", import.meta.url));
const coreTests = ["test/integration/**/*.test.ts"];
// Programs that tests start, the memory and the time that large values take, and tests that take long.
const processTests = ["test/process/**/*.test.ts", "test/memory/**/*.test.ts"];
const serverTests = ["test/server/**/*.test.ts"];
const packageTests = ["test/package/**/*.test.ts"];

// A developer's own settings must not reach a test, nor the programs it starts.
for (const name of Object.keys(process.env)) {
  if (/^(MLFLOW|OPENAI|LANGCHAIN|LANGSMITH)_/.test(name)) delete process.env[name];
}

export default defineConfig({
  // Tests that import the package by its own name get its source, as the type check does.
  resolve: { alias: { "langchain-mlflow": `${root}src/index.ts` } },
  test: {
    setupFiles: ["test/setup/own-spool.ts"],
    maxWorkers: 2,
    // Limits end a test that hangs; they do not measure. A busy machine may be ten times slower.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: {
      provider: "custom",
      customProviderModule: "./test/setup/child-coverage.mjs",
      include: ["src/**/*.ts"],
      reporter: ["text", "json-summary", "lcovonly"],
      reportOnFailure: true,
      thresholds: { lines: 85 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [
            ...[...coreTests, ...processTests, ...serverTests, ...packageTests],
            "**/node_modules/**",
          ],
          setupFiles: ["test/setup/no-child-processes.ts", "test/setup/fresh-source.ts"],
          // Loading the source anew for each file would take as long as the tests.
          isolate: false,
          provide: { langchainRoot: root },
        },
      },
      {
        extends: true,
        test: {
          name: "process",
          include: processTests,
          provide: { langchainRoot: root },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "core-1",
          include: coreTests,
          setupFiles: ["test/setup/invariants.ts"],
          provide: { langchainRoot: root },
        },
      },
      {
        extends: true,
        plugins: [langchain03()],
        test: {
          name: "core-0.3",
          include: coreTests,
          setupFiles: ["test/setup/invariants.ts"],
          provide: { langchainRoot: OLD_ROOT },
        },
      },
      {
        extends: true,
        test: {
          name: "server",
          include: serverTests,
          // A test of this project mostly waits for its server: two would leave half of two cores idle.
          maxWorkers: 3,
          provide: { langchainRoot: root },
          globalSetup: ["test/setup/preloaded-python.ts"],
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "package",
          include: packageTests,
          provide: { langchainRoot: root },
          globalSetup: ["test/package/installed-app.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
