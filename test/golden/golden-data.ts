import { readdirSync, readFileSync } from "node:fs";
import { parseExactJson } from "../../src/data/exact-json.js";
import { type CanonicalTrace, fromPython } from "./canonical.js";

const data = new URL("data/", import.meta.url);

/** The traces MLflow 3.17.2 for Python recorded of one program, in the order of time. */
export function goldenTraces(program: string): CanonicalTrace[] {
  const folder = new URL(`${program}/`, data);
  return readdirSync(folder)
    .toSorted()
    .map((file) => fromPython(parseExactJson(readFileSync(new URL(file, folder), "utf8"))));
}
