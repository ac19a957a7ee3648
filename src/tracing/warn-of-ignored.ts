import { warnOnce } from "../base/log.js";
import { show } from "../base/show.js";
import { nearestName } from "../settings/nearest-name.js";

const END_OPTIONS = ["outputs", "attributes", "status", "endTimeNs"];

/** Logs a warning, once per method: methods of a span never throw, and a mistake must not stay silent. */
export function warnOfIgnored(method: string, takes: string, value: unknown): void {
  warnOnce(
    `span ${method}`,
    `${method} of a span ${takes}. This value is ignored: ${show(value)}.`,
  );
}

/** Logs a warning if `end()` of a span received something else than its options. */
export function warnOfEndOptions(options: unknown): void {
  if (typeof options !== "object" || options === null) {
    warnOfIgnored("end()", "takes an object of options, such as { outputs }", options);
    return;
  }
  const wrong = Object.keys(options).find((name) => !END_OPTIONS.includes(name));
  if (wrong === undefined) return;
  const meant = nearestName(wrong, END_OPTIONS);
  const hint = meant === undefined ? "" : ` Did you mean \`${meant}\`?`;
  warnOnce(
    `span end() ${wrong}`,
    `end() of a span has no option \`${wrong}\`, which is ignored.${hint} Its options are ${END_OPTIONS.join(", ")}.`,
  );
}
