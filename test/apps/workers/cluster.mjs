import { fork } from "node:child_process";
import cluster from "node:cluster";

if (cluster.isPrimary) {
  fork(new URL("./child.mjs", import.meta.url), ["forked"]);
  cluster.setupPrimary({
    exec: new URL("./child.mjs", import.meta.url).pathname,
    args: ["cluster"],
  });
  cluster.fork();
}
