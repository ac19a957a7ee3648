import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as own from "@langchain/core/runnables";
import { describe, expect, test } from "vitest";
import { isCore03 } from "../support/core-version.js";
import { observeUnchanged } from "../support/observed-app.js";
import { collect } from "../support/outcome.js";
import { treeOf } from "../support/tree.js";

/** The copy of core that the other project runs on. */
const OTHER = join(import.meta.dirname, isCore03 ? "../.." : "../langchain-0.3");
const load = (entry: string) =>
  import(pathToFileURL(join(OTHER, "node_modules/@langchain/core", entry)).href);
const other: typeof own = await load("runnables.js");
const managers = await load("callbacks/manager.js");

/** What a bundler leaves of a copy may lack the classes of the managers of runs. */
const options = { modules: [other, { CallbackManager: managers.CallbackManager }] };

/** Both copies call each other, with a config and without one. */
function createChains() {
  const shout = other.RunnableLambda.from((text: string) => `${text}!`).withConfig({
    runName: "shout",
  });
  const last = own.RunnableLambda.from((text: string) => `${text}?`).withConfig({
    runName: "last",
  });
  const inOther = other.RunnableLambda.from(async (text: string, config) =>
    last.invoke(await shout.invoke(text), config as never),
  )
    .pipe(shout)
    .withConfig({ runName: "in other", tags: ["a"], metadata: { b: 1 } });
  const inOwn = own.RunnableLambda.from((text: string, config) =>
    inOther.invoke(text, config as never),
  )
    .pipe(last)
    .withConfig({ runName: "in own" });
  return { inOther, inOwn };
}

const IN_OTHER = `
CHAIN in other OK
  CHAIN RunnableLambda OK
    CHAIN shout OK
    CHAIN last OK
  CHAIN shout OK`.trim();
const IN_OWN = `
CHAIN in own OK
  CHAIN RunnableLambda OK
${IN_OTHER.replace(/^/gm, "    ")}
  CHAIN last OK`.trim();

const CALLS: Record<string, (config: own.RunnableConfig) => Promise<unknown>> = {
  "an invoke": async (config) => [
    await createChains().inOther.invoke("x", config as never),
    await createChains().inOwn.invoke("x", config),
  ],
  "a stream": async (config) => [
    await collect(createChains().inOther.stream("x", config as never)),
    await collect(createChains().inOwn.stream("x", config)),
  ],
  "a batch": async (config) => [
    await createChains().inOther.batch(["x"], config as never),
    await createChains().inOwn.batch(["x"], config),
  ],
};

describe.each(Object.entries(CALLS))(
  "%s in a copy that lacks classes, and in another",
  (_, call) => {
    test("is recorded whole without callbacks", async () => {
      const { traces, starts } = await observeUnchanged(
        (app) => call({ callbacks: app.rootCallbacks }),
        options,
      );
      expect(traces.map(treeOf)).toEqual([IN_OTHER, IN_OWN]);
      // The calls below a lean manager of the copy that has the classes use this manager.
      const direct = starts.direct.filter((name) => !["last", "shout"].includes(name));
      expect(direct).toEqual(["in own", "RunnableLambda", "in other", "RunnableLambda"]);
      expect(starts.byHandler).toEqual(expect.arrayContaining(["in other", "RunnableLambda"]));
    });

    test("is recorded whole beside a handler of the app", async () => {
      const { traces, notes } = await observeUnchanged(
        (app) => call({ callbacks: [app.handler()] }),
        options,
      );
      expect(notes.length).toBeGreaterThan(10);
      expect(traces.map(treeOf)).toEqual([IN_OTHER, IN_OWN]);
    });
  },
);
