import { type TraceInfo, TraceMetadataKey, TraceTagKey } from "../trace/trace.js";
import { durationText, oneLine, readTokens, timeText } from "./figures.js";
import { painter } from "./terminal.js";
import { cutTo, padEnd, padStart, widthOf } from "./width.js";

const HEADER = ["TRACE", "TIME", "STATE", "DURATION", "TOKENS", "NAME"];
const PREVIEW = "REQUEST → RESPONSE";
const RIGHT = new Set(["DURATION", "TOKENS"]);
const GAP = "  ";

/** The least room for previews: a row with less room omits them. */
const FEWEST_PREVIEW_CELLS = 12;
/** The least room for a preview of the request and of the response. */
const FEWEST_CELLS_OF_BOTH = 30;
/** The room for previews for which a row keeps the whole id and time. */
const ROOMY_CELLS = 24;
const SHORT_NAME_CELLS = 14;
/** `tr-` and eight digits. */
const SHORT_ID_CHARACTERS = 11;

interface Row {
  readonly info: TraceInfo;
  readonly cells: readonly string[];
}

/**
 * Renders traces as a table. Each line ends with the beginning of the request and of the response. In a narrow terminal,
 * ids are shortened to prefixes that differ.
 */
export function renderTraceList(
  infos: readonly TraceInfo[],
  { colours = false, columns }: { colours?: boolean; columns?: number | undefined } = {},
): string {
  const paint = painter(colours);
  const whole = infos.map((info) => ({ info, cells: cellsOf(info) }));
  const isNarrow = columns !== undefined && widthOfRows(whole) + ROOMY_CELLS > columns;
  const rows = isNarrow ? shortened(whole) : whole;
  const widths = widthsOf(rows);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        (RIGHT.has(HEADER[column] ?? "") ? padStart : padEnd)(cell, widths[column] ?? 0),
      )
      .join(GAP);
  const room = (columns ?? 160) - widthOfRows(rows);
  const width = columns ?? Number.POSITIVE_INFINITY;
  const end = (text: string) => (room < FEWEST_PREVIEW_CELLS ? "" : GAP + text);
  return [
    paint("dim", cutTo(line(HEADER) + end(PREVIEW), width)),
    ...rows.map(({ info, cells }) => {
      const text = cutTo(line(cells) + end(preview(info, room)), width).trimEnd();
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

function shortened(rows: readonly Row[]): Row[] {
  const length = prefixLength(rows.map(({ info }) => info.traceId));
  return rows.map(({ info, cells: [id = "", _time = "", ...rest] }) => {
    const name = cutTo(rest.pop() ?? "", SHORT_NAME_CELLS);
    const time = timeText(info.requestTime, { short: true });
    return { info, cells: [id.slice(0, length), time, ...rest, name] };
  });
}

/** The shortest length for which the ids differ. */
function prefixLength(ids: readonly string[]): number {
  const longest = Math.max(0, ...ids.map((id) => id.length));
  const count = new Set(ids).size;
  for (let length = SHORT_ID_CHARACTERS; length < longest; length++) {
    if (new Set(ids.map((id) => id.slice(0, length))).size === count) return length;
  }
  return longest;
}

function widthsOf(rows: readonly Row[]): number[] {
  return HEADER.map((name, column) =>
    Math.max(name.length, ...rows.map(({ cells }) => widthOf(cells[column] ?? ""))),
  );
}

/** The cells of a row up to its previews. */
function widthOfRows(rows: readonly Row[]): number {
  return widthsOf(rows).reduce((sum, width) => sum + width + GAP.length, 0);
}

function preview(info: TraceInfo, room: number): string {
  const request = info.requestPreview ?? "";
  if (!info.responsePreview || room < FEWEST_CELLS_OF_BOTH) return oneLine(request, room);
  const half = Math.floor((room - 3) / 2);
  return `${oneLine(request, half)} → ${oneLine(info.responsePreview, half)}`;
}
