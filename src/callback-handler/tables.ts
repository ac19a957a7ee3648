import type { PlainObject } from "../data/plain.js";
import type { RunTarget } from "../delivery/destination.js";
import { putBytes } from "../runs/log-artifacts.js";
import { putTable } from "../runs/log-table.js";
import { toTable } from "../runs/table.js";
import { toHtmlTable } from "./html-tables.js";
import { type Exchange, toChatHtml } from "./session-analysis.js";

/** Python's HTML files, and the same tables as MLflow's own, which its UI shows. Each takes the place of an earlier one. */
export function putTables(
  run: RunTarget,
  records: readonly PlainObject[],
  exchanges: readonly Exchange[],
  pathOf: (name: string) => string,
): Promise<void>[] {
  const putBoth = (name: string, rows: readonly PlainObject[]) => [
    putHtml(run, pathOf(`table_${name}.html`), toHtmlTable(rows, toTable(rows).columns)),
    putTable(run, pathOf(`table_${name}.json`), rows),
  ];
  const actions = putBoth("action_records", records);
  if (exchanges.length === 0) return actions;
  const chat = putHtml(run, pathOf("chat_html.html"), toChatHtml(exchanges));
  return [...actions, ...putBoth("session_analysis", exchanges), chat];
}

function putHtml(run: RunTarget, path: string, html: string): Promise<void> {
  return putBytes(run, { path, bytes: Buffer.from(html) });
}
