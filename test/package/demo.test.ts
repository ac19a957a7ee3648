import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Not programs of their own: the demo, and the server with its script. */
const REST = ["demo.mjs", "openai-server.mjs", "openai-script.mjs"];

test("the demo runs every example without an API key and shows its traces", async () => {
  const directory = await mkdtemp(join(tmpdir(), "langchain-mlflow-demo-"));
  const env = { ...process.env, MLFLOW_TRACKING_URI: directory };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["examples/demo.mjs"], {
      cwd: root,
      env,
    });
    const examples = (await readdir(join(root, "examples"))).filter(
      (file) => file.endsWith(".mjs") && !REST.includes(file),
    );
    const shown = [...stdout.matchAll(/━━━ (\S+\.mjs)/g)].map((match) => match[1]);
    // Of the page's scenarios the one that needs nothing else.
    const expected = [...examples, "page-scenario-3/tracer.mjs"];
    expect(shown.toSorted()).toEqual(expected.toSorted());
    for (const part of stdout.split("━━━ ").slice(1)) {
      expect(part).toMatch(/\ntr-[0-9a-f]{32} · (OK|ERROR) · /);
    }
    expect(stdout).toContain("├─ ChatOpenAI          CHAT_MODEL");
    expect(stdout).toContain("session t-1");
    expect(stdout.trim().split("\n").at(-1)).toContain("npx langchain-mlflow ui");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 180_000);
