import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../.cache/other-programs/", import.meta.url));

/** `npm run test:all` asks for 22 too. */
const others = (process.env.TEST_NODE_VERSIONS ?? "24,26").split(",");

/** Node.js versions to run apps on: the version that runs the tests, and the others that are installed. */
export const nodeVersions = [
  { version: process.versions.node, node: process.execPath, isOurs: true },
  ...others.flatMap((version) => {
    const node = join(folder, `node_modules/node${version}/bin/node`);
    const isOther = !process.versions.node.startsWith(`${version}.`);
    return isOther && existsSync(node) ? [{ version, node, isOurs: false }] : [];
  }),
];

/** The file of an installed package, or undefined where `install-other-programs.mjs` did not run. */
export function otherPackage(file: string): string | undefined {
  const path = join(folder, "node_modules", file);
  return existsSync(path) ? path : undefined;
}
