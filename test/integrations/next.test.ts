import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import { withMlflow } from "../../src/integrations/next.js";

const EXTERNAL = ["langchain-mlflow", "@langchain/core", "@langchain/langgraph", "langchain"];

/** The shape of Next.js's own type. */
interface NextConfig {
  reactStrictMode?: boolean;
  serverExternalPackages?: string[];
}

test("without a configuration, it returns one that makes the packages external", () => {
  inAppWith({});
  expect(withMlflow()).toEqual({ serverExternalPackages: EXTERNAL });
});

test("the app's options and its own external packages stay, each once", () => {
  inAppWith({});
  const config: NextConfig = { reactStrictMode: true, serverExternalPackages: ["pg", "langchain"] };
  const changed = withMlflow(config);
  expectTypeOf(changed).toEqualTypeOf<NextConfig>();
  expect(changed).toEqual({
    reactStrictMode: true,
    serverExternalPackages: [
      "pg",
      "langchain",
      "langchain-mlflow",
      "@langchain/core",
      "@langchain/langgraph",
    ],
  });
  expect(config.serverExternalPackages).toEqual(["pg", "langchain"]);
});

test("a promise and functions of each kind work, and functions receive Next.js's values", async () => {
  inAppWith({});
  const config: NextConfig = { reactStrictMode: true };
  const expected = { ...config, serverExternalPackages: EXTERNAL };
  expect(await withMlflow(Promise.resolve(config))).toEqual(expected);

  const received: string[] = [];
  const byFunction = withMlflow(
    (phase: string, { defaultConfig }: { defaultConfig: NextConfig }) => {
      received.push(phase);
      return { ...defaultConfig, ...config };
    },
  );
  expect(byFunction("phase-production-build", { defaultConfig: {} })).toEqual(expected);
  expect(received).toEqual(["phase-production-build"]);
  const byAsyncFunction = withMlflow(async () => config);
  expect(await byAsyncFunction()).toEqual(expected);
});

test("the app's other @langchain packages are added", () => {
  inAppWith({ dependencies: { "@langchain/openai": "1", next: "16" } });
  const serverExternalPackages = [...EXTERNAL, "@langchain/openai"];
  expect(withMlflow()).toEqual({ serverExternalPackages });
});

test("a package.json that cannot be read does not stop Next.js", () => {
  inAppWith("not JSON");
  expect(withMlflow()).toEqual({ serverExternalPackages: EXTERNAL });
});

describe("a wrong configuration is refused with what was expected", () => {
  test.each([
    ["text", "a value of type string"],
    [null, "null"],
    [[], "an array"],
  ])("%j", (config, shown) => {
    const message = `withMlflow() takes a Next.js configuration: an object, a promise of one, or a function that returns one. Got ${shown}.`;
    expect(() => withMlflow(config as never)).toThrow(message);
    expect(() => withMlflow((() => config) as never)).not.toThrow();
    expect(() => (withMlflow((() => config) as never) as () => unknown)()).toThrow(message);
  });

  test("serverExternalPackages as text", () => {
    expect(() => withMlflow({ serverExternalPackages: "pg" as never })).toThrow(
      "The Next.js option `serverExternalPackages` takes an array of package names. Got a value of type string.",
    );
  });
});

/** Makes a new folder with this package.json the current directory. */
function inAppWith(packageJson: object | string): void {
  const folder = mkdtempSync(join(tmpdir(), "next-"));
  const text = typeof packageJson === "string" ? packageJson : JSON.stringify(packageJson);
  writeFileSync(join(folder, "package.json"), text);
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder);
  onTestFinished(() => {
    cwd.mockRestore();
    rmSync(folder, { recursive: true });
  });
}
