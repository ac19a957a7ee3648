import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { defineConfig, type Options } from "tsup";

type EsbuildPlugin = NonNullable<Options["esbuildPlugins"]>[number];
type Plugin = NonNullable<Options["plugins"]>[number];

/** Replaces a module by functions that load it synchronously at the first call of one of them. */
function atFirstCall(filter: RegExp, module: string, functions: readonly string[]): EsbuildPlugin {
  const lines = functions.map(
    (name) => `export const ${name} = (...values) => load("${module}").${name}(...values);`,
  );
  const head = [
    `import { createRequire } from "node:module";`,
    "const load = /* @__PURE__ */ createRequire(import.meta.url);",
  ];
  const contents = [...head, ...lines].join("\n");
  const namespace = "at-first-call";
  return {
    name: `${namespace} ${module}`,
    setup(build) {
      build.onResolve({ filter }, ({ path }) => ({ path, namespace, sideEffects: false }));
      build.onLoad({ filter, namespace }, () => ({ contents, loader: "js" }));
    },
  };
}

const listsAtFirstCall = atFirstCall(/\/word-lists\.js$/, "./word-lists.cjs", [
  "isEasyWord",
  "countBreaks",
]);

/** Only for CommonJS, which the preload is: ES modules share zod with the app's @langchain/core, which has loaded it. */
const zodAtFirstCall = atFirstCall(/^zod$/, "zod", [
  "boolean",
  "custom",
  "int",
  "number",
  "object",
  "record",
  "string",
  "stringbool",
  "toJSONSchema",
]);

/** A long literal is read quicker as JSON. */
const patternsAsJson: EsbuildPlugin = {
  name: "patterns-as-json",
  setup(build) {
    build.onLoad({ filter: /hyphen[\\/]patterns[\\/][\w-]+\.js$/ }, async ({ path }) => {
      const { default: patterns } = await import(pathToFileURL(path).href);
      const json = JSON.stringify(JSON.stringify(patterns));
      return { contents: `export default JSON.parse(${json})`, loader: "js" };
    });
  },
};

/** As import() does, it gives a CommonJS module a `default`. */
const REQUIRE_MODULE = `
function requireModule(name) {
  const loaded = require(name);
  return "default" in loaded ? loaded : { ...loaded, default: loaded };
}`;

/**
 * Loads packages and chunks by `require` where the source imports them at their first use. In CommonJS that Jest runs,
 * import() fails. Files of the app, which may be ES modules, have no fixed name: for them, import() stays.
 */
function requireAtFirstUse(code: string): string {
  const changed = code.replace(
    /\bimport\(("[^"]+")\)/g,
    (_, name) => `Promise.resolve().then(() => requireModule(${name}))`,
  );
  return changed === code ? code : changed + REQUIRE_MODULE;
}

/**
 * Makes CommonJS of each chunk of a split build. tsup's own `splitting` for CommonJS rewrites import() to
 * require(), which cannot load the app's ES modules.
 */
const asCommonJs: Plugin = {
  name: "as-commonjs",
  async renderChunk(code, info) {
    const map = typeof info.map === "string" ? info.map : JSON.stringify(info.map);
    const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
    const commonJs = await transform(`${requireAtFirstUse(code)}\n${comment}`, {
      format: "cjs",
      platform: "node",
      target: "node20",
      sourcefile: "chunk.js",
      sourcemap: "external",
      minifySyntax: true,
      define: { "import.meta.url": "__filename" },
    });
    // Not returned: tsup would combine it with the first map, which esbuild has done.
    info.map = commonJs.map;
    return { code: commonJs.code };
  },
};

/** The entries for other tools. */
const INTEGRATIONS = { next: "src/integrations/next.ts", jest: "src/integrations/jest.ts" };
/** vitest can only be imported. */
const ESM_INTEGRATIONS = { vitest: "src/integrations/vitest.ts" };

const common: Options = {
  target: "node20",
  format: "esm",
  splitting: true,
  // Shorter, and still one statement a line with its names: stack traces stay readable.
  minifySyntax: true,
  removeNodeProtocol: false,
  sourcemap: true,
  external: ["langchain-mlflow", "vitest"],
};

/** What is built in keeps the words of those who made it. */
const licences = ["hyphen/LICENSE", "dale-chall/license"]
  .map((file) => `${file}\n\n${readFileSync(`node_modules/${file}`, "utf8").trim()}`)
  .join("\n\n");

const lists: Options = {
  target: "node20",
  entry: { "word-lists": "src/callback-handler/text-metrics/word-lists.ts" },
  format: "cjs",
  minify: true,
  banner: { js: `/*!\n${licences}\n*/` },
  esbuildPlugins: [patternsAsJson],
};

/** Both formats' declarations from one run of the type checker, the slow part of a build. */
const declarations: Options = {
  entry: {
    index: "src/index.ts",
    register: "src/register.ts",
    ...INTEGRATIONS,
    ...ESM_INTEGRATIONS,
  },
  format: ["esm", "cjs"],
  dts: { only: true, compilerOptions: { ignoreDeprecations: "6.0" } },
};

export default defineConfig([
  {
    ...common,
    entry: {
      index: "src/index.ts",
      cli: "src/cli.ts",
      ...INTEGRATIONS,
      ...ESM_INTEGRATIONS,
    },
    esbuildPlugins: [listsAtFirstCall],
  },
  // The preload is CommonJS for both: it loads `start`, the bulk of it, only when LangChain is loaded.
  {
    ...common,
    entry: {
      index: "src/index.ts",
      register: "src/register.ts",
      start: "src/autolog/start.ts",
      ...INTEGRATIONS,
    },
    outExtension: () => ({ js: ".cjs" }),
    noExternal: ["zod"],
    esbuildPlugins: [listsAtFirstCall, zodAtFirstCall],
    plugins: [asCommonJs],
  },
  lists,
  // Without declarations, `--no-dts` would have this write the same files a second time.
  ...(process.argv.includes("--no-dts") ? [] : [declarations]),
]);
