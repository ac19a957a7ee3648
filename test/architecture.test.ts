import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** Who may import whom: a place imports from itself and from places of earlier rows, never from its neighbours in a row. */
const ORDER = [
  ["base"],
  ["data"],
  ["trace"],
  ["settings"],
  ["store"],
  ["delivery"],
  ["context"],
  ["recording"],
  ["langchain", "runs", "tracing"],
  ["models"],
  ["serving"],
  ["autolog", "client"],
  ["callback-handler", "tracer"],
  ["scorers", "datasets", "prompts"],
  ["judges"],
  ["evaluation"],
  ["genai"],
  ["index"],
  ["register", "cli", "integrations", "python-process"],
];

/** The places that may import a dependency: files, or folders. */
const DOORS: Record<string, string | readonly string[]> = {
  undici: "store/rest/agent.ts",
  ini: "store/rest/auth.ts",
  progress: ["cli/", "runs/artifacts/progress.ts"],
  zod: ["settings/", "data/zod-schema.ts"],
  shimmer: "langchain/patch/wrap.ts",
  "require-in-the-middle": "langchain/patch/copies.ts",
};

/** What the build takes into `dist`, and where it may be imported: it is not installed with the package. */
const BUNDLED: Record<string, string | readonly string[]> = {
  hyphen: "callback-handler/text-metrics/word-lists.ts",
  "dale-chall": "callback-handler/text-metrics/word-lists.ts",
  "get-east-asian-width": "cli/width.ts",
  "p-limit": "evaluation/limit.ts",
  "js-yaml": "store/yaml.ts",
};

/** Optional peers: only an app that has one of them imports the file. */
const OPTIONAL_PEERS: Record<string, string> = { vitest: "integrations/vitest.ts" };

const LONGEST_FILE_LINES = 250;

interface Source {
  readonly file: string;
  readonly text: string;
  /** Module specifiers of `import`, `export … from`, `import()` and `require()`. */
  readonly imports: readonly string[];
}

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file): Source => {
    const text = readFileSync(join("src", file), "utf8");
    const { importedFiles } = ts.preProcessFile(text, true, true);
    return { file, text, imports: importedFiles.map(({ fileName }) => fileName) };
  });

describe("the import order", () => {
  test.each(sources)("$file imports only from earlier places", ({ file, imports }) => {
    for (const target of imports.filter((path) => path.startsWith("."))) {
      const to = relative("src", join("src", dirname(file), target));
      expect(mayImport(place(file), place(to)), `${file} → ${to}`).toBe(true);
      expect(target, "relative imports end in .js, those of texts in ?raw").toMatch(
        /\.js$|\.(py|mjs)\?raw$/,
      );
    }
  });

  test("the two stores do not import one another", () => {
    const crossing = sources.filter(
      ({ file, imports }) =>
        (file.startsWith("store/rest/") && imports.some((path) => path.includes("../file/"))) ||
        (file.startsWith("store/file/") && imports.some((path) => path.includes("../rest/"))),
    );
    expect(crossing.map(({ file }) => file)).toEqual([]);
  });

  test("an import against the order, or to a neighbour, is refused", () => {
    expect(mayImport("trace", "delivery")).toBe(false);
    expect(mayImport("langchain", "runs")).toBe(false);
    expect(mayImport("trace", "nowhere")).toBe(false);
    expect(mayImport("delivery", "trace")).toBe(true);
    expect(mayImport("trace", "trace")).toBe(true);
  });
});

describe("import circles", () => {
  test("no source files import one another in a circle, by values or types", () => {
    const graph = new Map(sources.map(({ file, imports }) => [file, targetsOf(file, imports)]));
    const circles = circlesOf(graph);
    expect(circles).toEqual([]);
  });

  test("a circle is found, and a file that two others import is not one", () => {
    const graph = { a: ["b", "d"], b: ["c"], c: ["b", "a", "d"], d: [], e: ["d", "a"] };
    expect(circlesOf(new Map(Object.entries(graph)))).toEqual([["a", "b", "c"]]);
  });
});

test("no run, call, span, store, pipeline or destination is cast to its type", () => {
  const casts = sources.flatMap((source) =>
    castsOfOwnObjects(source).map((cast) => `${source.file}: ${cast}`),
  );
  expect(casts).toEqual([]);
});

