import { realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { MlflowException, messageOf } from "../../base/errors.js";
import { bundledLine, CORE_FILE } from "../../langchain/patch/core-line.js";
import { coreVersionAt } from "../../langchain/patch/versions.js";
import { createCodeFolder } from "../code/app-modules.js";
import { restoreCode, type StoredCode } from "../code/code-layout.js";
import { findEsbuild, META, META_FIELDS, ownFiles, pathBelow, REQUIRE } from "../code/esbuild.js";
import { BUNDLE_FILE } from "./bundle.js";

export interface BundleParts {
  /** The code of a model from code. */
  readonly stored?: StoredCode;
  /** The packages that the data of a model from data needs. */
  readonly packages?: readonly string[];
  /** The directories that imports by name are resolved from. */
  readonly importsFrom: readonly string[];
  /** Whether the bundle is also the program that Python starts. */
  readonly pythonFunction: boolean;
}

/** The packages get the `import.meta` of the bundle. The URL of the model's code is set when it is loaded. */
const BANNER = `${REQUIRE}
import { dirname as $mlflowDirname } from "node:path";
import { fileURLToPath as $mlflowPath } from "node:url";
let $mlflowUrl;
const $mlflowMetaOf = (url, filename = $mlflowPath(url)) => ({
  url, filename, dirname: $mlflowDirname(filename),
  resolve: (name) => /^\\.{0,2}\\//.test(name) ? new URL(name, url).href : import.meta.resolve(name),
});
const ${META} = $mlflowMetaOf(import.meta.url);
`;

/**
 * Writes one file with the code of a model, its packages and this package. The app's esbuild makes it.
 *
 * @throws MlflowException INVALID_STATE when the app has no esbuild; INVALID_PARAMETER_VALUE when esbuild cannot bundle an import.
 */
export async function writeBundle(folder: string, parts: BundleParts): Promise<void> {
  const directory = realpathSync(createCodeFolder(parts.importsFrom));
  const file = parts.stored && (await restoreCode(folder, parts.stored, directory));
  const esbuild = findEsbuild(directory);
  if (!esbuild) {
    throw new MlflowException(
      "`bundle: true` needs esbuild, which is not installed in your app. Install it: npm install --save-dev esbuild",
      "INVALID_STATE",
    );
  }
  const contents = entryOf(parts, file && pathBelow(directory, file));
  const outfile = join(folder, BUNDLE_FILE);
  const result = await esbuild
    .build({
      ...{ stdin: { contents, resolveDir: directory, sourcefile: "entry.mjs" }, outfile },
      ...{ bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "silent" },
      // The names of classes are the names of spans.
      ...{ keepNames: true, minifySyntax: true, minifyWhitespace: true, lineLimit: 250 },
      ...{ sourcemap: "external", sourcesContent: false, write: false, absWorkingDir: directory },
      define: META_FIELDS,
      banner: { js: BANNER },
      plugins: [
        ownFiles(directory, {
          metaOf: (path) =>
            `$mlflowMetaOf(new URL(${JSON.stringify(urlBelow(directory, path))}, $mlflowUrl).href)`,
          // As the plugin for bundlers does: it makes core visible to autolog().
          lineFor: (path) => (CORE_FILE.test(path) ? bundledLine(coreVersionAt(path)) : ""),
        }),
      ],
    })
    .catch((cause: unknown) => {
      throw notBundled(directory, cause);
    });
  await writeFiles(outfile, result.outputFiles ?? [], directory);
}

/** A path may contain `#`, `?` and `%`, which mean something else in a URL. */
function urlBelow(directory: string, path: string): string {
  return pathBelow(directory, path).split("/").map(encodeURIComponent).join("/");
}

function entryOf({ packages = [], pythonFunction }: BundleParts, file: string | undefined): string {
  const imports = packages.map((name) => `${JSON.stringify(name)}: () => import("${name}")`);
  // Without a reference, esbuild would give the name to a variable of a model file.
  const lines = [`export const packages = { ${imports} };`, `export const url = ${META}.url;`];
  if (file !== undefined) {
    const run = `$mlflowUrl = url; return import(${JSON.stringify(`./${file}`)});`;
    lines.push(`export function runModelFile(url) { ${run} }`);
  }
  if (pythonFunction) {
    const bundle = file === undefined ? "{ packages }" : "{ packages, runModelFile }";
    lines.push(
      `import { startPythonProcess } from "langchain-mlflow/python-process";`,
      `export const start = (argument) => startPythonProcess(argument, ${bundle});`,
    );
  }
  return lines.join("\n");
}

interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** The source map is beside the bundle. */
async function writeFiles(outfile: string, files: readonly OutputFile[], directory: string) {
  for (const { path, text } of files) {
    if (path === outfile) await writeFile(path, `${text}//# sourceMappingURL=${BUNDLE_FILE}.map\n`);
    else {
      const map = JSON.parse(text);
      const paths: readonly string[] = map.sources;
      const sources = paths.map((source) =>
        shownPath(resolve(dirname(outfile), source), directory),
      );
      await writeFile(path, JSON.stringify({ ...map, sources }));
    }
  }
}

/** The path of a source in the stacks of errors: it does not show where the app is on this machine. */
function shownPath(path: string, directory: string): string {
  if (path.startsWith(directory + sep)) return pathBelow(directory, path);
  const parts = path.split(sep);
  // A linked package is not in a folder node_modules.
  const modules = parts.lastIndexOf("node_modules");
  return parts.slice(modules >= 0 ? modules : -2).join("/");
}

function notBundled(directory: string, cause: unknown): MlflowException {
  const message = messageOf(cause).replaceAll(directory, ".");
  return new MlflowException(
    `The model cannot be bundled: ${message}\nFiles of native code, and imports whose names are not literal, cannot be in a bundle. Log the model without \`bundle: true\`; then npm installs its packages where it is loaded.`,
    "INVALID_PARAMETER_VALUE",
    { cause },
  );
}
