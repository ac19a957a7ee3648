import { messageOf } from "../../base/errors.js";
import { warnOnce } from "../../base/log.js";
import { warnInOutage } from "../../base/outages.js";
import { codeOf } from "./spool-files.js";

/** Logs that a file of the spool cannot be read. */
export function reportUnreadable(cause: unknown): void {
  warnOnce(
    `spool file ${codeOf(cause)}`,
    `a file of the spool cannot be read: ${messageOf(cause)}. Its traces stay there.`,
  );
}

/** Logs that the spool cannot be written. It may work again, for example when the disk has room. */
export function reportUnwritable(root: string, cause: unknown): void {
  warnInOutage(
    root,
    `spool ${codeOf(cause)}`,
    `traces that a server does not take cannot be written to ${root}: ${messageOf(cause)}. They are kept in memory only. Set spoolDirectory to a folder that can be written, or durability to "memory".`,
  );
}
