import { hostname } from "node:os";
import { basename } from "node:path";

/** This process, in words for the line of another process that cannot send what this one has left. */
export const THIS_PROCESS = `${basename(process.argv[1] ?? "node")} (process ${process.pid} on ${hostname()})`;
