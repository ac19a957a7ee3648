import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = new URL("../.cache/bench/", import.meta.url);

/** Imports a TypeScript file of the tests, below the root of the repository. */
export async function importTypeScript(path) {
  mkdirSync(folder, { recursive: true });
  const outfile = fileURLToPath(new URL(`${path.replaceAll("/", "-")}-${process.pid}.mjs`, folder));
  await build({
    entryPoints: [fileURLToPath(new URL(`../${path}`, import.meta.url))],
    ...{ outfile, bundle: true, platform: "node", format: "esm", packages: "external" },
    // The files find `.cache` and fixtures from their own place.
    define: {
      "import.meta.url": JSON.stringify(new URL(`../${path}`, import.meta.url).href),
    },
  });
  const loaded = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  return loaded;
}
