// `npm run docs:images`: takes the screenshots of the documentation. Runs the tests that open MLflow's UI in Chromium,
// then crops their screenshots into docs/images. With `--crop` it uses the screenshots of an earlier run.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { chromium } from "playwright-core";

const MAX_BYTES = 200_000;
const TESTS = ["ui", "models-ui", "runs-ui"].map((name) => `test/server/${name}.test.ts`);
/** The name in docs/images, the test's screenshot, and what is cut out of it: left, top, width and height. */
const IMAGES = [
  ["trace-agent", "server agent", [190, 0, 1710, 970]],
  ["trace-list", "server list", [0, 0, 1900, 560]],
  ["run", "run-overview", [190, 0, 1710, 740]],
  ["model", "logged model, its code", [190, 0, 1710, 560]],
];

process.chdir(resolve(import.meta.dirname, "../.."));
const startedAtMs = process.argv.includes("--crop") ? 0 : Date.now();
if (startedAtMs > 0) {
  // A failed check does not matter here, as long as its screenshot was taken.
  const args = ["vitest", "run", "--project", "server", "--no-file-parallelism", ...TESTS];
  spawnSync("npx", args, { stdio: "inherit", shell: process.platform === "win32" });
}

const places = (process.env.PATH ?? "").split(delimiter).map((place) => join(place, "chromium"));
const program = places.find((place) => existsSync(place));
if (!program) throw new Error("No Chromium on the PATH: the screenshots need one.");
mkdirSync("docs/images", { recursive: true });
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1900, height: 1100 } });
  for (const [name, screenshot, [x, y, width, height]] of IMAGES) {
    const source = join(".cache/screenshots", `${screenshot}.png`);
    if (statSync(source).mtimeMs < startedAtMs) throw new Error(`${source} was not taken.`);
    const bytes = readFileSync(source).toString("base64");
    await page.setContent(
      `<style>* { margin: 0 }</style><img src="data:image/png;base64,${bytes}">`,
    );
    await page.locator("img").evaluate((image) => image.decode());
    const path = `docs/images/${name}.png`;
    await page.screenshot({ path, clip: { x, y, width, height } });
    const { size } = statSync(path);
    console.log(`${path}: ${Math.round(size / 1000)} KB`);
    if (size > MAX_BYTES) throw new Error(`${path} is larger than ${MAX_BYTES} bytes: crop more.`);
  }
} finally {
  await browser.close();
}
