import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../.cache/other-programs/", import.meta.url));

/** What the package has to get along with, beside what the checkout has installed. */
const PACKAGES = ["node22@npm:node@22", "node24@npm:node@24", "import-in-the-middle@3", "tsx@4"];

install();

/** Node versions to run apps on: that of the tests, and the others where they can be had. */
export const nodeVersions = [
  { version: process.versions.node, node: process.execPath, isOurs: true },
  ...["22", "24"].flatMap((version) => {
    const node = join(folder, `node_modules/node${version}/bin/node`);
    const isOther = !process.versions.node.startsWith(`${version}.`);
    return isOther && existsSync(node) ? [{ version, node, isOurs: false }] : [];
  }),
];

/** The file of a package that may be missing. */
export function otherPackage(file: string): string | undefined {
  const path = join(folder, "node_modules", file);
  return existsSync(path) ? path : undefined;
}

/** Once, and for what is not there: without the network the tests that need it are skipped. */
function install(): void {
  const stamp = join(folder, "installed.json");
  if (existsSync(stamp)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  try {
    const flags = ["--no-audit", "--no-fund", "--prefer-offline"];
    execFileSync("npm", ["install", ...flags, ...PACKAGES], {
      cwd: folder,
      stdio: "ignore",
      timeout: 240_000,
    });
    writeFileSync(stamp, JSON.stringify(PACKAGES));
  } catch {
    console.log(
      "Node 22, Node 24, tsx and import-in-the-middle cannot be had: not tested with them",
    );
  }
}
