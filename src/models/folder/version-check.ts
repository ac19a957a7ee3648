import { warnOnce } from "../../log.js";
import type { LangChainFlavor } from "./ml-model.js";
import { findPackage } from "./packages.js";

interface Mismatch {
  readonly name: string;
  readonly logged: string;
  readonly found: string;
}

/** What is installed here in another version than the model was logged with, or not at all. */
function findMismatches({ packages }: LangChainFlavor, importsFrom: readonly string[]): Mismatch[] {
  return Object.entries(packages ?? {}).flatMap(([name, logged]) => {
    const found = findPackage(name, importsFrom)?.version ?? "not installed";
    return found === logged ? [] : [{ name, logged, found }];
  });
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
