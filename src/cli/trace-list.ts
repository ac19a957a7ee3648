import { styleText } from "node:util";
import { type TraceInfo, TraceMetadataKey, TraceTagKey } from "../trace/trace.js";
import { durationText, oneLine, readTokens, timeText } from "./figures.js";

const HEADER = ["TRACE", "TIME", "STATE", "DURATION", "TOKENS", "NAME"];
const RIGHT = new Set(["DURATION", "TOKENS"]);
const GAP = "  ";

/** Traces as a table; what is left of the line shows request and response. */
export function renderTraceList(
  infos: readonly TraceInfo[],
  { colours = false, columns = 160 }: { colours?: boolean; columns?: number | undefined } = {},
): string {
  const rows = infos.map(cells);
  const widths = HEADER.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, HEADER[column] ?? "")).join(GAP);
  const room = Math.max(24, columns - line(HEADER).length - GAP.length);
  const title = `${line(HEADER)}${GAP}REQUEST → RESPONSE`;
  return [
    colours ? styleText("dim", title) : title,
    ...rows.map((row, index) => {
      const text = `${line(row)}${GAP}${preview(infos[index]!, room)}`.trimEnd();
      return colours && infos[index]!.state === "ERROR" ? styleText("red", text) : text;
    }),
  ].join("\n");
}

function cells(info: TraceInfo): string[] {
  const tokens = readTokens(info.traceMetadata[TraceMetadataKey.TOKEN_USAGE]);
  return [
    oneLine(info.traceId),
    timeText(info.requestTime),
    info.state,
    durationText(info.executionDuration),
    tokens ? String(tokens.total) : "-",
    oneLine(info.tags[TraceTagKey.NAME] ?? "-"),
  ];
}

function pad(cell: string, width: number, name: string): string {
  return RIGHT.has(name) ? cell.padStart(width) : cell.padEnd(width);
}

function preview(info: TraceInfo, room: number): string {
  const half = Math.floor((room - 3) / 2);
  const response = info.responsePreview ? ` → ${oneLine(info.responsePreview, half)}` : "";
  return oneLine(info.requestPreview ?? "", response ? half : room) + response;
}
