import { warnOnce } from "../../base/log.js";
import type { LangChainFlavor } from "./ml-model.js";
import { findPackage } from "./packages.js";

interface Mismatch {
  readonly name: string;
  readonly logged: string;
  readonly found: string;
}

const PACKAGE_NAME = /^(@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*$/;

/**
 * The packages that are missing here, or installed in another version than the model was logged with. The names come from a
 * file of the model: one that no package can have, such as `../x`, is not looked up, and control characters are not printed.
 */
function findMismatches({ packages }: LangChainFlavor, importsFrom: readonly string[]): Mismatch[] {
  return Object.entries(packages ?? {}).flatMap(([name, version]) => {
    const isName = PACKAGE_NAME.test(name);
    const found = (isName && findPackage(name, importsFrom)?.version) || "not installed";
    const logged = printable(String(version));
    return found === logged ? [] : [{ name: printable(name), logged, found }];
  });
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}

/** Tells of them in one table, once a model. */
export function warnOfMismatches(
  flavor: LangChainFlavor,
  importsFrom: readonly string[],
  shown: string,
): void {
  const rows = findMismatches(flavor, importsFrom);
  if (rows.length === 0) return;
  const table = [{ name: "package", logged: "logged with", found: "here" }, ...rows];
  const width = (column: keyof Mismatch) => Math.max(...table.map((row) => row[column].length));
  const lines = table.map(
    ({ name, logged, found }) =>
      `  ${name.padEnd(width("name"))}  ${logged.padEnd(width("logged"))}  ${found}`,
  );
  warnOnce(
    `versions ${shown}`,
    `${shown} was logged with other versions than are installed here. To have the same: npm ci in its folder, or npm install of these.\n${lines.join("\n")}`,
  );
}
