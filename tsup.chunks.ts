import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import { minify } from "terser";
import type { Options } from "tsup";

export type Plugin = NonNullable<Options["plugins"]>[number];
export type ChunkInfo = Parameters<NonNullable<Plugin["renderChunk"]>>[1];
type ChunkMap = NonNullable<ChunkInfo["map"]>;

/** Bundlers warn about imports without names. No chunk has side effects. */
export function withoutEmptyImports(code: string): string {
  return code.replace(/^import "\.\/[^"]*";$/gm, "");
}

/** The comments that bundlers read, and licences. Bundlers also read annotations of calls without side effects. */
const COMMENTS = /^!|@license|@preserve|webpackIgnore|turbopackIgnore|@vite-ignore/;

/**
 * Shortens names that no stack trace shows. Functions and classes keep theirs, and lines are short: a stack trace names
 * the function and the place.
 */
export async function shorten(
  code: string,
  info: ChunkInfo,
  map: string,
): Promise<{ code: string }> {
  const isModule = info.path.endsWith(".js");
  const short = await minify(code, {
    module: isModule,
    toplevel: true,
    compress: { passes: 2, ecma: 2020, keep_fnames: true, keep_classnames: true },
    mangle: { keep_fnames: true, keep_classnames: true, reserved: namesOfFunctions(code) },
    // Node.js finds the names that an ES module imports only in the short form `{ name }` of the list of exports.
    format: { comments: COMMENTS, preserve_annotations: isModule, max_line_len: 250, ecma: 2020 },
    sourceMap: { content: map, includeSources: isModule },
  });
  // esbuild writes it for an import of a name that the module does not export.
  if (code.includes("(void 0)(")) {
    throw new Error(`${info.path} calls a function that a module does not export`);
  }
  if (short.code === undefined) {
    throw new Error(`terser returned no code for ${info.path}`);
  }
  // Not returned: tsup would combine it with the first map, which terser has done.
  info.map = withLinesOnly(String(short.map));
  return { code: short.code };
}

/** A function or class that is the value of a variable has the name of the variable. */
function namesOfFunctions(code: string): string[] {
  const variable = /\b(\w+) = (?:async\b|function\b|class\b|\(.*\) =>|\w+ =>)/g;
  const topLevel = code.split("\n").filter((line) => /^\S/.test(line));
  return topLevel.flatMap((line) => Array.from(line.matchAll(variable), ([, name = ""]) => name));
}

/**
 * Keeps the segments at which the source line changes, a third of all. A stack trace then has the right line, and the
 * column at which that line starts. Functions keep their names in the code.
 */
function withLinesOnly(json: string): string {
  const map = JSON.parse(json);
  const lines = decode(map.mappings).map((segments) => {
    let last = "";
    return segments.flatMap((segment): SourceMapSegment[] => {
      if (segment.length === 1) return [];
      const [column, source, line, sourceColumn] = segment;
      const place = `${source}:${line}`;
      if (place === last) return [];
      last = place;
      return [[column, source, line, sourceColumn]];
    });
  });
  return JSON.stringify({ ...map, names: [], mappings: encode(lines) });
}

/** A debugger shows the sources of a map. Their comments, a fifth of the text, become empty lines. */
export function withoutComments(json: ChunkMap): string {
  const map = typeof json === "string" ? JSON.parse(json) : json;
  const comment = /^[ \t]*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)/gm;
  const texts: (string | null)[] = map.sourcesContent ?? [];
  const sourcesContent = texts.map(
    (text) => text?.replace(comment, (lines) => lines.replace(/[^\n]/g, "")) ?? null,
  );
  return JSON.stringify({ ...map, sourcesContent });
}

const BRACES = String.raw`\{([^}]*)\}`;
const IMPORT = new RegExp(
  `^import ${BRACES} from ("(?:node:[^"]*|\\./[A-Z\\d]{8}\\.cjs)");$`,
  "gm",
);
const EXPORTS = new RegExp(`^export ${BRACES};$`, "gm");

/**
 * Changes the imports and exports of chunks to `require` and `module.exports`. What esbuild makes of them is longer, since
 * its imports see later changes of a variable. Chunks do not import each other in circles, and export no variable that
 * changes. As ES modules do, they keep the functions of Node.js that a test of the app replaces later.
 * Lines stay where they are, for the source map.
 */
export function requireChunks(code: string, isEntry: boolean): string {
  const required = requireOnce(withoutEmptyImports(code));
  if (isEntry) return required;
  return required.replace(EXPORTS, (_, names) => {
    const fields = names.replace(/(\w+) as (\w+)/g, "$2: $1");
    return `module.exports = {${fields}};`;
  });
}

/** Requires each module once, although several source files of the chunk import it. */
function requireOnce(code: string): string {
  const namesOf = new Map<string, string[]>();
  for (const [, names = "", module = ""] of code.matchAll(IMPORT)) {
    const list = names.replaceAll(" as ", ": ").replaceAll("\n", " ");
    namesOf.set(module, [...(namesOf.get(module) ?? []), list]);
  }
  return code.replace(IMPORT, (statement, _, module) => {
    const lines = statement.replace(/[^\n]/g, "");
    const names = namesOf.get(module);
    namesOf.delete(module);
    return names ? `const {${names}} = require(${module});${lines}` : lines;
  });
}
