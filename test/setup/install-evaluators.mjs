// Installs into .cache/evaluators the libraries of evaluators that evaluate() accepts unchanged. Does nothing where that is
// done.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../.cache/evaluators/", import.meta.url));
const packages = {
  "@arizeai/phoenix-evals": "2.5.0",
  "@langchain/core": "1.4.0",
  "@langchain/openai": "1.5.8",
  autoevals: "0.3.0",
  openevals: "0.2.2",
};
const stamp = `${folder}installed.json`;
const wanted = JSON.stringify({ private: true, dependencies: packages });

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}package.json`, wanted);
  const flags = ["--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"];
  execFileSync("npm", ["install", ...flags], { cwd: folder, stdio: "inherit" });
  writeFileSync(stamp, wanted);
}
