// Packs what is in dist, without building again, to the path in the first argument.
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";

const target = process.argv[2];
mkdirSync(dirname(target), { recursive: true });
const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", dirname(target)];
const packed = JSON.parse(execFileSync("npm", args, { encoding: "utf8" }));
// npm 12 answers with an object keyed by package name, older ones with a list.
const [{ filename }] = Object.values(packed);
renameSync(join(dirname(target), filename), target);
