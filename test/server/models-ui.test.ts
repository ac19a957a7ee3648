import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import { type Browser, chromiumProgram, openBrowser } from "../support/browser.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { BEEN_HERE, ERRORS_OF_MLFLOW } from "../support/traces-page.js";

const PAGE = { input_language: "English", output_language: "German", input: "I love programming." };
const QUESTION = { messages: [{ role: "user", content: "How far is the Moon?" }] };
const AGENT = `import * as mlflow from "langchain-mlflow";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
const schema = { type: "object", properties: {} };
const search = tool(() => "238,900 miles", { name: "search", description: "Finds facts.", schema });
mlflow.models.setModel(createAgent({ model: new ChatOpenAI({ model: "gpt-4o" }), tools: [search] }));
`;
const chromium = chromiumProgram();

describe.skipIf(!chromium)("MLflow's UI on models", () => {
  let openai: Awaited<ReturnType<typeof startOpenAiServer>>;
  let browser: Browser;
  const directory = mkdtempSync(join(tmpdir(), "models-ui-"));
  const local = pathToFileURL(join(directory, "store")).href;

  beforeAll(async () => {
    openai = await startOpenAiServer();
    Object.assign(process.env, { OPENAI_API_KEY: "sk-none", OPENAI_BASE_URL: openai.url });
    writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
    // Of the endings that code may have, MLflow shows the text of this one alone.
    writeFileSync(join(directory, "agent.js"), AGENT);
    browser = await openBrowser(chromium!, { localStorage: BEEN_HERE });
  });
  afterAll(async () => {
    mlflow.setActiveModel();
    delete process.env.OPENAI_API_KEY;
    delete process.env.OPENAI_BASE_URL;
    await Promise.all([browser?.close(), openai?.close()]);
    rmSync(directory, { recursive: true, force: true });
  });

  /** The page polls its server: without this, the end of the server is an error in its console. */
  const leavePage = async (server: MlflowServer | undefined) => {
    await browser?.page.goto("about:blank");
    await server?.close();
  };

  /** A chain as data, whose signature its example tells, and an agent from code, which is told its own. */
  const logModels = async (trackingUri: string) => {
    mlflow.setTrackingUri(trackingUri);
    const { experimentId } = await mlflow.setExperiment("seen in the browser");
    const [system, human] = ["You translate {input_language} to {output_language}.", "{input}"];
    const lcModel = ChatPromptTemplate.fromMessages([
      ["system", system],
      ["human", human],
    ])
      .pipe(new ChatOpenAI({ model: "gpt-4o", temperature: 0 }))
      .pipe(new StringOutputParser());
    const chain = await mlflow.startRun({ runName: "chain run" }, () =>
      mlflow.langchain.logModel({
        ...{ lcModel, name: "translation", inputExample: PAGE },
        ...{ params: { temperature: 0 }, tags: { "mlflow.note.content": "It translates." } },
      }),
    );
    // In a run of its own: of two models MLflow shows the files of one, whichever comes first.
    const agent = await mlflow.startRun({ runName: "agent run" }, () =>
      mlflow.langchain.logModel({
        ...{ lcModel: join(directory, "agent.js"), name: "agent", inputExample: QUESTION },
        signature: mlflow.models.inferSignature(QUESTION, "text"),
        registeredModelName: "search-agent",
      }),
    );
    await mlflow.setRegisteredModelAlias("search-agent", "champion", 1);
    return { experimentId, chain, agent };
  };
  type Logged = Awaited<ReturnType<typeof logModels>>;

  const shown = async () => {
    const texts = await browser.page.locator("body").allInnerTexts();
    return texts.join("\n").replaceAll("\u00a0", " ");
  };
  /** Each of them, anywhere on the page. */
  const shows = async (...texts: string[]) => {
    const missing = async () => {
      const page = await shown();
      return texts.filter((text) => !page.includes(text));
    };
    await expect.poll(missing, { timeout: 20_000 }).toEqual([]);
  };
  /** The lines of the page from one to another. */
  const linesBetween = async (first: string, last: string) => {
    const lines = (await shown()).split("\n").map((line) => line.trim());
    const start = lines.indexOf(first);
    return lines.slice(start, lines.indexOf(last, start)).filter(Boolean);
  };
  const click = (text: string) => browser.page.getByText(text, { exact: true }).first().click();

  describe("of a server", () => {
    let server: MlflowServer;
    let logged: Logged;
    let experimentUrl: string;

    beforeAll(async () => {
      server = await startMlflowServer();
      logged = await logModels(server.url);
      mlflow.autolog();
      const agent = await mlflow.langchain.loadModel(logged.agent.modelUri);
      await agent.invoke(QUESTION);
      await mlflow.flushTraces();
      mlflow.autolog({ disable: true });
      experimentUrl = `${server.url}/#/experiments/${logged.experimentId}`;
    });
    afterAll(() => leavePage(server));

    it("shows a model beside its run", async () => {
      await browser.page.goto(`${experimentUrl}/runs/${logged.chain.runId}`);
      await shows("chain run", "Logged models (1)", "temperature");
      await browser.screenshot("models of a run");
      const table = await linesBetween("Logged models (1)", "About this run");
      expect(table).toEqual(expect.arrayContaining(["Output", "translation", "Ready"]));
      await browser.page.goto(`${experimentUrl}/runs/${logged.agent.runId}`);
      await shows("agent run", "Logged models (1)", "search-agent", "v1");
    });

    it("shows the files of a model among the run's artifacts, and what is in them", async () => {
      await browser.page.goto(
        `${experimentUrl}/runs/${logged.chain.runId}/artifacts/input_example.json`,
      );
      await shows("MLmodel", "package.json", "serving_input_example.json");
      await shows('"input_language": "English"', '"input": "I love programming."');
      await browser.screenshot("model artifacts, the example");
      await click("MLmodel");
      await shows("langchainjs:", "model_type: RunnableSequence", "model_size_bytes:");
      await click("model");
      await shows("runnable.json");
    });

    it("lists them in the experiment, with status, source and params", async () => {
      await browser.page.goto(`${experimentUrl}/models`);
      await shows("translation", "agent", "Ready", "search-agent", "temperature");
      await shows("chain run", "agent run", basename(process.argv[1] ?? ""));
      await browser.screenshot("models of an experiment");
    });

    it("shows who made a model, from what, and what it is", async () => {
      await browser.page.goto(`${experimentUrl}/models/${logged.chain.modelId}`);
      await shows("translation", "Not registered", "It translates.", "Parameters (1)", "Ready");
      const about = await linesBetween("About this logged model", "Datasets used");
      expect(about).toEqual([
        ...["About this logged model", "Created at", expect.stringMatching(/ago$/)],
        ...["Created by", logged.chain.tags["mlflow.user"], "Status", "Ready"],
        ...["Model ID", logged.chain.modelId, "Source run", "chain run"],
        ...["Source run ID", logged.chain.runId, "Logged from", basename(process.argv[1] ?? "")],
        ...commitShown(logged.chain),
      ]);
      await browser.screenshot("logged model");
    });

    it("shows the code of an agent, and the version it is registered as", async () => {
      await browser.page.goto(`${experimentUrl}/models/${logged.agent.modelId}/artifacts`);
      await click("agent.js");
      await shows('import { createAgent } from "langchain";');
      await browser.screenshot("logged model, its code");
      await browser.page.goto(`${experimentUrl}/models/${logged.agent.modelId}`);
      await shows("Model versions", "search-agent", "v1");
    });

    it("shows the traces of a model", async () => {
      await browser.page.goto(`${experimentUrl}/models/${logged.agent.modelId}/traces`);
      await shows("1 of 1", "How far is the Moon?", "OK");
      await browser.screenshot("logged model, its traces");
    });

    it("shows the registered version with its alias and schema", async () => {
      await browser.page.goto(`${server.url}/#/models/search-agent`);
      await shows("Version 1", "@ champion");
      await browser.screenshot("registered model");
      await seeVersion(server, "registered version");
      await shows("Source Model", "@ champion");
    });
  });

  describe("of a local store", () => {
    let server: MlflowServer;
    let logged: Logged;

    beforeAll(async () => {
      logged = await logModels(local);
      server = await startMlflowServer({ args: ["--backend-store-uri", local] });
    });
    afterAll(() => leavePage(server));

    it("shows a model's folder with its schema, and how to load it", async () => {
      const { experimentId, chain } = logged;
      const artifacts = `${server.url}/#/experiments/${experimentId}/runs/${chain.runId}/artifacts`;
      await browser.page.goto(`${artifacts}/translation`);
      await shows("Model schema", "Inputs (3)", "Outputs (1)", chain.modelUri);
      await shows("MLmodel", "package.json", "serving_input_example.json");
      expect(await linesBetween("Inputs (3)", "Outputs (1)")).toEqual([
        "Inputs (3)",
        ...Object.keys(PAGE).flatMap((name) => [`${name} (required)`, "string"]),
      ]);
      await browser.screenshot("local model");
      await click("input_example.json");
      await shows('"input_language": "English"');
    });

    it("shows the registered version with its alias and schema", async () => {
      await seeVersion(server, "local version");
      await shows("@ champion");
    });
  });

  const seeVersion = async ({ url }: MlflowServer, view: string) => {
    await browser.page.goto(`${url}/#/models/search-agent/versions/1`);
    await shows("Source Run", "agent run", "Inputs (1)", "Outputs (1)");
    await click("Inputs (1)");
    await click("Outputs (1)");
    await shows("- (required)");
    await browser.screenshot(view);
    const schema = (await linesBetween("Inputs (1)", "MLflow Assistant")).join(" ");
    expect(schema).toMatch(
      /^Inputs \(1\) messages \(required\) Array\(\{ .*\}\) Outputs \(1\) - \(required\) string$/,
    );
  };

  it("causes no error in the console of the page", () => {
    const ours = browser.errors.filter((text) => !ERRORS_OF_MLFLOW.some((own) => own.test(text)));
    expect(ours.join("\n")).toBe("");
  });
});

/** Behind the file that logged it; a copy without git has none. */
function commitShown({ tags }: mlflow.ModelInfo): string[] {
  const commit = tags["mlflow.source.git.commit"];
  return commit === undefined ? [] : [commit.slice(0, 7)];
}
