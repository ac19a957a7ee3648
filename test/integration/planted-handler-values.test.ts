import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Document } from "@langchain/core/documents";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel, FakeStreamingLLM } from "@langchain/core/utils/testing";
import * as mlflow from "langchain-mlflow";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { warnings } from "../runs/warnings.js";
import { newFolder } from "../support/traces.js";

const HARMLESS = "h4rmless";
/** Has the form of a key, so that it is taken out of names and errors without a `redact`. */
const KEY = "sk-pl4nted0123456789abcdef";
/** Has no known form: only the app knows that it is a secret. */
const MAIL = "jane.doe@example.org";

const redact = (value: mlflow.Plain): mlflow.Plain =>
  JSON.parse(JSON.stringify(value).replaceAll(MAIL, "[mail]"));

let folder: string;
const printed = warnings();
beforeEach(() => {
  folder = newFolder();
  mlflow.setTrackingUri(folder);
  printed.clear();
});
afterEach(() => {
  mlflow.autolog();
  mlflow.autolog({ disable: true });
});

/** Every byte of the store, with the names of its files and folders, and what was printed. */
function everyByte(): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const texts = files.map((file) => {
    const path = join(file.parentPath, file.name);
    return `${path}\n${file.isFile() ? readFileSync(path, "latin1") : ""}`;
  });
  return [...texts, ...printed.lines].join("\n");
}

class NamedError extends Error {
  constructor(secret: string) {
    super(`refused: ${secret}`, { cause: new Error(`because of ${secret}`) });
    this.name = `Error ${secret}`;
  }
}

type Callbacks = { callbacks: [mlflow.MlflowCallbackHandler] };

/** Names of runs, errors and tools. */
async function names(secret: string, { callbacks }: Callbacks): Promise<void> {
  const failing = RunnableLambda.from(() => {
    throw new NamedError(secret);
  }).withConfig({ runName: `chain ${secret}` });
  await failing.invoke(HARMLESS, { callbacks, runName: `run ${secret}` }).catch(() => {});
  await failing.invoke(HARMLESS, { callbacks }).catch(() => {});
  const model = new FakeListChatModel({ responses: [HARMLESS] });
  await model.invoke(HARMLESS, { callbacks, runName: `model ${secret}` });
  const search = tool(
    ({ query }) => {
      if (query === "fail") throw new NamedError(secret);
      return HARMLESS;
    },
    {
      name: `tool_${secret}`,
      description: "Searches.",
      schema: z.object({ query: z.string(), api_key: z.string().optional() }),
    },
  );
  // A value that only the name of its field shows to be secret.
  await search.invoke({ query: HARMLESS, api_key: "pl4nted-word" }, { callbacks });
  await search.invoke({ query: "fail" }, { callbacks }).catch(() => {});
  await search.invoke({ query: HARMLESS }, { callbacks, runName: `call ${secret}` });
}

/** Everything else that an app or LangChain passes. */
async function values(secret: string, { callbacks }: Callbacks): Promise<void> {
  const config = {
    callbacks,
    tags: [`tag ${secret}`],
    metadata: { user: secret, nested: [{ mail: secret }], thread_id: secret },
  };
  const prompt = ChatPromptTemplate.fromMessages([
    ["system", `You write to ${secret}.`],
    ["human", "{text}"],
  ]);
  const model = new FakeListChatModel({ responses: [`${HARMLESS} ${secret}`] });
  const chain = prompt.pipe(model).pipe(new StringOutputParser());
  await chain.invoke({ text: `${HARMLESS} ${secret}` }, config);
  for await (const _ of await chain.stream({ text: secret }, config));
  const llm = new FakeStreamingLLM({ responses: [`${HARMLESS} ${secret}`] });
  await llm.invoke(secret, config);
  const message = new AIMessage({
    content: [{ type: "text", text: secret }],
    id: secret,
    tool_calls: [{ id: secret, name: `tool ${secret}`, args: { to: secret } }],
    response_metadata: { model_name: secret, system_fingerprint: secret },
  });
  const echo = RunnableLambda.from(() => [
    message,
    new HumanMessage({ content: secret, name: secret }),
  ]);
  await echo.invoke({ [secret]: secret }, config);
  class Search extends BaseRetriever {
    override lc_namespace = ["test"];
    override async _getRelevantDocuments() {
      return [new Document({ pageContent: secret, id: secret, metadata: { author: secret } })];
    }
  }
  await new Search().invoke(secret, config);
  const write = tool(() => ({ to: secret }), {
    name: "write",
    description: `Writes to ${secret}.`,
    schema: z.object({ to: z.string() }),
  });
  await write.invoke({ to: secret }, config);
}

