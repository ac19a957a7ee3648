import { type TraceInfo, TraceMetadataKey, TraceTagKey } from "../trace/trace.js";
import { durationText, oneLine, readTokens, timeText } from "./figures.js";
import { painter } from "./terminal.js";

const HEADER = ["TRACE", "TIME", "STATE", "DURATION", "TOKENS", "NAME"];
const RIGHT = new Set(["DURATION", "TOKENS"]);
const GAP = "  ";

/** Renders traces as a table. Each line ends with the beginning of the request and of the response. */
export function renderTraceList(
  infos: readonly TraceInfo[],
  { colours = false, columns = 160 }: { colours?: boolean; columns?: number | undefined } = {},
): string {
  const paint = painter(colours);
  const rows = infos.map((info) => ({ info, cells: cellsOf(info) }));
  const widths = HEADER.map((name, column) =>
    Math.max(name.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => pad(cell, widths[column] ?? 0, HEADER[column] ?? "")).join(GAP);
  const room = Math.max(24, columns - line(HEADER).length - GAP.length);
  const title = `${line(HEADER)}${GAP}REQUEST → RESPONSE`;
  return [
    paint("dim", title),
    ...rows.map(({ info, cells }) => {
      const text = `${line(cells)}${GAP}${preview(info, room)}`.trimEnd();
      return info.state === "ERROR" ? paint("red", text) : text;
    }),
  ].join("\n");
}

function cellsOf(info: TraceInfo): string[] {
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
