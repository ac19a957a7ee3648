import type { Span } from "langchain-mlflow";
import type { Trace } from "../../src/trace/trace.js";

/** What is wrong with a trace, whatever the program: more than one root, a parent elsewhere or later, a span not ended. */
export function faultsOfTrace({ info, data: { spans } }: Trace): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const faults = spans.flatMap((span) => faultsOfSpan(span, byId));
  const roots = spans.filter(({ parentId }) => parentId === undefined);
  if (roots.length !== 1) faults.push(`${roots.length} roots: ${roots.map(({ name }) => name)}`);
  if (byId.size !== spans.length) faults.push("two spans of one id");
  const state = roots[0]?.status.code === "ERROR" ? "ERROR" : "OK";
  if (info.state !== state) faults.push(`the state is ${info.state}, of its root ${state}`);
  return faults;
}

function faultsOfSpan(span: Span, byId: ReadonlyMap<string, Span>): string[] {
  const { parentId, name, status, startTimeNs, endTimeNs } = span;
  const faults: string[] = [];
  if (endTimeNs < startTimeNs) faults.push(`${name} ends before it starts`);
  if (status.code !== "OK" && status.code !== "ERROR") faults.push(`${name} is ${status.code}`);
  if (parentId === undefined) return faults;
  const parent = byId.get(parentId);
  if (!parent) faults.push(`the parent of ${name} is not in its trace`);
  else if (parent.startTimeNs > startTimeNs) faults.push(`${name} starts before ${parent.name}`);
  return faults;
}
