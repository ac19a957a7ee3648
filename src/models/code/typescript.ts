import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { MlflowException, messageOf } from "../../base/errors.js";

/** As much of esbuild as is used. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{
    readonly metafile: {
      readonly inputs: Readonly<Record<string, { readonly format?: "esm" | "cjs" }>>;
    };
  }>;
}

export function isTypeScript(file: string): boolean {
  return /\.[mc]?ts$/.test(file);
}

/** Whether this Node runs TypeScript by leaving its types out: 22.18, 24 and later do. */
export function stripsTypes(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript);
}

/** What Node says of TypeScript that it cannot run before any of it has run: then a compiler may do better. */
export function needsCompiler(cause: unknown): boolean {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return (
    code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" ||
    code === "ERR_UNKNOWN_FILE_EXTENSION" ||
    // `import "./tools.js"` means tools.ts to TypeScript, and nothing to Node.
    (code === "ERR_MODULE_NOT_FOUND" &&
      /\.[mc]?js['"]? imported from .*\.[mc]?ts/.test(messageOf(cause)))
  );
}

/**
 * Compiles a TypeScript file, with what it imports by path, to JavaScript beside it, and gives that
 * file. The compiler is the app's own esbuild, or the one its tsx comes with.
 *
 * @throws MlflowException INVALID_STATE where the app has neither.
 */
export async function compile(file: string, shownPath: string): Promise<string> {
  const esbuild = esbuildSeenFrom(dirname(file));
  if (!esbuild) throw noCompiler(shownPath);
  const build = async (format: "esm" | "cjs") => {
    const outfile = join(dirname(file), `model.compiled.${format === "esm" ? "mjs" : "cjs"}`);
    const { metafile } = await esbuild.build({
      ...{ entryPoints: [file], outfile, format, metafile: true, absWorkingDir: dirname(file) },
      ...{ bundle: true, packages: "external", platform: "node", logLevel: "silent" },
      ...{ target: `node${process.versions.node}`, sourcemap: "inline" },
    });
    return { outfile, metafile };
  };
  if (file.endsWith(".cts")) return (await build("cjs")).outfile;
  const { outfile, metafile } = await build("esm");
  const isCommonJs = Object.values(metafile.inputs).at(-1)?.format === "cjs";
  return isCommonJs ? (await build("cjs")).outfile : outfile;
}

function esbuildSeenFrom(directory: string): Esbuild | undefined {
  const require = createRequire(join(directory, "model.js"));
  const load = (from: NodeJS.Require): Esbuild | undefined => {
    try {
      return from("esbuild");
    } catch {
      return undefined;
    }
  };
  try {
    return load(require) ?? load(createRequire(require.resolve("tsx/package.json")));
  } catch {
    return undefined;
  }
}

function noCompiler(file: string): MlflowException {
  const version = `Node.js ${process.versions.node}`;
  return new MlflowException(
    `${file} is TypeScript, or a kind of it, that ${version} does not run by itself. Install tsx or esbuild in your app (npm install tsx); plain types need none on Node.js 22.18 or newer.`,
    "INVALID_STATE",
  );
}
