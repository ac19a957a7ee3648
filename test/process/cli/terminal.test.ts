import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { widthOf } from "../../../src/cli/width.js";
import { createFileStore } from "../../../src/store/file/file-store.js";
import type { TraceInfo } from "../../../src/trace/trace.js";
import { span, trace } from "../../cli/traces-of-tests.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { runInTerminal } from "./run-in-terminal.js";

const cli = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const COUNT = 100;

const previews = [
  ["plain text that is much longer than any line of the terminal".repeat(4), "an answer"],
  ["日本語の質問です。".repeat(20), "한국어 대답".repeat(20)],
  ["👨‍👩‍👧🎉🇰🇷❤️".repeat(30), "e\u0301e\u0301e\u0301".repeat(60)],
  ["\u001b[31mred\u001b[39m \u001b[2J", "\u202eright to left"],
];

let directory: string;
beforeAll(async () => {
  directory = temporaryDirectory({ whenOver: () => {} });
  const store = createFileStore({ directory });
  const traces = Array.from({ length: COUNT }, (_, index) => {
    const [requestPreview, responsePreview] = previews[index % previews.length] ?? [];
    const traceId = `tr-${index.toString(16).padStart(8, "0")}${"0".repeat(24)}`;
    const info: Partial<TraceInfo> = {
      ...{ traceId, requestTime: 1_795_459_932_500 + index * 1000 },
      ...(requestPreview && { requestPreview }),
      ...(responsePreview && { responsePreview }),
      ...(index % 5 === 0 && { state: "ERROR" as const }),
    };
    const name = index % 2 ? "RunnableSequence" : "名前のとても長い連鎖のひとつ";
    const spans = [span("a", undefined, name, "CHAIN", 0, 16)];
    for (let depth = 0; depth < 40; depth++) {
      spans.push(span(`b${depth}`, depth ? `b${depth - 1}` : "a", "深い 🎉", "TOOL", depth, 1));
    }
    return trace(
      spans.map((one) => ({ ...one, traceId })),
      info,
    );
  });
  await store.logTraces("0", traces);
});

test.each([80, 140])(
  "at %i columns, no line of the list or of a tree is wider",
  async (columns) => {
    const env = { MLFLOW_TRACKING_URI: directory, TERM: "xterm-256color" };
    const run = (...args: string[]) =>
      runInTerminal(columns, [process.execPath, cli, ...args], env);
    const list = await run("traces", "--limit", "40");
    expect(list).toHaveLength(41);
    const id = /tr-[0-9a-f]+/.exec(list[2] ?? "")?.[0] ?? "";
    // 35 characters are a whole id.
    expect(id.length === 35).toBe(columns === 140);
    const tree = await run("traces", id);
    expect(tree.length).toBeGreaterThan(40);
    for (const line of [...list, ...tree]) {
      const text = stripVTControlCharacters(line);
      expect(widthOf(text), line).toBeLessThanOrEqual(columns);
      expect(text, "an escape sequence is not cut, and none of a trace is left").not.toContain(
        "\u001b",
      );
    }
    expect(list.join("")).toContain("\u001b[31m");
    const plain = await runInTerminal(columns, [process.execPath, cli, "traces"], {
      ...{ ...env, NO_COLOR: "1" },
    });
    expect(plain.join("")).not.toContain("\u001b");
  },
);
