import { copyFile, rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { mlflowProgram } from "./python.js";

/** The database of a new server. To create it takes a server a second. */
const pathOf = (version: string) =>
  join(resolve(mlflowProgram("mlflow", version), "../.."), "empty.db");

/** Gives a server the database that another new server of this version has created. Returns whether there is one. */
export async function copyEmptyDatabase(version: string, path: string): Promise<boolean> {
  try {
    await copyFile(pathOf(version), path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw cause;
  }
}

/** Keeps the database of a server that has just started. */
export async function keepEmptyDatabase(version: string, path: string): Promise<void> {
  // Several test files start a server at the same time.
  const unfinished = `${pathOf(version)}.${process.pid}`;
  await copyFile(path, unfinished);
  await rename(unfinished, pathOf(version));
}
