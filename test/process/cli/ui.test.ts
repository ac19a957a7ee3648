import { expect, test } from "vitest";
import { main } from "../../../src/cli/main.js";
import { ui } from "../../../src/cli/ui.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";

test("without mlflow and uvx, `ui` says how to install MLflow", async () => {
  const directory = temporaryDirectory();
  const noted: string[] = [];
  const code = await main({
    argv: ["ui"],
    commands: [ui],
    version: "1.2.3",
    env: { MLFLOW_TRACKING_URI: directory, PATH: directory },
    terminal: {
      write: () => {},
      note: (line) => noted.push(line),
      columns: undefined,
      colours: false,
      showsProgress: false,
    },
    catchInterrupt: () => new AbortController().signal,
  });
  expect(code).toBe(1);
  expect(noted.at(-1)).toContain("pip install mlflow");
});
