import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, chromiumProgram, openBrowser } from "../support/browser.js";
import { runExamples } from "../support/example-programs.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import {
  BEEN_HERE,
  closeTrace,
  ERRORS_OF_MLFLOW,
  openTrace,
  openTraceList,
  selectSpan,
  selectTab,
  shownLines,
  shownTraces,
  shownTree,
} from "../support/traces-page.js";

/** Run one after the other; MLflow lists the newest trace first. */
const EXAMPLES = ["translation-chain", "agent", "translation-stream", "failing-model"] as const;
const ROWS = { failing: 0, stream: 1, agentUpdates: 2, parallelAgent: 3, agent: 4, chain: 5 };
const EXPERIMENT = "seen in the browser";

const SYSTEM = "You are a helpful assistant that translates English to German.";
const QUESTION = "How long would it take to drive to the Moon with F1 racing cars?";
const ANSWER =
  "It would take approximately 1194.5 hours to drive to the Moon with an F1 racing car.";
const SPEED = "The top speed of an F1 racing car is about 200 mph.";
const DISTANCE = "The average distance from Earth to the Moon is 238,900 miles.";

const chromium = chromiumProgram();
if (!chromium) console.warn("Chromium is absent: the tests that look at MLflow's UI are skipped");

const stores = [
  {
    name: "a server",
    async start() {
      const server = await startMlflowServer();
      await runExamples(EXAMPLES, { trackingUri: server.url, experiment: EXPERIMENT });
      return { server, remove: async () => {} };
    },
  },
  {
    name: "a local store",
    async start() {
      const directory = await mkdtemp(join(tmpdir(), "langchain-mlflow-ui-"));
      await runExamples(EXAMPLES, { trackingUri: directory, experiment: EXPERIMENT });
      const store = pathToFileURL(directory).href;
      const server = await startMlflowServer({ args: ["--backend-store-uri", store] });
      return { server, remove: () => rm(directory, { recursive: true, force: true }) };
    },
  },
];

