import { describe, expect, test } from "vitest";
import { OLD_ROOT } from "../../setup/langchain-0.3.js";
import { type AppSetUp, arePeersInstalled, type Order, PHASES, runApp } from "./run-app.js";

const ANY_ORDER: readonly Order[] = ["ours first", "theirs first", "preload"];

/** Langfuse's handler is passed with each call, and LangSmith's tracer switched on by the environment. */
const APPS: readonly {
  readonly app: string;
  readonly setUp: AppSetUp;
  readonly peers: Readonly<Record<string, readonly Order[]>>;
}[] = [
  {
    app: "core 1.x",
    setUp: {},
    peers: {
      openinference: ANY_ORDER,
      traceloop: ANY_ORDER,
      langsmith: ANY_ORDER,
      langfuse: ["preload"],
    },
  },
  {
    // Where OpenInference finds core by itself, and can be taken back.
    app: "core 1.x as CommonJS",
    setUp: { format: "cjs" },
    peers: { openinference: ANY_ORDER },
  },
  {
    // Traceloop wants core 1.x.
    app: "core 0.3",
    setUp: { langchain: OLD_ROOT },
    peers: {
      openinference: ["theirs first", "preload"],
      langsmith: ["theirs first"],
      langfuse: ["ours first"],
    },
  },
];

const why = arePeersInstalled ? "" : ": test/peers is not installed, `npm test` does that";

describe.skipIf(!arePeersInstalled).each(APPS)(`on $app${why}`, ({ setUp, peers }) => {
  const alone = new Map<string, ReturnType<typeof runApp>>();
  const runAlone = (name: string, who: AppSetUp) => {
    const run = alone.get(name) ?? runApp({ ...setUp, ...who });
    alone.set(name, run);
    return run;
  };
  const cases = Object.entries(peers).flatMap(([peer, orders]) =>
    orders.map((order) => ({ peer, order })),
  );

  test.each(cases)("$peer and we do not notice one another, $order", async ({ peer, order }) => {
    const together = await runApp({ ...setUp, peer, order });
    const theirs = await runAlone(peer, { peer });
    const ours = await runAlone("ours", { order: "ours first" });
    for (const phase of PHASES) {
      expect(together[phase].host, `what the host sees, ${phase}`).toEqual(theirs[phase].host);
      expect(together[phase].theirs, `their traces, ${phase}`).toEqual(theirs[phase].theirs);
      expect(together[phase].ours, `our traces, ${phase}`).toEqual(ours[phase].ours);
    }
    expect(together.both.theirs.length, "they record").toBeGreaterThanOrEqual(13);
    expect(together.both.ours, "one trace a root call and batch item").toHaveLength(13);
    expect(together["ours off"].ours).toEqual([]);
  });
});
