import { expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { richTrace } from "./rich-trace.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** How long the app keeps the event loop in each turn. */
const TURN_MS = 30;

/** Keeps the event loop busy until `work` is settled. Returns the number of turns. */
async function turnsOfBusyApp(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const takeTurn = () => {
    if (isDone) return;
    turns += 1;
    const end = performance.now() + TURN_MS;
    while (performance.now() < end);
    setImmediate(takeTurn);
  };
  takeTurn();
  await work;
  isDone = true;
  return turns;
}

test("an app that keeps the event loop busy does not delay its traces", async () => {
  const store = createFileStore({ directory: temporaryDirectory() });
  const [first, ...traces] = Array.from({ length: 41 }, (_, index) => richTrace(`trace ${index}`));
  // The first write compiles the code and creates the experiment.
  if (first) await store.logTraces("0", [first]);
  const turns = await turnsOfBusyApp(store.logTraces("0", traces));
  // Four traces in each turn. With one file in each turn, it would be hundreds.
  expect(turns).toBeLessThan(80);
  const { items } = await store.searchTraceInfos({ experimentIds: ["0"], maxResults: 100 });
  expect(items).toHaveLength(41);
});