describe.skipIf(!chromium).each(stores)("MLflow's UI on the traces of $name", (store) => {
  let server: MlflowServer;
  let remove: () => Promise<void>;
  let browser: Browser;

  beforeAll(async () => {
    ({ server, remove } = await store.start());
    browser = await openBrowser(chromium!, { localStorage: BEEN_HERE });
    await openTraceList(browser.page, server.url, await experimentId(server.url));
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await remove?.();
  });

  const look = (view: string) => browser.screenshot(`${store.name.replace(/^a /, "")} ${view}`);

  async function withTrace(row: number, see: (panel: Locator) => Promise<void>): Promise<void> {
    const panel = await openTrace(browser.page, row);
    try {
      await see(panel);
    } finally {
      await closeTrace(panel);
    }
  }

  it("lists them by name, with previews, session, status, tokens and duration", async () => {
    const chain = {
      "Trace name": "RunnableSequence",
      Input:
        '{"input_language": "English", "output_language": "German", "input": "I love programming."}',
      Output: '"Ich liebe das Programmieren."',
      ...{ Session: "-", State: "OK", Tokens: "27", Duration: expect.stringMatching(DURATION) },
    };
    const agent = {
      ...chain,
      ...{ "Trace name": "LangGraph", Input: QUESTION, Tokens: "232" },
      Output: expect.stringContaining("F1 racing car"),
    };
    const failing = {
      ...chain,
      Input: chain.Input.replace("I love programming.", "BOOM"),
      ...{ Output: "-", State: "Error", Tokens: "-" },
    };
    const parallel = { ...agent, Input: `PARALLEL ${QUESTION}`, Session: "t-1", Tokens: "180" };
    await expect
      .poll(() => shownTraces(browser.page), PATIENT)
      .toMatchObject([failing, chain, agent, parallel, agent, chain]);
    await look("list");
  });

  it("shows a chain as a tree, and its messages as a chat", async () => {
    await withTrace(ROWS.chain, async (panel) => {
      await expectTree(panel, [
        "RunnableSequence",
        "  ChatPromptTemplate",
        "  ChatOpenAI 27",
        "  StrOutputParser",
      ]);
      const inputs = [
        ...["Inputs", "Pretty", "input_language", "English", "output_language", "German"],
        ...["input", "I love programming."],
      ];
      await expectLines(panel, [...inputs, "Outputs", "Pretty", "Ich liebe das Programmieren."]);
      await look("chain");
      await selectTab(panel, "Attributes");
      // The attribute that carries the name of the trace to a server is not shown.
      await expect.poll(() => shownLines(panel), PATIENT).toContain("langchain.end");
      expect((await shownLines(panel)).join("\n")).not.toMatch(/trace/i);
      await look("chain, attributes");
      await selectTab(panel, "Inputs / Outputs");

      await selectSpan(panel, "ChatPromptTemplate");
      const messages = ["System", SYSTEM, "User", "I love programming."];
      await expectLines(panel, [...inputs, "Outputs", "Pretty", ...messages]);
      await selectSpan(panel, "ChatOpenAI");
      await expectLines(panel, [
        ...["Inputs", "Pretty", ...messages],
        ...["Outputs", "Pretty", "Assistant", "Ich liebe das Programmieren."],
      ]);
      await panel.getByText("gpt-4o", { exact: true }).waitFor();
      await look("chain, the model");
    });
  });

  it("shows an agent's steps, and its tool calls as such", async () => {
    const asked = (tool: string, argument: string, value: string) => [
      ...["Assistant", "Tool calls", tool, argument, value],
    ];
    const conversation = [
      ...["User", QUESTION],
      ...[...asked("search", "query", "top speed of F1 racing car"), "search", SPEED],
      ...[...asked("search", "query", "distance from Earth to Moon"), "search", DISTANCE],
      ...[...asked("calculator", "expression", "238900 / 200"), "calculator", "1194.5"],
    ];
    const answer = ["Outputs", "Pretty", "Assistant", ANSWER];
    await withTrace(ROWS.agent, async (panel) => {
      // createAgent's router, which looks for tool calls, is a lambda of LangChain.js.
      const step = (tokens: number) => [
        ...["  model_request", `    ChatOpenAI ${tokens}`, "    RunnableLambda"],
      ];
      const use = (tool: string) => ["  tools", `    ${tool}`];
      await expectTree(panel, [
        ...["LangGraph", ...step(43), ...use("search"), ...step(55), ...use("search")],
        ...[...step(66), ...use("calculator"), ...step(68)],
      ]);
      await expectLines(panel, [
        ...["Inputs", "Pretty", "User", QUESTION],
        ...["Outputs", "Pretty", ...conversation, "Assistant", ANSWER],
      ]);
      await look("agent");

      await selectSpan(panel, "ChatOpenAI", "last");
      await expectLines(panel, [
        ...["Tools", "(2)", "Click to Expand"],
        ...["Inputs", "Pretty", "System", "You answer with tools.", ...conversation, ...answer],
      ]);
      await look("agent, the last call of the model");

      await selectSpan(panel, "search");
      await expect.poll(() => shownLines(panel), PATIENT).toContain(SPEED);
      await look("agent, a tool");
    });
  });

  it("shows a streamed answer whole, and the first token beside it", async () => {
    await withTrace(ROWS.stream, async (panel) => {
      await expectTree(panel, [
        "RunnableSequence",
        "  ChatPromptTemplate",
        "  ChatOpenAI 27",
        "  StrOutputParser",
      ]);
      await selectSpan(panel, "ChatOpenAI");
      await expectLines(panel, [
        ...["Inputs", "Pretty", "System", SYSTEM, "User", "I love programming."],
        ...["Outputs", "Pretty", "Assistant", "Ich liebe das Programmieren."],
      ]);
      await look("stream, the model");
      await selectTab(panel, "Events");
      // The viewer numbers the lines of a text.
      await expectLines(panel, ["new_token", "token", "Text", "1Ich"]);
      await look("stream, the first token");
    });
  });

  it("shows what went wrong, and where", async () => {
    await withTrace(ROWS.failing, async (panel) => {
      await expectTree(panel, ["RunnableSequence", "  ChatPromptTemplate", "  ChatOpenAI"]);
      await selectSpan(panel, "ChatOpenAI");
      await selectTab(panel, "Events");
      const message = "400 mock provider rejected the request: BOOM";
      await expect
        .poll(() => shownLines(panel), PATIENT)
        .toEqual(expect.arrayContaining([expect.stringContaining(message)]));
      await look("failing model");
    });
  });

  it("causes no error in the console of the page", () => {
    const ours = browser.errors.filter((text) => !ERRORS_OF_MLFLOW.some((own) => own.test(text)));
    expect(ours.join("\n")).toBe("");
  });
});

const PATIENT = { timeout: 30_000 };
const DURATION = /^\d+(\.\d+)?m?s$/;

/** Each line a span: two blanks for every level, its name, and its tokens where it has some. */
async function expectTree(panel: Locator, tree: readonly string[]): Promise<void> {
  const shown = async () =>
    (await shownTree(panel)).map(({ depth, name, figures: [duration = "", tokens = ""] }) => {
      const line = `${"  ".repeat(depth)}${name} ${tokens}`.trimEnd();
      return DURATION.test(duration) ? line : `${line}: no duration, but ${duration}`;
    });
  await expect.poll(shown, PATIENT).toEqual(tree);
}

async function expectLines(panel: Locator, lines: readonly string[]): Promise<void> {
  await expect.poll(() => shownLines(panel), PATIENT).toEqual(lines);
}

async function experimentId(url: string): Promise<string> {
  const name = encodeURIComponent(EXPERIMENT);
  const answer = await fetch(
    `${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${name}`,
  );
  const found = (await answer.json()) as { experiment: { experiment_id: string } };
  return found.experiment.experiment_id;
}
