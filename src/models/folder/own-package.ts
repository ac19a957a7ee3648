import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { warnOnce } from "../../base/log.js";
import { shared } from "../../base/process-state.js";
import type { InstalledPackage } from "./packages.js";
import { tarOf } from "./tar.js";

/** A package that is stored in the model, because no registry has it. */
export interface StoredPackage {
  /** The specifier in package.json: `file:packages/<name>-<version>.tgz`. */
  readonly specifier: string;
  /** As in a lock file. */
  readonly integrity: string;
}

/** Source maps and declarations are not needed to run the package. */
const NEEDED = /^(package\.json|LICENSE|dist\/(?!.*\.(map|d\.ts|d\.cts)$).*)$/;

/**
 * Stores this package in a model if it was installed from a file or a folder, so that it can be installed with the model.
 * Undefined for a package that comes from a registry.
 */
export async function storeOwnPackage(
  own: InstalledPackage | undefined,
  folder: string,
): Promise<StoredPackage | undefined> {
  if (!own || (await isPublished(own))) return undefined;
  const packed = await pack(own);
  if (!packed) return undefined;
  const file = `packages/${own.name}-${own.version}.tgz`;
  await mkdir(join(folder, dirname(file)), { recursive: true });
  await writeFile(join(folder, file), packed);
  const digest = createHash("sha512").update(packed).digest("base64");
  return { specifier: `file:${file}`, integrity: `sha512-${digest}` };
}

/** Whether the package manager has installed the package from a registry. Other package managers than npm write no list. */
async function isPublished({ name, directory }: InstalledPackage): Promise<boolean> {
  const path = await realpath(directory);
  // A link to a folder that is not installed, or a file in pnpm's folder.
  if (!path.includes(`${sep}node_modules${sep}`) || path.includes("@file+")) return false;
  const modules = path.slice(0, path.lastIndexOf(`${sep}node_modules${sep}`));
  const list = join(modules, "node_modules", ".package-lock.json");
  try {
    const { packages } = JSON.parse(await readFile(list, "utf8"));
    const resolved: unknown = packages?.[`node_modules/${name}`]?.resolved;
    return typeof resolved !== "string" || /^https?:/.test(resolved);
  } catch {
    return true;
  }
}

/** Packs the files once in a process: they are the same for every model. */
function pack({ name, directory }: InstalledPackage): Promise<Buffer | undefined> {
  const packed = shared("own package", () => new Map<string, Promise<Buffer | undefined>>());
  const known = packed.get(directory);
  if (known) return known;
  const work = packFiles(directory).catch((cause) => {
    packed.delete(directory);
    warnOnce(
      "own package",
      `${name} is not from a registry, and cannot be stored in a model: ${cause}. Python cannot load the model unless a registry has this version.`,
    );
    return undefined;
  });
  packed.set(directory, work);
  return work;
}

async function packFiles(directory: string): Promise<Buffer> {
  const dist = await readdir(join(directory, "dist"), { recursive: true });
  const names = ["package.json", "LICENSE", ...dist.map((name) => `dist/${name}`)].sort();
  const files = await Promise.all(
    names
      .map((name) => name.split(sep).join("/"))
      .filter((name) => NEEDED.test(name))
      .map(async (name) => ({
        name: `package/${name}`,
        content: await readFile(join(directory, name)),
      })),
  );
  return promisify(gzip)(tarOf(files));
}
