import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { MlflowException, messageOf } from "../../base/errors.js";
import { findEsbuild, META_FIELDS, ownFiles, REQUIRE } from "./esbuild.js";
import { withoutComments } from "./scan.js";

export function isTypeScript(file: string): boolean {
  return /\.[mc]?ts$/.test(file);
}

/** Whether this version of Node strips types from TypeScript, as 22.18, 24 and later do. */
export function stripsTypes(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript);
}

/** Whether Node refused to run TypeScript for its syntax or its imports, before any of it ran. A compiler can help then. */
export function needsCompiler(cause: unknown): boolean {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return (
    code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" ||
    code === "ERR_UNKNOWN_FILE_EXTENSION" ||
    // In TypeScript `import "./tools.js"` and `import "./tools"` mean tools.ts. Node does not find the file.
    (code === "ERR_MODULE_NOT_FOUND" &&
      /(\.[mc]?js|[\\/][^\\/.]+)['"]? imported from .*\.[mc]?ts/.test(messageOf(cause))) ||
    // A package.json says that the file is CommonJS.
    (cause instanceof SyntaxError &&
      /^(Cannot use import statement|Unexpected token 'export')/.test(messageOf(cause)))
  );
}

const ESM = /^\s*(import\b(?!\s*(\(|.*=\s*require\b))|export\b(?!\s*=))/m;

/** Whether TypeScript code is an ES module, according to its syntax. */
export function hasModuleSyntax(code: string): boolean {
  return ESM.test(withoutComments(code));
}

const CODE_OF_TYPES = [
  /\b(enum|namespace|module)\s+[\w$.]+\s*\{/,
  // A field that is declared as a parameter.
  /\bconstructor\s*\([^)]*\b(public|private|protected|readonly)\s/,
  /^\s*@[A-Za-z_$]/m,
  /\bimport\s+[\w$]+\s*=/,
];
const PATH_OF_IMPORT = /\b(?:from|import)\s*\(?\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g;

/**
 * Whether TypeScript code seems to contain what no version of Node runs without a compiler: syntax that becomes code, and
 * imports by path without the extension of the file.
 */
export function usesCompiler(code: string): boolean {
  const text = withoutComments(code);
  const paths = [...text.matchAll(PATH_OF_IMPORT)].map(([, , path = ""]) => path);
  return (
    CODE_OF_TYPES.some((pattern) => pattern.test(text)) ||
    paths.some((path) => /(\.[mc]?js|[\\/][^\\/.]+)$/.test(path))
  );
}

/**
 * Compiles a TypeScript file and its imports by path to one JavaScript file beside it, and returns that file's path. The compiler
 * is the app's esbuild, or the esbuild of its tsx.
 *
 * @throws MlflowException INVALID_STATE when the app has neither.
 */
export async function compile(file: string, shownPath: string): Promise<string> {
  const esbuild = findEsbuild(dirname(file));
  if (!esbuild) throw noCompiler(shownPath);
  const build = async (format: "esm" | "cjs") => {
    const outfile = join(dirname(file), `model.compiled.${format === "esm" ? "mjs" : "cjs"}`);
    const { metafile } = await esbuild.build({
      ...{ entryPoints: [file], outfile, format, metafile: true, absWorkingDir: dirname(file) },
      ...{ bundle: true, packages: "external", platform: "node", logLevel: "silent" },
      ...{ target: `node${process.versions.node}`, sourcemap: "inline", define: META_FIELDS },
      ...(format === "esm" && { banner: { js: `${REQUIRE}\n${RESOLVE}` } }),
      plugins: [
        ownFiles(realpathSync(dirname(file)), { metaOf: (path) => metaOf(path, format === "esm") }),
      ],
    });
    return { outfile, metafile };
  };
  if (file.endsWith(".cts")) return (await build("cjs")).outfile;
  const { outfile, metafile } = await build("esm");
  const isCommonJs = Object.values(metafile?.inputs ?? {}).at(-1)?.format === "cjs";
  return isCommonJs ? (await build("cjs")).outfile : outfile;
}

/** A package is found from each file. A path is resolved by {@link metaOf}. */
const RESOLVE = "const $mlflowResolve = import.meta.resolve;";

function metaOf(filename: string, isModule: boolean): string {
  const url = pathToFileURL(filename).href;
  const fields = JSON.stringify({ url, filename, dirname: dirname(filename) }).slice(1, -1);
  const path = `new URL(name, ${JSON.stringify(url)}).href`;
  const resolve = `(name) => /^\\.{0,2}\\//.test(name) ? ${path} : $mlflowResolve(name)`;
  return isModule ? `{${fields},resolve:${resolve}}` : `{${fields}}`;
}

/** Whether this error says that a compiler is missing for this file. The fix depends on who loads the model. */
export function isMissingCompiler(cause: unknown, file: string): boolean {
  return messageOf(cause).startsWith(`${file} contains TypeScript that `);
}

function noCompiler(file: string): MlflowException {
  const version = `Node.js ${process.versions.node}`;
  return new MlflowException(
    `${file} contains TypeScript that ${version} does not run without a compiler. Install tsx or esbuild in your app: npm install tsx. Node.js 22.18 or newer runs files that use only type annotations without it.`,
    "INVALID_STATE",
  );
}
