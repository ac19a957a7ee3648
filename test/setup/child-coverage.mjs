import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mergeProcessCovs } from "@bcoe/v8-coverage";
import v8 from "@vitest/coverage-v8";

const root = new URL("../../", import.meta.url);
const directory = fileURLToPath(new URL(".cache/child-coverage", root));
const dist = new URL("dist/", root);
const bundles = new URL(".cache/bundles/", root);

/**
 * Vitest's V8 coverage, and on top of it what the programs that tests start ran of dist, or of a
 * bundle that a test left in .cache/bundles: their raw coverage is mapped back to src by the same
 * code, so that both add up line by line.
 */
export default {
  ...v8,
  async startCoverage(options) {
    // Node hands this variable on to every child process, also to one with an environment of its own.
    process.env.NODE_V8_COVERAGE = directory;
    await v8.startCoverage(options);
  },
  async getProvider() {
    const provider = await v8.getProvider();
    const clean = provider.clean.bind(provider);
    const generateCoverage = provider.generateCoverage.bind(provider);
    provider.clean = async (...args) => {
      await rm(directory, { recursive: true, force: true });
      await rm(bundles, { recursive: true, force: true });
      await mkdir(directory, { recursive: true });
      await clean(...args);
    };
    provider.generateCoverage = async (context) => {
      const map = await generateCoverage(context);
      for (const script of (await childCoverage()).result) map.merge(await remap(provider, script));
      map.filter((file) => provider.isIncluded(file));
      return map;
    };
    return provider;
  },
};

/** What all child processes ran of the files built from src, one entry a file. */
async function childCoverage() {
  let merged = { result: [] };
  for (const name of await readdir(directory).catch(() => [])) {
    // A child that was killed while it wrote leaves half a file.
    const report = await readFile(join(directory, name), "utf8")
      .then(JSON.parse)
      .catch(() => ({ result: [] }));
    const result = report.result.flatMap((script) => {
      const url = builtFile(script.url);
      return url ? [{ ...script, url }] : [];
    });
    merged = mergeProcessCovs([merged, { result }]);
  }
  return merged;
}

/** The file of this checkout behind a script: an installed package has the same dist. */
function builtFile(url) {
  const installed = /\/node_modules\/langchain-mlflow\/dist\/([\w.-]+)$/.exec(url)?.[1];
  if (installed) return new URL(installed, dist).href;
  return [dist, bundles].some(({ href }) => url.startsWith(href)) ? url : undefined;
}

/** From a built file to the files in src it was made of. */
async function remap(provider, { url, functions }) {
  const file = fileURLToPath(url);
  const code = await readFile(file, "utf8").catch(() => "");
  const inline = /^\/\/# sourceMappingURL=data:application\/json;base64,(.+)$/m.exec(code)?.[1];
  const text = inline
    ? Buffer.from(inline, "base64").toString()
    : await readFile(`${file}.map`, "utf8").catch(() => undefined);
  if (!text) return {};
  const map = JSON.parse(text);
  map.sources = map.sources.map((source) => new URL(source, url).href);
  return provider.remapCoverage(url, 0, { code, map }, functions);
}
