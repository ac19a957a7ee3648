import { writeFile } from "node:fs/promises";
import { builtinModules, createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import type { Options } from "tsup";

export type EsbuildPlugin = NonNullable<Options["esbuildPlugins"]>[number];

/**
 * CommonJS dependencies that require built-in modules of Node.js. A bundler that puts them into an ES module leaves these
 * `require()` calls, and the bundle throws. So `dist` has an ES module of each, which `imports` of package.json gives to
 * bundlers. Node.js loads the packages themselves.
 */
const DEPENDENCIES = ["undici", "require-in-the-middle"] as const;

/** A package of which `dist` has the part that is used. It is not installed with this package. */
const BUILT_IN = "js-yaml";

/** Imports the dependencies by their names in `imports` of package.json. */
export function nameForBundlers(code: string): string {
  const specifier = new RegExp(
    `(\\bfrom |\\bimport\\()"(${[...DEPENDENCIES, BUILT_IN].join("|")})"`,
    "g",
  );
  return code.replace(specifier, '$1"#$2"');
}

/** Gets built-in modules without `require()`. Throws, as `require()` does, if this version of Node.js lacks one. */
const getBuiltIns: EsbuildPlugin = {
  name: "get-built-ins",
  setup(build) {
    const filter = new RegExp(`^(node:.*|${builtinModules.join("|")})$`);
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: "built-in" }));
    build.onLoad({ filter: /.*/, namespace: "built-in" }, ({ path }) => ({
      contents: `
        module.exports = process.getBuiltinModule(${JSON.stringify(path)});
        if (!module.exports) throw new Error("Cannot find module '${path}'");`,
    }));
  },
};

/** The parts of undici that this package does not use. Each export is a class without members. */
const withoutUnusedParts: EsbuildPlugin = {
  name: "without-unused-parts",
  setup(build) {
    const unused =
      /undici[\\/]lib[\\/](mock|interceptor|cache|web[\\/](websocket|eventsource|cache|cookies|fetch[\\/]index))/;
    build.onLoad({ filter: unused }, () => ({
      contents: "module.exports = new Proxy(class {}, { get: () => class {} });",
    }));
    // The same parser for processors without SIMD instructions, which bundles do not support.
    build.onResolve({ filter: /llhttp-wasm/ }, ({ resolveDir }) => ({
      path: join(resolveDir, "../llhttp/llhttp_simd-wasm.js"),
    }));
  },
};

/** `debug` of require-in-the-middle. */
const withoutDebug: EsbuildPlugin = {
  name: "without-debug",
  setup(build) {
    build.onResolve({ filter: /^debug$/ }, () => ({ path: "debug", namespace: "no-debug" }));
    build.onLoad({ filter: /.*/, namespace: "no-debug" }, () => ({
      contents: "module.exports = () => Object.assign(() => {}, { enabled: false });",
    }));
  },
};

/** CommonJS has no static exports: lists them. */
function entryOf(dependency: string): string {
  const names = Object.keys(createRequire(import.meta.url)(dependency));
  const exports = names.filter((name) => /^[a-z]\w*$/i.test(name) && name !== "default");
  return `import all from "${dependency}"; export default all; export const { ${exports} } = all;`;
}

/** Writes an ES module of each dependency to `dist`, with the licences of what is in it. */
export async function writeDependencies(licences: string): Promise<void> {
  for (const dependency of DEPENDENCIES) {
    await build({
      stdin: { contents: entryOf(dependency), resolveDir: "." },
      outfile: `dist/bundled-${dependency}.js`,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      minify: true,
      legalComments: "none",
      banner: { js: `/*!\n${licences}\n*/` },
      plugins: [getBuiltIns, withoutUnusedParts, withoutDebug],
    });
  }
}

/** Writes a CommonJS module, which ES modules, CommonJS and bundlers load by its name in `imports` of package.json. */
export async function writeBuiltIn(licence: string): Promise<void> {
  await build({
    stdin: { contents: `export { dump, load } from "${BUILT_IN}";`, resolveDir: "." },
    outfile: `dist/bundled-${BUILT_IN}.cjs`,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minify: true,
    legalComments: "none",
    banner: { js: `/*!\n${licence}\n*/` },
  });
}

/**
 * The long word lists: a bundle contains them, and Node.js loads them with `require` at the first call of one of these
 * functions, which are synchronous.
 */
export async function writeWordLists(functions: readonly string[]): Promise<void> {
  const lines = functions.map(
    (name) => `export const ${name} = (...values) => load("./word-lists.cjs").${name}(...values);`,
  );
  const head = [
    `import { createRequire } from "node:module";`,
    "const load = /* @__PURE__ */ createRequire(import.meta.url);",
  ];
  await writeFile("dist/word-lists-at-first-call.js", [...head, ...lines, ""].join("\n"));
  const bundled = `export { ${functions.join(", ")} } from "./word-lists.cjs";\n`;
  await writeFile("dist/bundled-word-lists.js", bundled);
}
