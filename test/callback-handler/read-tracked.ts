import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { downloadArtifacts, getMetricHistory, getRun } from "../../src/index.js";

/** What a handler logged to a run, or Python's did. */
export interface Tracked {
  readonly status: string;
  /** The last value of each. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  /** What is in the JSON files of single events. */
  readonly records: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Of the HTML tables. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

export interface ReadTracked extends Tracked {
  text(file: string): string;
}

export async function readTracked(runId: string): Promise<ReadTracked> {
  const { info, data } = await getRun(runId);
  const root = await downloadArtifacts({ runId });
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, "/").length))
    .sort();
  const text = (file: string) => readFileSync(join(root, file), "utf8");
  const records = files.filter((file) =>
    /^(?!.*table_)[^/]*\.json$|^cb\/(?!table_).*\.json$/.test(file),
  );
  return {
    ...{ status: info.status, metrics: data.metrics, tags: data.tags, files, text },
    records: Object.fromEntries(records.map((file) => [file, JSON.parse(text(file))])),
    columns: Object.fromEntries(
      files
        .filter((file) => /table_\w+\.html$/.test(file))
        .map((file) => [file, columnsOf(text(file))]),
    ),
  };
}

function columnsOf(html: string): string[] {
  const [head = ""] = html.split("</thead>");
  return [...head.matchAll(/<th>([^<]+)<\/th>/g)].map(([, name = ""]) => name);
}

/** A metric as `[step, value]`. */
export async function historyOf(runId: string, key: string): Promise<[number, number][]> {
  const history = await getMetricHistory(runId, key);
  return history.map(({ step, value }) => [step, value]);
}
