// Installs into .cache/other-programs what the package must work with: other versions of Node.js, tsx,
// import-in-the-middle. Does nothing where that is done.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../.cache/other-programs/", import.meta.url));
const packages = {
  node22: "npm:node@22",
  node24: "npm:node@24",
  node26: "npm:node@26",
  "import-in-the-middle": "3",
  tsx: "4",
};
const stamp = `${folder}installed.json`;
const wanted = JSON.stringify({ private: true, dependencies: packages });

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}package.json`, wanted);
  const flags = ["--no-audit", "--no-fund", "--prefer-offline"];
  execFileSync("npm", ["install", ...flags], { cwd: folder, stdio: "inherit" });
  writeFileSync(stamp, wanted);
}