describe("dependencies", () => {
  test.each(Object.entries({ ...DOORS, ...BUNDLED, ...OPTIONAL_PEERS }))(
    "%s is imported in src/%s only",
    (dependency, door) => {
      const doors = [door].flat();
      const importers = importersOf(dependency);
      const elsewhere = importers.filter((file) => !doors.some((one) => file.startsWith(one)));
      expect(elsewhere).toEqual([]);
    },
  );

  test("every dependency of the package has its door", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(Object.keys(dependencies).sort()).toEqual(Object.keys(DOORS).sort());
    expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(Object.keys(BUNDLED)));
  });

  test("only @langchain/core, Node and the dependencies are imported by name", () => {
    const known = /^(node:|@langchain\/core(\/|$))/;
    const isDeclared = (name: string) =>
      packageName(name) in { ...DOORS, ...BUNDLED, ...OPTIONAL_PEERS };
    const self = (file: string) => /^(register|cli)(\.ts|\/)/.test(file);
    const unknown = sources.flatMap(({ file, imports }) =>
      imports
        .filter((name) => !(name.startsWith(".") || known.test(name) || isDeclared(name)))
        .filter((name) => !(name === "langchain-mlflow" && self(file)))
        .map((name) => `${file} → ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test("undici is loaded lazily", () => {
    const eager = /^import (?!type\b)[^;]*from "undici"/m;
    expect(sources.filter(({ text }) => eager.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

test.each(sources)(`$file has at most ${LONGEST_FILE_LINES} lines`, ({ text }) => {
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(LONGEST_FILE_LINES);
});

test("process.env is read in src/settings and by the two entry files only", () => {
  const readers = sources.filter((source) => mentions(source, /^process\.env$/));
  const elsewhere = readers.filter(
    ({ file }) => !/^(settings\/|register\.ts$|cli\.ts$)/.test(file),
  );
  expect(readers.length).toBeGreaterThan(0);
  expect(elsewhere.map(({ file }) => file)).toEqual([]);
});

test("console is used in src/cli only", () => {
  const printers = sources.filter((source) => mentions(source, /^console\./));
  expect(printers.map(({ file }) => file).filter((file) => !/^cli(\.ts|\/)/.test(file))).toEqual(
    [],
  );
});

/** The first segment of a path under src: `store/rest/http.ts` and `store.ts` are both in `store`. */
function place(file: string): string {
  return (file.split("/")[0] ?? "").replace(/\.(ts|js)$/, "");
}

function mayImport(from: string, to: string): boolean {
  const row = (name: string) => ORDER.findIndex((places) => places.includes(name));
  return row(to) >= 0 && (from === to || row(to) < row(from));
}

function importersOf(dependency: string): string[] {
  const importers = sources.filter(({ imports }) => imports.map(packageName).includes(dependency));
  return importers.map(({ file }) => file);
}

function packageName(specifier: string): string {
  const [scope = "", name] = specifier.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

/** Whether the code, not a comment or a string, has a property access like `process.env`. */
function mentions({ file, text }: Source, access: RegExp): boolean {
  const visit = (node: ts.Node): boolean =>
    (ts.isPropertyAccessExpression(node) && access.test(node.getText(tree))) ||
    ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return visit(tree);
}

/** The files that a file imports, as paths under src. */
function targetsOf(file: string, imports: readonly string[]): string[] {
  const relatives = imports.filter((path) => path.startsWith("."));
  return relatives.map((path) => join(dirname(file), path).replace(/\.js$/, ".ts"));
}

/** Each set of files that reach one another by imports: the strongly connected components, by Tarjan's algorithm. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const path: string[] = [];
  const numbers = new Map<string, number>();
  const visit = (file: string): number => {
    const number = numbers.size;
    numbers.set(file, number);
    path.push(file);
    let lowest = number;
    for (const target of graph.get(file) ?? []) {
      if (!numbers.has(target)) lowest = Math.min(lowest, visit(target));
      else if (path.includes(target)) lowest = Math.min(lowest, numbers.get(target) ?? number);
    }
    if (lowest === number) {
      const circle = path.splice(path.indexOf(file));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return lowest;
  };
  for (const file of graph.keys()) if (!numbers.has(file)) visit(file);
  return circles;
}

/** Our own objects: their fields and functions declare the type, so that no reader has to assert it. */
const OWN_OBJECT = "(destination|run|call|span|store|pipeline|(currentRun|runToLogTo)\\(\\))";

function castsOfOwnObjects({ file, text }: Source): string[] {
  // Parsing takes time, and few files have such a cast.
  if (!new RegExp(`\\b${OWN_OBJECT}\\)? as `).test(text)) return [];
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const isOwnObject = new RegExp(`(^|\\.)${OWN_OBJECT}$`);
  const casts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isAsExpression(node) && isOwnObject.test(node.expression.getText())) {
      casts.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return casts;
}
