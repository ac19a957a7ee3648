import { afterAll, expect, test } from "vitest";
import { createModelApp } from "../../support/model-app.js";

/** Characters that mean something else in a URL, and others that a URL encodes. */
const SPECIAL = "a b#c%41?é";
const app = createModelApp();
afterAll(() => app.close());

const PART = `
const { readFileSync } = require("node:fs");
const { basename, join } = require("node:path");
exports.part = basename(__filename) + " " + readFileSync(join(__dirname, "data.txt"), "utf8");
`;
/** Returns the names of its files, as the files know them. */
const modelIn = (parameter: string) => `
import { createRequire } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { RunnableLambda } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";
const require = createRequire(import.meta.url);
const { part } = require("./parts ${SPECIAL}/part ${SPECIAL}.cjs");
const own = basename(fileURLToPath(import.meta.url));
mlflow.models.setModel(RunnableLambda.from((${parameter}) => [own, part, input].join(", ")));
`;

test.each(["mjs", "ts"])(
  "a .%s model runs whose folders and files have special characters in their names",
  async (extension) => {
    app.write(`app ${SPECIAL}/parts ${SPECIAL}/part ${SPECIAL}.cjs`, PART);
    app.write(`app ${SPECIAL}/parts ${SPECIAL}/data.txt`, "data");
    const type = extension === "ts" ? ": string" : "";
    app.write(`app ${SPECIAL}/model ${SPECIAL}.${extension}`, modelIn(`input${type}`));
    const { value } = await app.run<string[]>(`
import { join } from "node:path";
import * as mlflow from "langchain-mlflow";
const special = ${JSON.stringify(SPECIAL)};
const answers = [];
for (const bundle of [false, true]) {
  const path = join("models " + special, bundle + " ${extension} " + special);
  await mlflow.langchain.saveModel({
    lcModel: join("app " + special, "model " + special + ".${extension}"),
    codePaths: [join("app " + special, "parts " + special)],
    ...{ path, bundle },
  });
  const model = await mlflow.pyfunc.loadModel(path);
  answers.push(await model.predict("input"));
}
console.log(JSON.stringify(answers));`);
    const answer = `model ${SPECIAL}.${extension}, part ${SPECIAL}.cjs data, input`;
    expect(value).toEqual([answer, answer]);
  },
);
