// One tool, one process: node measure.mjs <tool> <sink> → one line of JSON.
// CPU is that of the whole process, the tool's export to the sink included.
import { setUps } from "./set-up.mjs";

const [tool, sink] = process.argv.slice(2);
const CALLS = 2000;
const STREAMS = 200;
const ANSWER = "hello world, this is a slightly longer answer";

const importStartMs = performance.now();
const { callbacks, flush } = await setUps[tool](sink);
const importMs = performance.now() - importStartMs;

const { ChatPromptTemplate } = await import("@langchain/core/prompts");
const { FakeListChatModel } = await import("@langchain/core/utils/testing");
const { StringOutputParser } = await import("@langchain/core/output_parsers");
const config = callbacks && { callbacks };
const chain = ChatPromptTemplate.fromMessages([
  ["system", "be brief"],
  ["human", "{question}"],
])
  .pipe(new FakeListChatModel({ responses: [ANSWER] }))
  .pipe(new StringOutputParser());

const invoke = () => chain.invoke({ question: "what is up" }, config);
const stream = async () => {
  for await (const _ of await chain.stream({ question: "what is up" }, config));
};

async function cpuUsPer(count, call) {
  for (let i = 0; i < count / 4; i++) await call();
  await flush();
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    await call();
    // An app serves requests between its calls: timers and sockets get their turn.
    if (i % 50 === 49) await new Promise(setImmediate);
  }
  await flush();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const invokeUs = await cpuUsPer(CALLS, invoke);
const streamUs = await cpuUsPer(STREAMS, stream);
console.log(
  JSON.stringify({
    tool,
    importMs,
    invokeUs,
    chunkUs: streamUs / ANSWER.length,
    rssMiB: process.memoryUsage().rss / 2 ** 20,
  }),
);
process.exit(0);
