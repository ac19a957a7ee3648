import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { transform } from "esbuild";
import { defineConfig, type Options } from "tsup";
import {
  type Plugin,
  requireChunks,
  shorten,
  withoutComments,
  withoutEmptyImports,
} from "./tsup.chunks.js";
import {
  type EsbuildPlugin,
  nameForBundlers,
  writeBuiltIn,
  writeDependencies,
  writeWordLists,
} from "./tsup.dependencies.js";

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

const LISTS = /\/word-lists\.js$/;
const LIST_FUNCTIONS = ["isEasyWord", "countBreaks"];
const listsAtFirstCall = atFirstCall(LISTS, "./word-lists.cjs", LIST_FUNCTIONS);

/**
 * The texts of the files that become a part of a model, each imported with `?raw` after its path. They are compressed
 * together, to a third of their size.
 */
const textFiles: EsbuildPlugin = {
  name: "text-files",
  setup(build) {
    const folder = "src/models/python";
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const files = names.filter((name) => /\.(py|mjs)$/.test(name)).sort();
    const texts = files.map((name) => [resolve(folder, name), name] as const);
    build.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice(0, -"?raw".length)),
      namespace: "text",
    }));
    build.onLoad({ filter: /./, namespace: "text" }, ({ path }) => ({
      contents: `import { texts } from "all-texts"; export default texts[${JSON.stringify(new Map(texts).get(path))}]`,
      loader: "js",
    }));
    build.onResolve({ filter: /^all-texts$/ }, ({ path }) => ({ path, namespace: "all-texts" }));
    build.onLoad({ filter: /./, namespace: "all-texts" }, () => {
      const contents = texts.map(([path, name]) => [name, readFileSync(path, "utf8")]);
      return { contents: `export const texts = ${compressed(Object.fromEntries(contents))}` };
    });
  },
};

/** ES modules import the lists by a name in `imports` of package.json, so that a bundle contains them. */
const listsForBundlers: EsbuildPlugin = {
  name: "lists-for-bundlers",
  setup(build) {
    build.onResolve({ filter: LISTS }, () => ({ path: "#word-lists", external: true }));
  },
};

/**
 * What is imported at its first use is loaded after `index`. esbuild does not know this: it makes a chunk of its own for
 * each set of entries that share a file, and reading 60 small files delays the start of the app by 30 ms.
 */
const firstUsesFollowIndex: EsbuildPlugin = {
  name: "first-uses-follow-index",
  setup(build) {
    const namespace = "first-use";
    build.onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) =>
      kind === "dynamic-import"
        ? { path: resolve(resolveDir, path), namespace, sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `export * from ${JSON.stringify(path)};\nimport "./src/index.js";`,
      resolveDir: process.cwd(),
    }));
  },
};

const forBundlers: Plugin = {
  name: "for-bundlers",
  async renderChunk(code, info) {
    const named = nameForBundlers(withoutEmptyImports(code));
    return info.map ? shorten(named, info, withoutComments(info.map)) : { code: named };
  },
};

/** Only for CommonJS, which the preload is: ES modules share zod with the app's @langchain/core, which has loaded it. */
const zodAtFirstCall = atFirstCall(/^zod$/, "zod", [
  "array",
  "boolean",
  "custom",
  "int",
  "literal",
  "number",
  "object",
  "record",
  "string",
  "stringbool",
  "toJSONSchema",
]);

/** Compresses the lists of words and patterns, to two fifths of their text. */
const listsCompressed: EsbuildPlugin = {
  name: "lists-compressed",
  setup(build) {
    build.onLoad({ filter: /hyphen[\\/]patterns[\\/][\w-]+\.js$/ }, async ({ path }) => {
      const { default: patterns } = await import(pathToFileURL(path).href);
      return { contents: `export default ${compressed(patterns)}`, loader: "js" };
    });
    build.onLoad({ filter: /dale-chall[\\/]index\.js$/ }, async ({ path }) => {
      const { daleChall } = await import(pathToFileURL(path).href);
      return { contents: `export const daleChall = ${compressed(daleChall)}`, loader: "js" };
    });
  },
};

/** What `dist` contains has a name in `imports` of package.json. */
function nameInCommonJs(name: string): string {
  return name === "js-yaml" ? "#js-yaml" : name;
}

