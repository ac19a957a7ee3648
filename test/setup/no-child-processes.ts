// Unit tests start no process: they run without a build, and within seconds.
import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

const refuse = (name: string) => () => {
  throw new Error(
    `child_process.${name}() was called in a unit test. Move the test to test/process.`,
  );
};
for (const name of ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"]) {
  Object.assign(childProcess, { [name]: refuse(name) });
}
syncBuiltinESMExports();
