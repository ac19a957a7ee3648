import { join } from "node:path";
import { parseExactJson } from "../../data/exact-json.js";
import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../../data/plain.js";
import { TraceState, TraceTagKey, type TraceToLog } from "../../trace/trace.js";
import * as layout from "./layout.js";
import { readNames, readText, type Steps } from "./steps.js";
import { traceToFiles } from "./trace-files.js";
import { type FileToWrite, placeNew, placeOrReplace } from "./write-atomically.js";

// Several processes write the spans of one trace, in any order and at the same time. Each adds a file of its own, which does not
// change any more, and then writes the file that MLflow reads from all of these files. If another one was added meanwhile, it
// does so once more: whichever process is last has seen all of them.

const PARTS_FOLDER = "parts";

/** Writes the spans that this process has of a trace. Those of other processes stay. */
export function* writeSharedTrace(
  { incoming }: Pick<layout.Layout, "incoming">,
  experimentId: string,
  folder: string,
  trace: TraceToLog,
): Steps<void> {
  const isPart = trace.share === "part";
  const files = traceToFiles(isPart ? unfinished(trace) : trace, experimentId, folder);
  const text = String(files.find(({ path }) => path === layout.SPANS_FILE)?.text);
  const name = isPart ? (trace.data.spans[0]?.spanId ?? "empty") : "root";
  const own = { path: `${PARTS_FOLDER}/${name}.json`, text };
  if (yield* placeNew(incoming, folder, [own, ...files])) return;
  const others = files.filter(({ path }) =>
    isPart ? isAddedByPart(path) : path !== layout.SPANS_FILE,
  );
  yield* placeOrReplace(incoming, folder, [own, ...others]);
  yield* combine(incoming, folder);
}

/** Until the process with the root has written its fields. */
function unfinished(trace: TraceToLog): TraceToLog {
  return { ...trace, info: { ...trace.info, state: TraceState.IN_PROGRESS } };
}

/** A part adds its attachments, tags and assessments. */
function isAddedByPart(path: string): boolean {
  const isName = path === `${layout.TAGS_FOLDER}/${TraceTagKey.NAME}`;
  return (
    path.startsWith(`${layout.ASSESSMENTS_FOLDER}/`) ||
    (path.startsWith(`${layout.TAGS_FOLDER}/`) && !isName) ||
    (path.startsWith(`${layout.ARTIFACTS_FOLDER}/`) && path !== layout.SPANS_FILE)
  );
}

function* combine(incoming: string, folder: string): Steps<void> {
  const parts = join(folder, PARTS_FOLDER);
  let names = yield* readNames(parts);
  for (;;) {
    const texts = [yield* readText(join(folder, layout.SPANS_FILE))];
    for (const name of names) texts.push(yield* readText(join(parts, name)));
    const combined: FileToWrite = { path: layout.SPANS_FILE, text: combineSpans(texts) };
    yield* placeOrReplace(incoming, folder, [combined]);
    const now = yield* readNames(parts);
    if (now.every((name) => names.includes(name))) return;
    names = now;
  }
}

function combineSpans(texts: readonly (string | undefined)[]): string {
  const byId = new Map<Plain | undefined, PlainObject>();
  for (const text of texts) {
    for (const span of spansIn(text)) byId.set(span.span_id, span);
  }
  const spans = [...byId.values()].sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
  return `{"spans":[${spans.map((span) => toJson(span)).join(",")}]}`;
}

function spansIn(text: string | undefined): readonly PlainObject[] {
  if (text === undefined) return [];
  const parsed = parseExactJson(text);
  const spans = isPlainObject(parsed) ? parsed.spans : undefined;
  return isPlainArray(spans) ? spans.filter(isPlainObject) : [];
}

function startOf({ start_time_unix_nano: start }: PlainObject): bigint {
  return typeof start === "bigint" || typeof start === "number" ? BigInt(start) : 0n;
}
