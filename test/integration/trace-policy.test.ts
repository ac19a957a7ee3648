import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { PromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda, RunnableSequence } from "@langchain/core/runnables";
import {
  type AutologOptions,
  autolog,
  flushTraces,
  langchain,
  MlflowCallbackHandler,
  MlflowLangchainTracer,
  setTrackingUri,
} from "langchain-mlflow";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { isCore03 } from "../support/core-version.js";
import { expectCutShort } from "../support/ledger.js";
import { OMIT_ALL, PLANTED, PROGRAMS, policied } from "../support/trace-policy-programs.js";
import { newFolder, record, traced } from "../support/traces.js";

let folder: string;
beforeEach(() => {
  folder = newFolder();
  setTrackingUri(`file:${folder}`);
});
afterEach(() => autolog({ silent: true }));

/** Every byte of the local store. */
function bytesOfStore(): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => `${file.name}\n${readFileSync(join(file.parentPath, file.name), "latin1")}`)
    .join("\n");
}

/** Shows where a planted value is, not the whole store. */
function expectNothingPlanted(text: string): void {
  const at = text.indexOf(PLANTED);
  expect(at < 0 ? "" : text.slice(Math.max(0, at - 300), at + 100)).toBe("");
}

async function storedBy(program: () => Promise<unknown>, options: Partial<AutologOptions> = {}) {
  autolog({ silent: true, ...options });
  await program();
  // A stream that is aborted ends a moment after its consumer learns of it.
  await expect.poll(() => getState().recording.collector.openCalls).toBe(0);
  const { sent, dropped } = await flushTraces();
  expect({ dropped, isSent: sent > 0 }).toEqual({ dropped: 0, isSent: true });
  return bytesOfStore();
}