async function recorded(
  secret: string,
  programs: readonly ((secret: string, config: Callbacks) => Promise<void>)[],
): Promise<string> {
  const handler = new mlflow.MlflowCallbackHandler({
    name: `handler ${secret}`,
    tags: { owner: secret, password: "pl4nted-word", note: HARMLESS },
  });
  for (const program of programs) await program(secret, { callbacks: [handler] });
  const logged = RunnableLambda.from((text: string) => text);
  await handler.flushTracker(undefined, { finish: true });
  await logged.invoke(HARMLESS);
  await mlflow.flushTraces();
  return everyByte();
}

const around = (text: string, secret: string) => {
  const at = text.indexOf(secret);
  return at < 0 ? "" : text.slice(Math.max(0, at - 300), at + 100);
};

describe("the data of a callback handler", () => {
  test("would show the planted values without redaction", async () => {
    mlflow.autolog({ redactSecrets: false, logTraces: false });
    const text = await recorded(KEY, [names, values]);
    expect(text.split(KEY).length).toBeGreaterThan(100);
    expect(text).toContain("pl4nted-word");
  });

  test("has no key in the names of runs, errors, tools and calls, and in tags", async () => {
    const text = await recorded(KEY, [names]);
    expect(around(text, KEY)).toBe("");
    expect(text).not.toContain("pl4nted-word");
    expect(text).toContain("tool_[REDACTED]");
    expect(text).toContain("Error [REDACTED]");
    expect(text).toContain("handler [REDACTED]");
  });

  test("has no value that `redact` removes", async () => {
    mlflow.autolog({ logTraces: false, redact });
    const text = await recorded(MAIL, [names, values]);
    expect(around(text, MAIL)).toBe("");
    for (const shown of ["tool_[mail]", "Error [mail]", "handler [mail]", "run [mail]", HARMLESS]) {
      expect(text).toContain(shown);
    }
  });

  test("has no key and no redacted value in a run of the app", async () => {
    mlflow.autolog({ logTraces: false, redact });
    await mlflow.startRun(() => recorded(MAIL, [names, values]));
    expect(around(everyByte(), MAIL)).toBe("");
  });

  test("is the same with a `redact` that changes nothing", async () => {
    mlflow.autolog({ logTraces: false, redact: (value) => value });
    const text = await recorded("nothing-secret", [names]);
    expect(text).toContain("tool_nothing-secret");
    expect(text).not.toContain("[redaction failed]");
  });
});

describe("the data of autolog()", () => {
  const failing = (secret: string) =>
    RunnableLambda.from(() => {
      throw new NamedError(secret);
    });

  test("has no key in the names of spans and errors", async () => {
    mlflow.autolog();
    const search = tool(() => HARMLESS, {
      name: `tool_${KEY}`,
      description: "Searches.",
      schema: z.object({ query: z.string() }),
    });
    await search.invoke({ query: HARMLESS });
    await failing(KEY)
      .invoke(HARMLESS, { runName: `run ${KEY}` })
      .catch(() => {});
    await mlflow.flushTraces();
    const text = everyByte();
    expect(around(text, KEY)).toBe("");
    expect(text).toContain("tool_[REDACTED]");
    expect(text).toContain("run [REDACTED]");
  });

  test("has no value that `redact` removes in the runs that it creates", async () => {
    mlflow.autolog({ logModels: true, extraTags: { owner: MAIL, note: HARMLESS }, redact });
    await ChatPromptTemplate.fromTemplate("{text}").invoke({ text: HARMLESS });
    await failing(MAIL)
      .invoke(HARMLESS)
      .catch(() => {});
    await mlflow.startRun(() =>
      ChatPromptTemplate.fromTemplate("Say {text}").invoke({ text: HARMLESS }),
    );
    await mlflow.flushTraces();
    const text = everyByte();
    expect(around(text, MAIL)).toBe("");
    expect(text).toContain("[mail]");
  });
});

test("a line on stderr has no key", async () => {
  mlflow.logMetric("loss", KEY as never);
  await vi.waitFor(() =>
    expect(printed.lines.join("")).toMatch(/not logged: Invalid value "\[REDACTED\]"/),
  );
});
