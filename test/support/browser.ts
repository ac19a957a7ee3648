import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { chromium, type Page } from "playwright-core";

export interface Browser {
  readonly page: Page;
  /** What the console showed as an error, and what no script caught; with the address it came from. */
  readonly errors: readonly string[];
  /** Writes what is visible now to .cache/screenshots, for people to look at. */
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const SCREENSHOTS = join(resolve(import.meta.dirname, "../.."), ".cache", "screenshots");

/** Where Chromium is on this machine; undefined where it is not. */
export function chromiumProgram(path: string = process.env.PATH ?? ""): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const programs = names.flatMap((name) => path.split(delimiter).map((place) => join(place, name)));
  return programs.find(isExecutable);
}

/** Chromium without a window, with a new and empty profile. */
export async function openBrowser(
  program: string,
  options: { timeoutMs?: number; localStorage?: Record<string, string> } = {},
): Promise<Browser> {
  const { timeoutMs = 30_000, localStorage = {} } = options;
  const profile = await mkdtemp(join(tmpdir(), "chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program,
    args: FLAGS,
    viewport: { width: 1900, height: 1100 },
  });
  context.setDefaultTimeout(timeoutMs);
  await context.addInitScript({
    // about:blank has no storage, and throws.
    content: `if (location.origin !== "null") Object.assign(localStorage, ${JSON.stringify(localStorage)})`,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => errors.push(`${error.stack ?? error}`));
  return {
    page,
    errors,
    async screenshot(name) {
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: "disabled" });
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function isExecutable(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
