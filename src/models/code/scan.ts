import { builtinModules } from "node:module";

/** An import by name in a file of code. */
export interface ScannedImport {
  /** The module specifier: `@langchain/core/prompts`. */
  readonly specifier: string;
  /** The names that are imported: `ChatOpenAI`. */
  readonly names: readonly string[];
}

const COMMENT_OR_TEXT =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

const FROM = /\b(?:import|export)\s+(?!type\b)([\w$*{}\s,]*?)\s*\bfrom\s*(["'])([^"'\n]+)\2/g;
const BARE_IMPORT = /\bimport\s*\(?\s*(["'`])([^"'`\n]+)\1/g;
const REQUIRE = /(?:\{([\w$\s,:]*)\}\s*=\s*)?\brequire\s*\(\s*(["'`])([^"'`\n]+)\2\s*\)/g;

const ENV_MEMBER = /\bprocess\s*\.\s*env\s*(?:\?\.|\.)\s*([A-Za-z_]\w*)/g;
const ENV_ELEMENT = /\bprocess\s*\.\s*env\s*(?:\?\.)?\s*\[\s*["'`]([A-Za-z_]\w*)["'`]\s*\]/g;
const ENV_PARTS = /\{([^{}]*)\}\s*=\s*(?:globalThis\s*\.\s*)?process\s*\.\s*env\b/g;
/** The imported object `env`, whose properties are read or destructured. */
const ENV = /(?<![\w$.])env\b(?=\s*[.?[;\n])/g;
const IMPORTED_ENV = /\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*["'](?:node:)?process["']/;

/** Variables that every process has, which are not settings of a model. */
const COMMON_VARIABLES = new Set(["NODE_ENV", "PATH", "HOME", "PWD", "TMPDIR"]);

/** Finds the imports from packages in code, without types and Node's own modules. A string that looks like an import is included. */
export function scanImports(code: string): ScannedImport[] {
  const text = withoutComments(code);
  const found = [
    ...[...text.matchAll(FROM)].map(([, clause = "", , specifier = ""]) => ({
      specifier,
      names: namesOf(clause),
    })),
    ...[...text.matchAll(BARE_IMPORT)].map(([, , specifier = ""]) => ({ specifier, names: [] })),
    ...[...text.matchAll(REQUIRE)].map(([, clause = "", , specifier = ""]) => ({
      specifier,
      names: namesOf(clause),
    })),
  ];
  return found.filter(({ specifier }) => packageOf(specifier) !== undefined);
}

/** The package that a specifier belongs to. Undefined for paths and for Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (!/^(@[\w.~-]+\/)?[a-z0-9_~][\w.~-]*(\/|$)/i.test(specifier)) return undefined;
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return undefined;
  const [first = "", second = ""] = specifier.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

/** The names of the environment variables that code reads. */
export function scanVariables(code: string): string[] {
  const plain = withoutComments(code);
  const text = IMPORTED_ENV.test(plain) ? plain.replace(ENV, "process.env") : plain;
  const names = [
    ...[...text.matchAll(ENV_MEMBER), ...text.matchAll(ENV_ELEMENT)].map(([, name = ""]) => name),
    ...[...text.matchAll(ENV_PARTS)].flatMap(([, parts = ""]) => namesOf(parts)),
  ];
  return [...new Set(names)].filter((name) => !COMMON_VARIABLES.has(name)).sort();
}

/** The names in `{ A, B: b, C as c, D = 1 }` before a colon or `as`, and the name of a default import. */
function namesOf(clause: string): string[] {
  return clause
    .replace(/[{}]/g, ",")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => !part.startsWith("type "))
    .map((part) => /^["']?([A-Za-z_$][\w$]*)/.exec(part)?.[1] ?? "")
    .filter((name) => name !== "");
}

/** Replaces comments by spaces. */
export function withoutComments(code: string): string {
  return code.replace(COMMENT_OR_TEXT, (match) => (/^\/[/*]/.test(match) ? " " : match));
}
