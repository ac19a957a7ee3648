import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { mergeProcessCovs } from "@bcoe/v8-coverage";
import v8 from "@vitest/coverage-v8";

const root = new URL("../../", import.meta.url);
const directory = fileURLToPath(new URL(".cache/child-coverage", root));
const dist = new URL("dist/", root);

/**
 * Vitest's V8 coverage, and on top of it what the programs that tests start ran of dist: their raw
 * coverage is mapped back to src by the same code, so that both add up line by line.
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

/** The coverage of dist in all child processes, one entry a file. */
async function childCoverage() {
  let merged = { result: [] };
  for (const name of await readdir(directory).catch(() => [])) {
    // A child that was killed while it wrote leaves half a file.
    const report = await readFile(join(directory, name), "utf8")
      .then(JSON.parse)
      .catch(() => ({ result: [] }));
    const result = report.result.flatMap((script) => {
      const file = /\/(?:langchain-mlflow\/)?dist\/([\w.-]+\.c?js)$/.exec(script.url)?.[1];
      const ours =
        script.url.startsWith(dist.href) || script.url.includes("/langchain-mlflow/dist/");
      return file && ours ? [{ ...script, url: new URL(file, dist).href }] : [];
    });
    merged = mergeProcessCovs([merged, { result }]);
  }
  return merged;
}

/** From a file in dist to the files in src it was built from. */
async function remap(provider, { url, functions }) {
  const file = fileURLToPath(url);
  const [code, map] = await Promise.all([
    readFile(file, "utf8"),
    readFile(`${file}.map`, "utf8").then(JSON.parse),
  ]).catch(() => []);
  if (!map) return {};
  map.sources = map.sources.map((source) => new URL(source, pathToFileURL(file)).href);
  return provider.remapCoverage(url, 0, { code, map }, functions);
}