// LangChain has trace policies from @langchain/core 1.3.3 on.
describe.skipIf(isCore03)("a trace policy", () => {
  test.each(Object.entries(PROGRAMS))("keeps the values of %s out of the store", async (_, run) => {
    expectNothingPlanted(await storedBy(run));
  });

  test.each(Object.entries(PROGRAMS))(
    "keeps the values of %s out of examples and signatures",
    async (_, run) => {
      const options = { logModels: true, logInputExamples: true, logModelSignatures: true };
      expectNothingPlanted(await storedBy(run, options));
    },
  );

  test("without a policy, the same values are stored", async () => {
    expect(await storedBy(() => policied({}).invoke(PLANTED))).toContain(PLANTED);
  });

  test("changes the result and the errors of no program", async () => {
    await record((config) => policied().invoke(PLANTED, config));
    await record((config) => policied().batch([PLANTED, "b"], config as never), { traces: 2 });
  });

  test("replaces inputs, outputs and previews by what it returns", async () => {
    const policy = {
      processInputs: ({ input }: { input: string }) => ({ input: `${input.length} characters` }),
      processOutputs: ({ output }: { output: string }) => ({ length: output.length }),
    };
    const { trace } = await record((config) =>
      policied(policy, () => "12345").invoke("abc", config),
    );
    const [root] = trace.data.spans;
    expect([root?.inputs, root?.outputs]).toEqual(["3 characters", { length: 5 }]);
    expect(trace.info.requestPreview).toBe('"3 characters"');
    expect(trace.info.responsePreview).toBe('{"length": 5}');
  });

  test("applies to its own run, and not to runs inside it", async () => {
    const upper = RunnableLambda.from((text: string) => text.toUpperCase());
    const steps = [upper, RunnableLambda.from((text: string) => `${text}!`)] as const;
    const sequence = RunnableSequence.from<string, string>([...steps], {
      tracePolicy: OMIT_ALL,
    } as never);
    const { flow } = await record((config) => sequence.invoke("a", config));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK: {} → {}
        CHAIN RunnableLambda OK: "a" → "A"
        CHAIN RunnableLambda OK: "A" → "A!""
    `);
  });

  test.each<[string, object]>([
    [
      "throws",
      {
        processInputs() {
          throw new Error(PLANTED);
        },
        processOutputs() {
          throw PLANTED;
        },
      },
    ],
    ["returns a promise", { processInputs: async () => PLANTED, processOutputs: async () => ({}) }],
    [
      "returns a promise that rejects",
      {
        processInputs: () => Promise.reject(new Error(PLANTED)),
        processOutputs: () => Promise.reject(new Error(PLANTED)),
      },
    ],
    ["is no function", { processInputs: "omit", processOutputs: true }],
    [
      "cannot be read",
      {
        get processInputs(): unknown {
          throw new Error(PLANTED);
        },
      },
    ],
  ])("that %s omits the values, and the call succeeds", async (_, policy) => {
    const results: string[] = [];
    const text = await storedBy(async () => results.push(await policied(policy).invoke("start")));
    expect(results).toEqual([`start ${PLANTED} ${PLANTED} answer`]);
    expectNothingPlanted(text);
    expect(text).toContain("[omitted: the trace policy failed]");
  });

  test("that changes its argument does not change the app's values", async () => {
    const input = { text: PLANTED, nested: { text: PLANTED } };
    const policy = {
      processInputs: (inputs: Record<string, unknown>) => {
        delete inputs.text;
        (inputs.nested as { text: string }).text = "changed";
        return inputs;
      },
    };
    const seen: unknown[] = [];
    const read = RunnableLambda.from((value: object) => {
      seen.push(structuredClone(value));
      return "done";
    });
    const same = RunnableLambda.from((text: string) => text);
    const sequence = RunnableSequence.from<object, string>([read, same], {
      tracePolicy: policy,
    } as never);
    const { traces } = await traced(() => sequence.invoke(input));
    expect(seen).toEqual([{ text: PLANTED, nested: { text: PLANTED } }]);
    expect(input).toEqual(seen[0]);
    expect(traces[0]?.data.spans[0]?.inputs).toEqual({ nested: { text: "changed" } });
  });

  test.each(Object.entries(PROGRAMS))("of %s holds with a tracer alone", async (name, run) => {
    // A tracer alone does not learn that a stream was left.
    if (/stream that is (left|aborted)/.test(name)) expectCutShort(1);
    autolog({ disable: true });
    const tracer = new MlflowLangchainTracer();
    const around = RunnableLambda.from(async () => {
      await run();
      return "done";
    });
    await around.invoke("start", { callbacks: [tracer] });
    await flushTraces();
    const text = bytesOfStore();
    expect(text).toContain("RunnableLambda");
    expectNothingPlanted(text);
  });

  test.each(Object.entries(PROGRAMS))("of %s holds for the callback handler", async (_, run) => {
    autolog({ disable: true });
    const handler = new MlflowCallbackHandler();
    const around = RunnableLambda.from(async () => {
      await run();
      return "done";
    });
    await around.invoke("start", { callbacks: [handler] });
    await handler.flushTracker(undefined, { finish: true });
    const text = bytesOfStore();
    expect(text).toContain("on_chain_end");
    expectNothingPlanted(text);
  });

  test("is not lost by logging its sequence as data: the model is refused", async () => {
    const chain = RunnableSequence.from(
      [PromptTemplate.fromTemplate("{text}"), new StringOutputParser()] as never,
      { tracePolicy: OMIT_ALL } as never,
    );
    await expect(langchain.saveModel({ lcModel: chain, path: join(folder, "m") })).rejects.toThrow(
      "_tracePolicy",
    );
  });

  test("holds for the example of the callback handler's model", async () => {
    autolog({ disable: true });
    const handler = new MlflowCallbackHandler();
    await policied().invoke(PLANTED, { callbacks: [handler] });
    await handler.flushTracker(undefined, { finish: true });
    expectNothingPlanted(bytesOfStore());
  });
});
