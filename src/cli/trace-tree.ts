import { type Span, SpanAttributeKey } from "../trace/span.js";
import { type Trace, TraceMetadataKey } from "../trace/trace.js";
import { durationText, oneLine, readTokens, timeText, tokensText } from "./figures.js";
import { type Paint, painter } from "./terminal.js";
import { cutTo, padEnd, padStart, widthOf } from "./width.js";

export interface TreeOptions {
  readonly colours?: boolean;
  /** The cells of a line. Default: no limit. */
  readonly columns?: number | undefined;
}

/** Renders a trace: a heading, the request and response, and the tree of its spans. */
export function renderTrace(trace: Trace, { colours = false, columns }: TreeOptions = {}): string {
  const paint = painter(colours);
  const width = columns ?? Number.POSITIVE_INFINITY;
  return [
    ...head(trace, width, paint),
    ...previews(trace, width, paint),
    "",
    ...spanLines(trace.data.spans, width, paint),
  ].join("\n");
}

const SEPARATOR = " · ";

/** The id and the figures of the trace, on as many lines as they take. */
function head({ info }: Trace, columns: number, paint: Paint): string[] {
  const tokens = readTokens(info.traceMetadata[TraceMetadataKey.TOKEN_USAGE]);
  const session = info.traceMetadata[TraceMetadataKey.SESSION];
  const texts = [
    oneLine(info.traceId, columns),
    info.state,
    durationText(info.executionDuration),
    ...(tokens ? [tokensText(tokens)] : []),
    ...(session ? [oneLine(`session ${session}`, columns)] : []),
    timeText(info.requestTime),
  ];
  const lines: string[][] = [];
  let cells = Number.POSITIVE_INFINITY;
  for (const [index, text] of texts.entries()) {
    cells += SEPARATOR.length + widthOf(text);
    if (cells > columns || index === 0) {
      lines.push([]);
      cells = widthOf(text);
    }
    const isFailure = index === 1 && text === "ERROR";
    lines.at(-1)?.push(index === 0 ? paint("bold", text) : isFailure ? paint("red", text) : text);
  }
  return lines.map((parts) => parts.join(SEPARATOR));
}

/** The least room for the name of a span, and for its remarks. */
const FEWEST_NAME_CELLS = 16;
const REMARK_CELLS = 26;

function previews({ info }: Trace, columns: number, paint: Paint): string[] {
  const line = (label: string, preview: string | undefined) =>
    preview ? [`${paint("dim", label)} ${oneLine(preview, columns - 4)}`] : [];
  return [...line("in ", info.requestPreview), ...line("out", info.responsePreview)];
}

interface Row {
  readonly label: string;
  readonly span: Span;
}

function spanLines(spans: readonly Span[], columns: number, paint: Paint): string[] {
  const rows = arrange(spans);
  const width = (text: (row: Row) => string) =>
    Math.max(0, ...rows.map((row) => widthOf(text(row))));
  const types = width((row) => type(row.span));
  const durations = width((row) => duration(row.span));
  const middleCells = types + durations + 4;
  const hasRemarks = rows.some(({ span }) => remarks(span).length > 0);
  const nameRoom = columns - middleCells - (hasRemarks ? REMARK_CELLS : 0);
  const labels = Math.min(
    width(({ label }) => label),
    Math.max(FEWEST_NAME_CELLS, nameRoom),
  );
  return rows.map(({ label, span }) => {
    const start = `${padEnd(cutTo(label, labels), labels)}  `;
    const middle = `${padEnd(type(span), types)}  ${padStart(duration(span), durations)}`;
    const tail = oneLine(remarks(span).join("  "), Math.max(0, columns - labels - middleCells - 2));
    const isFailed = span.status.code === "ERROR";
    return `${start}${paint("cyan", middle)}${tail && `  ${isFailed ? paint("red", tail) : tail}`}`.trimEnd();
  });
}

/** Orders spans depth first, and siblings by their start. A span without its parent becomes a root. */
function arrange(spans: readonly Span[]): Row[] {
  const known = new Set(spans.map((span) => span.spanId));
  const children = new Map<string | undefined, Span[]>();
  for (const span of spans) {
    const parent = known.has(span.parentId ?? "") ? span.parentId : undefined;
    const siblings = children.get(parent);
    if (siblings) siblings.push(span);
    else children.set(parent, [span]);
  }
  const rows: Row[] = [];
  const seen = new Set<Span>();
  const visit = (span: Span, branch: string, indent: string) => {
    if (seen.has(span)) return;
    seen.add(span);
    rows.push({ label: branch + oneLine(span.name), span });
    const below = (children.get(span.spanId) ?? []).toSorted(byStart);
    for (const [index, child] of below.entries()) {
      const last = index === below.length - 1;
      visit(child, `${indent}${last ? "└─ " : "├─ "}`, `${indent}${last ? "   " : "│  "}`);
    }
  };
  for (const top of (children.get(undefined) ?? []).toSorted(byStart)) visit(top, "", "");
  // Spans that are parents of each other have no root, but are shown too.
  for (const span of spans) visit(span, "", "");
  return rows;
}

function byStart(one: Span, other: Span): number {
  return Number(one.startTimeNs - other.startTimeNs);
}

const type = (span: Span) => oneLine(span.spanType);
const duration = (span: Span) => durationText(Number(span.endTimeNs - span.startTimeNs) / 1e6);

function remarks(span: Span): string[] {
  const tokens = readTokens(span.attributes[SpanAttributeKey.TOKEN_USAGE]);
  const firstTokenMs = span.attributes["langchain.first_token_ms"];
  const end = span.attributes["langchain.end"];
  const unusualEnd = typeof end === "string" && !["complete", "error"].includes(end) ? [end] : [];
  return [
    ...(tokens ? [tokensText(tokens)] : []),
    ...(typeof firstTokenMs === "number" ? [`first after ${durationText(firstTokenMs)}`] : []),
    ...unusualEnd,
    ...(span.status.code === "ERROR" ? [`ERROR ${oneLine(span.status.message)}`] : []),
  ];
}
