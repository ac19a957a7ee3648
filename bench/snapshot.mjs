// What the snapshot costs: `node bench/snapshot.mjs`.
// The values are the live ones LangChain hands over in a chain of four spans; JSON.stringify is there to compare with.
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { build } from "esbuild";
import { startOpenAiServer } from "../examples/openai-server.mjs";

const { outputFiles } = await build({
  stdin: {
    contents: `export * from "./data/snapshot.js"; export * from "./data/plain.js"; export * from "./langchain/events/read.js";`,
    resolveDir: new URL("../src", import.meta.url).pathname,
  },
  bundle: true,
  platform: "node",
  format: "esm",
  write: false,
});
const source = Buffer.from(outputFiles[0].contents).toString("base64");
const { createSnapshot, readLangChain, toJson } = await import(
  `data:text/javascript;base64,${source}`
);

const LIMITS = {
  maxStringCharacters: 1_000_000,
  maxValueCharacters: 2_000_000,
  maxValueNodes: 20_000,
  maxTraceCharacters: Number.POSITIVE_INFINITY,
};
const ROUNDS = 25;
const CALLS = 1000;

/** Inputs and outputs of the four spans, as their events show them. */
async function liveValues() {
  const server = await startOpenAiServer();
  const values = [];
  const handler = {
    name: "capture",
    awaitHandlers: true,
    handleChainStart: (_serialized, inputs) => void values.push(inputs),
    handleChainEnd: (outputs) => void values.push(outputs),
    handleChatModelStart: (_serialized, messages) => void values.push(messages),
    handleLLMEnd: (result) => void values.push(result),
  };
  const prompt = ChatPromptTemplate.fromMessages([
    [
      "system",
      "You are a helpful assistant that translates {input_language} to {output_language}.",
    ],
    ["human", "{input}"],
  ]);
  const model = new ChatOpenAI({
    model: "gpt-4o-mini",
    temperature: 0,
    apiKey: "none",
    configuration: { baseURL: server.url },
  });
  const chain = prompt.pipe(model).pipe(new StringOutputParser());
  await chain.invoke(
    { input_language: "English", output_language: "German", input: "I love programming." },
    { callbacks: [handler] },
  );
  await server.close();
  return values;
}

/** Microseconds of CPU a call: the best round, for the machine may have other work. */
function measure(run) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < CALLS; i++) run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / CALLS);
  }
  return best;
}

const print = (what, value) => console.log(what.padEnd(44), value.toFixed(2).padStart(9), "µs");

const values = await liveValues();
const snapshot = createSnapshot(() => LIMITS, readLangChain);
const take = (value) => snapshot(value, { characters: 0 });
const plain = values.map(take);

console.log(`${values.length} values of a chain of four spans, Node ${process.version}`);
const each = (run) => () => {
  for (const value of values) run(value);
};
const eachPlain = (run) => () => {
  for (const value of plain) run(value);
};
print("snapshot", measure(each(take)));
print("JSON.stringify of the live values", measure(each(JSON.stringify)));
// As UTF-8, for a text that was put together is made only when it is used.
print("toJson of the snapshots", measure(eachPlain((value) => Buffer.from(toJson(value)))));
const stringify = (value) => Buffer.from(JSON.stringify(value));
print("JSON.stringify of the snapshots", measure(eachPlain(stringify)));

console.log("\nbounds, with the default limits");
const deep = (depth) => {
  let value = {};
  for (let level = 0; level < depth; level++) value = { level: value };
  return value;
};
const wide = Object.fromEntries(Array.from({ length: 1e6 }, (_, i) => [`field${i}`, i]));
const once = (what, value) => {
  const before = process.cpuUsage();
  const taken = take(value);
  const { user, system } = process.cpuUsage(before);
  const tookUs = user + system;
  print(`${what}: ${toJson(taken).length} characters`, tookUs);
};
for (let warm = 0; warm < 3; warm++) take(wide);
once("an object of 1 000 000 fields", wide);
once("an array of 1 000 000 numbers", Array(1e6).fill(1));
once("depth 10 000", deep(10_000));
once("a text of 50 MB", "x".repeat(5e7));
once("5 000 texts of 100 kB", Array(5000).fill("y ".repeat(5e4)));
