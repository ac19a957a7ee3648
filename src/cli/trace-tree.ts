import { type Span, SpanAttributeKey } from "../trace/span.js";
import { type Trace, TraceMetadataKey } from "../trace/trace.js";
import { durationText, oneLine, readTokens, timeText, tokensText } from "./figures.js";
import { type Paint, painter } from "./terminal.js";

export interface TreeOptions {
  readonly colours?: boolean;
  /** The maximum line length. Default: no limit. */
  readonly columns?: number | undefined;
}

/** Renders a trace: a heading, the request and response, and the tree of its spans. */
export function renderTrace(trace: Trace, { colours = false, columns }: TreeOptions = {}): string {
  const paint = painter(colours);
  return [
    head(trace, paint),
    ...previews(trace, columns ?? Number.POSITIVE_INFINITY, paint),
    "",
    ...spanLines(trace.data.spans, columns ?? Number.POSITIVE_INFINITY, paint),
  ].join("\n");
}

function head({ info }: Trace, paint: Paint): string {
  const tokens = readTokens(info.traceMetadata[TraceMetadataKey.TOKEN_USAGE]);
  const session = info.traceMetadata[TraceMetadataKey.SESSION];
  return [
    paint("bold", oneLine(info.traceId)),
    info.state === "ERROR" ? paint("red", info.state) : info.state,
    durationText(info.executionDuration),
    ...(tokens ? [tokensText(tokens)] : []),
    ...(session ? [`session ${oneLine(session)}`] : []),
    timeText(info.requestTime),
  ].join(" · ");
}

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
  const width = (text: (row: Row) => string) => Math.max(0, ...rows.map((row) => text(row).length));
  const labels = width((row) => row.label);
  const types = width((row) => type(row.span));
  const durations = width((row) => duration(row.span));
  return rows.map(({ label, span }) => {
    const start = `${label.padEnd(labels)}  `;
    const middle = `${type(span).padEnd(types)}  ${duration(span).padStart(durations)}`;
    const failed = span.status.code === "ERROR";
    const end = remarks(span).map((text) => `  ${text}`);
    const room = columns - start.length - middle.length;
    const tail = oneLine(end.join(""), Math.max(20, room - 2));
    return `${start}${paint("cyan", middle)}${tail && `  ${failed ? paint("red", tail) : tail}`}`.trimEnd();
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
