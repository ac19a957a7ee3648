// `npm run test:apps [-- part of a kind's name …]`: sets up the apps of kinds.mjs as their owners have them, runs them
// with the packed package, and writes what became of their traces to results.json, which docs/frameworks.md shows.
import "./without-settings.mjs";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installGroup, packPackage } from "./install.mjs";
import { kinds } from "./kinds.mjs";
import { runWay } from "./run-way.mjs";

const file = join(import.meta.dirname, "results.json");
const names = process.argv.slice(2);
const matches = (kind, name) =>
  kinds.some((one) => one.kind === name) ? kind === name : kind.includes(name);
const chosen = kinds.filter(
  ({ kind }) => names.length === 0 || names.some((name) => matches(kind, name)),
);
const before = new Map(JSON.parse(readFileSync(file, "utf8")).map((row) => [row.kind, row]));

const tarball = packPackage();
for (const group of new Set(["shared", ...chosen.map(({ group = "shared" }) => group)])) {
  console.log(`install ${group}`);
  installGroup(group, tarball);
}
for (const kind of chosen) {
  const row = { kind: kind.kind };
  for (const way of ["code", "preload"]) {
    row[way] = await runWay(kind, way);
    console.log(`${row[way].padEnd(8)} ${kind.kind}, ${way}`);
  }
  before.set(kind.kind, row);
  const rows = kinds.flatMap((one) => before.get(one.kind) ?? []);
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
}

const wrong = chosen.filter(({ kind }) => isWrong(before.get(kind)));
console.log(`${chosen.length} kinds ran. Neither traced nor a message: ${wrong.length}`);
for (const { kind } of wrong) console.log(`  ${kind}`);
process.exitCode = wrong.length > 0 ? 1 : 0;

function isWrong({ code, preload }) {
  return [code, preload].some((result) => /(^|\| )(nothing$|nothing \||failed: )/.test(result));
}
