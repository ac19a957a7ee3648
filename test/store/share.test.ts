import { expect, test } from "vitest";
import { asOwnTrace } from "../../src/store/share.js";
import { warnings } from "../runs/warnings.js";
import { sampleTrace } from "../server/sample-trace.js";

const REMOTE = "b7ad6b7169203331";

test("a part becomes a trace of its own, with a link, where spans cannot be added, with one warning", () => {
  const { lines } = warnings();
  const { info, data } = sampleTrace({ root: { parentId: REMOTE } });
  const [root, child] = data.spans;
  const own = asOwnTrace({ info, data, share: "part" }, "http://old");
  const traceId = `${info.traceId.slice(0, 19)}${root?.spanId}`;
  expect(own).toEqual({
    info: { ...info, traceId },
    data: {
      spans: [
        {
          ...root,
          ...{ traceId, parentId: undefined },
          links: [{ traceId: info.traceId, spanId: REMOTE, attributes: {} }],
        },
        { ...child, traceId },
      ],
    },
  });
  expect(own.data.spans[0]).not.toHaveProperty("parentId");
  asOwnTrace({ info, data, share: "part" }, "http://old");
  expect(lines).toEqual([
    expect.stringMatching(/http:\/\/old cannot add spans to the trace of another/),
  ]);
});

test("a trace that is no part does not change", () => {
  const trace = { ...sampleTrace(), share: "root" } as const;
  expect(asOwnTrace(trace, "http://old")).toBe(trace);
});
