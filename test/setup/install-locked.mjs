// Installs the folder of test/ it is given as its lock file says, unless that has been done.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(`../${process.argv[2]}/`, import.meta.url));
const lock = readFileSync(`${folder}package-lock.json`, "utf8");
const stamp = `${folder}node_modules/.installed-lock.json`;

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  execFileSync("npm", ["ci"], { cwd: folder, stdio: "inherit" });
  writeFileSync(stamp, lock);
}
