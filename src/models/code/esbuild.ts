import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";

/** The part of esbuild's API that is used here. */
export interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{
    /** With the option `metafile`. */
    readonly metafile?: {
      readonly inputs: Readonly<Record<string, { readonly format?: "esm" | "cjs" }>>;
    };
    /** With the option `write: false`. */
    readonly outputFiles?: readonly { readonly path: string; readonly text: string }[];
  }>;
}

/** The part of esbuild's plugins that is used here. */
export interface EsbuildPlugin {
  readonly name: string;
  setup(build: {
    onLoad(
      options: { readonly filter: RegExp },
      load: (file: {
        readonly path: string;
      }) => Promise<{ readonly contents: string; readonly loader: "default" } | undefined>,
    ): void;
  }): void;
}

/** Returns the esbuild that code in this folder imports, or the esbuild of its tsx. */
export function findEsbuild(directory: string): Esbuild | undefined {
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

/**
 * One output file has one `import.meta`. With these definitions and {@link ownFiles}, each file of a model has its own values, so
 * that it finds the files beside it.
 */
export const META = "$mlflowMeta";
export const META_FIELDS: Readonly<Record<string, string>> = {
  // Also for `const { filename } = import.meta`.
  "import.meta": META,
  ...{ __filename: `${META}.filename`, __dirname: `${META}.dirname` },
};

/** CommonJS in an ES module needs it. esbuild renames a `require` of the app. */
export const REQUIRE = `import { createRequire as $mlflowRequire } from "node:module";
const require = $mlflowRequire(import.meta.url);`;

/** How {@link ownFiles} changes the files that esbuild reads. */
interface FileChanges {
  /** The code of an object with the properties of the `import.meta` of a file in the directory. */
  metaOf(path: string): string;
  /** Code that is added at the end of a file of a package. */
  lineFor?(path: string): string;
}

/** A plugin that gives each file in a directory its own `import.meta`, on its first line. */
export function ownFiles(directory: string, { metaOf, lineFor }: FileChanges): EsbuildPlugin {
  return {
    name: "langchain-mlflow-files",
    setup(build) {
      build.onLoad({ filter: /\.[mc]?[jt]sx?$/ }, async ({ path }) => {
        const isOwn = path.startsWith(directory + sep);
        const line = isOwn ? "" : lineFor?.(path);
        if (!isOwn && !line) return undefined;
        const text = await readFile(path, "utf8");
        const own = isOwn ? `const ${META}=${metaOf(path)};` : "";
        return { contents: own + text.replace(/^#!/, "//") + line, loader: "default" };
      });
    },
  };
}

/** The path of a file in the directory, with forward slashes. */
export function pathBelow(directory: string, path: string): string {
  return relative(directory, path).split(sep).join("/");
}
