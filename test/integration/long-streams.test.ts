import { Runnable } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { expect, test } from "vitest";
import { heldBytes } from "../support/held-bytes.js";
import { traced } from "../support/traces.js";

const MEGABYTE = 1_000_000;
const MAX_CHARACTERS = 4 * MEGABYTE;

/** A Runnable that makes no run: LangChain keeps nothing of what it streams. */
class Pages extends Runnable<number, object> {
  lc_namespace = ["test"];
  override async invoke(): Promise<object> {
    return {};
  }
  override async *_streamIterator(count: number) {
    for (let page = 0; page < count; page++) yield this.page(page);
  }
  page(number: number): object {
    return { pages: [{ number, text: String(number % 10).repeat(1000) }] };
  }
}

test.each(["read to its end", "left"])(
  "an open stream holds so much and no more: %s",
  async (how) => {
    const held: number[] = [];
    const { traces } = await traced(async () => {
      let count = 0;
      for await (const _ of await new Pages().stream(10_000)) {
        count += 1;
        if (count % 2000 === 0) held.push(heldBytes());
        if (how === "left" && count === 9_500) break;
      }
    });
    // All there is room for, 4000 pages, is held at the second look; then 2 MB of text go by between two.
    const [, full = 0, ...later] = held;
    expect(later.length).toBeGreaterThan(1);
    for (const bytes of later) expect(bytes - full).toBeLessThan(MEGABYTE);
    const [span] = traces[0]!.data.spans;
    const { pages } = span!.outputs as { pages: { text: string }[] };
    expect(pages.length).toBeGreaterThan(1000);
    const total = how === "left" ? 9_500 : 10_000;
    expect(span!.attributes["langchain.dropped_chunks"]).toBe(total - MAX_CHARACTERS / 1000);
  },
);

test("a model's stream of many tokens", async () => {
  const text = "0123456789".repeat(500);
  const model = new FakeListChatModel({ responses: [text] });
  const { traces } = await traced(async () => {
    let count = 0;
    for await (const _ of await model.stream("x")) if (++count === 4500) break;
  });
  const [span] = traces[0]?.data.spans ?? [];
  expect(span?.outputs).toMatchObject({ choices: [{ message: { content: text.slice(0, 4500) } }] });
});
