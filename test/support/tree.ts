import type { Plain, Span } from "langchain-mlflow";
import type { Trace } from "../../src/trace/trace.js";

export function rootOf(trace: Trace): Span {
  return trace.data.spans.find(({ parentId }) => parentId === undefined)!;
}

/** A line a span: type, name, status, how it ended if not as usual, its events. */
export function treeOf(trace: Trace): string {
  return linesOf(trace, lineOf);
}

/** The same with what went in and what came out. */
export function flowOf(trace: Trace): string {
  return linesOf(trace, (span) => {
    return `${lineOf(span)}: ${textOf(span.inputs)} → ${textOf(span.outputs)}`;
  });
}

function linesOf({ data }: Trace, line: (span: Span) => string): string {
  const below = (parentId: string | undefined, depth: number): string[] =>
    data.spans
      .filter((span) => span.parentId === parentId)
      .sort((a, b) => Number(a.startTimeNs - b.startTimeNs))
      .flatMap((span) => [`${"  ".repeat(depth)}${line(span)}`, ...below(span.spanId, depth + 1)]);
  return below(undefined, 0).join("\n");
}

function lineOf({ spanType, name, status, attributes, events }: Span): string {
  const end = String(attributes["langchain.end"]);
  const usual = status.code === "OK" ? "complete" : "error";
  const names = events.map((event) => event.name).join(" ");
  return [spanType, name, status.code, end === usual ? "" : end, names && `[${names}]`]
    .filter((part) => part !== "")
    .join(" ");
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Messages as `ai:hello`, the rest as JSON. */
function textOf(value: Plain | undefined): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value, (_key, inner) => {
    if (typeof inner !== "object" || inner === null || !("content" in inner)) return inner;
    const calls = (inner.tool_calls ?? []).map(
      (call: { name?: string; function?: { name: string } }) => {
        return `+${call.name ?? call.function?.name}()`;
      },
    );
    return `${inner.type ?? inner.role}:${inner.content ?? ""}${calls.join("")}`;
  });
  return text.replace(UUID, "<uuid>");
}