/** Without `require`, which an ES module that a bundler makes of this does not have. */
function compressed(value: unknown): string {
  const data = brotliCompressSync(JSON.stringify(value)).toString("base64");
  const zlib = `process.getBuiltinModule("node:zlib")`;
  return `JSON.parse(${zlib}.brotliDecompressSync(Buffer.from("${data}", "base64")).toString())`;
}

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
    /\bimport\("([^"]+)"\)/g,
    (_, name) => `Promise.resolve().then(() => requireModule("${nameInCommonJs(name)}"))`,
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
    const isEntry = !/[\\/][A-Z\d]{8}\.cjs$/.test(info.path);
    const withRequire = requireChunks(requireAtFirstUse(code), isEntry);
    const commonJs = await transform(`${withRequire}\n${comment}`, {
      format: "cjs",
      // With `node`, esbuild lists the exports again, for imports from ES modules.
      platform: info.entryPoint?.endsWith("index.ts") ? "node" : "neutral",
      target: "node20",
      sourcefile: "chunk.js",
      sourcemap: "external",
      // The maps of the ES modules have the text of the same sources.
      sourcesContent: false,
      minifySyntax: true,
      define: { "import.meta.url": "__filename" },
    });
    return shorten(commonJs.code, info, commonJs.map);
  },
};

/** `require` knows the modules of a CommonJS app. */
const withoutCopiesOfApp: EsbuildPlugin = {
  name: "without-copies-of-app",
  setup(build) {
    build.onLoad({ filter: /app-copies\.ts$/ }, () => ({
      contents: "export const copiesOfApp = () => [];",
    }));
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
  external: ["langchain-mlflow", "vitest", "js-yaml"],
};

/** Puts the licence of a package before its code. */
function withLicence(name: string): EsbuildPlugin {
  return {
    name: `licence of ${name}`,
    setup(build) {
      build.onLoad({ filter: new RegExp(`node_modules/${name}/index\\.js$`) }, ({ path }) => {
        const licence = readFileSync(`node_modules/${name}/license`, "utf8").trim();
        const code = readFileSync(path, "utf8");
        return { contents: `/*!\n${name}/license\n\n${licence}\n*/\n${code}`, loader: "js" };
      });
    },
  };
}

/** What is built in keeps the words of those who made it. */
function licences(...files: readonly string[]): string {
  return files
    .map((file) => `${file}\n\n${readFileSync(`node_modules/${file}`, "utf8").trim()}`)
    .join("\n\n");
}

const lists: Options = {
  target: "node20",
  entry: { "word-lists": "src/callback-handler/text-metrics/word-lists.ts" },
  format: "cjs",
  minify: true,
  banner: { js: `/*!\n${licences("hyphen/LICENSE", "dale-chall/license")}\n*/` },
  esbuildPlugins: [listsCompressed],
};

/** ES modules only: every supported version of Node.js can `require` them. */
const PLUGINS = {
  esbuild: "src/integrations/esbuild.ts",
  vite: "src/integrations/vite.ts",
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
  dts: { only: true, compilerOptions: { ignoreDeprecations: "6.0", stripInternal: true } },
};

const pluginDeclarations: Options = {
  entry: PLUGINS,
  format: "esm",
  dts: { only: true, compilerOptions: { ignoreDeprecations: "6.0" } },
};

export default defineConfig([
  {
    ...common,
    entry: {
      index: "src/index.ts",
      cli: "src/cli.ts",
      "python-process": "src/python-process.ts",
      ...INTEGRATIONS,
      ...ESM_INTEGRATIONS,
      ...PLUGINS,
    },
    esbuildPlugins: [
      textFiles,
      firstUsesFollowIndex,
      listsForBundlers,
      ...["get-east-asian-width", "p-limit", "yocto-queue"].map(withLicence),
    ],
    plugins: [forBundlers],
    async onSuccess() {
      await writeWordLists(LIST_FUNCTIONS);
      await writeBuiltIn(licences("js-yaml/LICENSE"));
      await writeDependencies(
        licences(
          "undici/LICENSE",
          "require-in-the-middle/LICENSE",
          "module-details-from-path/LICENSE",
        ),
      );
    },
  },
  // The preload is CommonJS for both: it loads `start`, the bulk of it, only when LangChain is loaded.
  {
    ...common,
    entry: {
      index: "src/index.ts",
      register: "src/register.ts",
      start: "src/autolog/start.ts",
      "program-probe": "src/cli/doctor/program-probe.ts",
      ...INTEGRATIONS,
      untraced: "src/langchain/patch/untraced.ts",
      "test-runner": "src/langchain/patch/test-runner.ts",
    },
    outExtension: () => ({ js: ".cjs" }),
    // Short, since each use of an import of another chunk repeats its name.
    esbuildOptions(options) {
      options.chunkNames = "[hash]";
    },
    noExternal: ["zod"],
    esbuildPlugins: [
      textFiles,
      firstUsesFollowIndex,
      listsAtFirstCall,
      zodAtFirstCall,
      withoutCopiesOfApp,
    ],
    plugins: [asCommonJs],
  },
  lists,
  // Without declarations, `--no-dts` would have this write the same files a second time.
  ...(process.argv.includes("--no-dts") ? [] : [declarations, pluginDeclarations]),
]);
