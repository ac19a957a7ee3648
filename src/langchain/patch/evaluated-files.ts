import vm from "node:vm";

/** What test runners evaluate files with. `SourceTextModule` exists only with a flag of Node.js. */
const FUNCTIONS = ["compileFunction", "runInContext", "Script", "SourceTextModule"] as const;

interface Names {
  readonly filename?: unknown;
  readonly identifier?: unknown;
}

/**
 * Calls `onFile`, which must not throw, with the path or URL of each file that is evaluated with `node:vm` from now on.
 * A test runner that gives each test file modules of its own evaluates them in this way. Hooks for `require` and `import` do
 * not observe them.
 */
export function watchEvaluatedFiles(onFile: (file: string) => void): void {
  const functions = vm as unknown as Record<string, object | undefined>;
  for (const name of FUNCTIONS) {
    const original = functions[name];
    if (typeof original !== "function") continue;
    functions[name] = new Proxy(original, {
      apply(target, self, args) {
        report(args, onFile);
        return Reflect.apply(target, self, args);
      },
      construct(target, args, maker) {
        report(args, onFile);
        return Reflect.construct(target, args, maker);
      },
    });
  }
}

function report(args: readonly unknown[], onFile: (file: string) => void): void {
  // The options are last. Before them, `runInContext` takes an object and `compileFunction` an array.
  const options = args.at(-1);
  if (typeof options !== "object" || options === null) return;
  const { filename, identifier } = options as Names;
  const name = filename ?? identifier;
  if (typeof name === "string") onFile(name);
}
