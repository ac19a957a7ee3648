import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createModelApp, type ModelApp } from "../../support/model-app.js";

let app: ModelApp;
beforeAll(() => {
  app = createModelApp();
  app.write(
    "agent.mjs",
    `import * as mlflow from "langchain-mlflow";
     mlflow.models.setModel({ invoke: async (text) => text });`,
  );
  mkdirSync(join(app.directory, "temporary"));
});
afterAll(() => app.close());

const temporary = () => join(app.directory, "temporary");
/** Saves and loads the model, in a process whose temporary directory is that one. */
const load = async (path: string, last = "") => {
  const program = `
    import { langchain } from "langchain-mlflow";
    await langchain.saveModel({ lcModel: "agent.mjs", path: "${path}" });
    await langchain.loadModel("${path}");
    ${last}`;
  await app.run(program, { env: { TMPDIR: temporary(), TEMP: temporary() } });
};

test("the next process removes the folders of a killed one, and keeps those of others", async () => {
  await expect(load("one", 'process.kill(process.pid, "SIGKILL");')).rejects.toThrow();
  const left = readdirSync(temporary());
  expect(left.length).toBeGreaterThan(0);
  const [name = ""] = left;
  const [, space = "", processId = ""] = /-code-([0-9a-f]{8})-(\d+)-/.exec(name) ?? [];
  const others = [
    // The folder of a running process.
    name.replace(`-${processId}-`, `-${process.pid}-`),
    // The folder of another machine, or of a container with its own process ids.
    name.replace(space, "00000000"),
    // The folder of an unknown process.
    `${name}-mine`,
  ];
  for (const other of others) mkdirSync(join(temporary(), other));
  await load("two");
  expect(readdirSync(temporary()).toSorted()).toEqual(others.toSorted());
});
