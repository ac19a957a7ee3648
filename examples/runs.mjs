// Compares two temperatures: one nested run for each, and a parent run for the result, with params, metrics and a table.
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";

mlflow.langchain.autolog();
const sentences = ["I love programming.", "Good morning."];

await mlflow.startRun({ runName: "temperatures", description: "Which one?" }, async (parent) => {
  await Promise.all(
    [0, 1].map((temperature) =>
      mlflow.startRun({ runName: `temperature ${temperature}`, nested: true }, () =>
        translateWith(temperature),
      ),
    ),
  );
  const filter = `tags.mlflow.parentRunId = '${parent.info.runId}'`;
  const runs = mlflow.searchRuns({ filter, orderBy: ["metrics.characters ASC"] });
  const { items } = await runs.page();
  await mlflow.setTag("shortest", items[0].info.runName);
  for (const { info, data } of items) console.log(info.runName, info.status, data);
});

const rows = await mlflow.loadTable("translations.json", { extraColumns: ["runName"] });
console.log(rows);

async function translateWith(temperature) {
  const llm = new ChatOpenAI({ model: "gpt-4o", temperature });
  const prompt = ChatPromptTemplate.fromMessages([
    [
      "system",
      "You are a helpful assistant that translates {input_language} to {output_language}.",
    ],
    ["human", "{input}"],
  ]);
  const chain = prompt.pipe(llm).pipe(new StringOutputParser());
  // These calls need no await: the end of the run waits for them.
  void mlflow.logParams({ model: "gpt-4o", temperature });
  void mlflow.logInput({ name: "sentences", profile: { rows: sentences.length } });
  let characters = 0;
  for (const [step, input] of sentences.entries()) {
    const output = await chain.invoke({
      input_language: "English",
      output_language: "German",
      input,
    });
    characters += output.length;
    void mlflow.logMetric("characters", characters, { step });
    void mlflow.logTable([{ input, output }], "translations.json");
  }
}
