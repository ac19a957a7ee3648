import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Difference } from "../golden/compare.js";
import { ALLOWED_DIFFERENCES, type AllowedDifference } from "./allowed-differences.js";
import type { Tracked } from "./read-tracked.js";

/** What Python's MlflowCallbackHandler (langchain_community 0.3.31, MLflow 2.22) logged of the same program. */
export function goldenTracked(program: string): Tracked {
  return JSON.parse(readFileSync(new URL(`golden/${program}.json`, import.meta.url), "utf8"));
}

/** Name by name: files, fields of the JSON files, columns of the tables, metrics, tags. */
export function compareTracked(ours: Tracked, golden: Tracked): Difference[] {
  const files = compareNames("files", ours.files, golden.files);
  const shared = Object.keys(golden.records).filter((file) => file in ours.records);
  const records = shared.flatMap((file) =>
    compareFields(`records/${file}`, ours.records[file] ?? {}, golden.records[file] ?? {}),
  );
  const columns = Object.keys(golden.columns).flatMap((table) =>
    compareNames(`columns/${table}`, ours.columns[table] ?? [], golden.columns[table] ?? []),
  );
  return [
    ...files,
    ...records,
    ...columns,
    ...compareFields("metrics", ours.metrics, golden.metrics),
    ...compareFields("tags", ours.tags, golden.tags),
    ...compareFields("run", { status: ours.status }, { status: golden.status }),
  ];
}

function compareNames(
  path: string,
  ours: readonly string[],
  golden: readonly string[],
): Difference[] {
  const present = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, true]));
  return compareFields(path, present(ours), present(golden));
}

function compareFields(
  path: string,
  ours: Readonly<Record<string, unknown>>,
  golden: Readonly<Record<string, unknown>>,
): Difference[] {
  const names = new Set([...Object.keys(golden), ...Object.keys(ours)]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(ours[name], golden[name]))
    .map((name) => ({ path: `${path}/${name}`, ours: ours[name], golden: golden[name] }));
}

/** The differences that no entry of the list explains; `onUse` receives each entry that does. */
export function unexplained(
  differences: readonly Difference[],
  program: string,
  onUse: (entry: AllowedDifference) => void,
): string[] {
  const left = differences.filter((difference) => {
    const entry = ALLOWED_DIFFERENCES.find(
      ({ path, programs, when }) =>
        path.test(difference.path) &&
        (programs?.includes(program) ?? true) &&
        (when?.(difference) ?? true),
    );
    if (entry) onUse(entry);
    return entry === undefined;
  });
  return left.map(({ path, ours, golden }) =>
    [path, ours, golden].map((value) => JSON.stringify(value)?.slice(0, 100)).join(" | "),
  );
}
