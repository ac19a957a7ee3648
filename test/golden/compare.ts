import type { CanonicalSpan, CanonicalTrace } from "./canonical.js";
import type { Rename } from "./renames.js";

export interface Difference {
  /** Where: `state`, `metadata/mlflow.traceInputs/x`, `spans/ChatOpenAI#1/attributes/metadata/ls_provider`. */
  readonly path: string;
  readonly ours: unknown;
  readonly golden: unknown;
}

/** Every difference of our trace from the golden one; a span is compared with the same one of its name. */
export function compareTraces(ours: CanonicalTrace, golden: CanonicalTrace): Difference[] {
  const { requestTime: _ours, spans: ourSpans, ...our } = ours;
  const { requestTime: _golden, spans: goldenSpans, ...gold } = golden;
  return [...compareValues("", our, gold), ...compareSpans(ourSpans, goldenSpans)];
}

function compareSpans(
  ours: readonly CanonicalSpan[],
  golden: readonly CanonicalSpan[],
): Difference[] {
  const labels = new Set([...golden, ...ours].map((span) => span.label));
  return [...labels].flatMap((label) => {
    const [our, gold] = [ours, golden].map((spans) => spans.find((span) => span.label === label));
    const path = `spans/${label}`;
    if (our && gold) return compareValues(path, our, gold);
    return [{ path, ours: our && describe(our), golden: gold && describe(gold) }];
  });
}

const describe = (span: CanonicalSpan) => `${span.type} ${span.label} under ${span.parent}`;

/** Objects by key, arrays by place, everything else by identity; a missing key is `undefined`. */
function compareValues(path: string, ours: unknown, golden: unknown): Difference[] {
  if (Object.is(ours, golden)) return [];
  if (!isTree(ours) || !isTree(golden) || Array.isArray(ours) !== Array.isArray(golden)) {
    return [{ path, ours, golden }];
  }
  const keys = new Set([...Object.keys(golden), ...Object.keys(ours)]);
  return [...keys].flatMap((key) =>
    compareValues(path ? `${path}/${key}` : key, ours[key], golden[key]),
  );
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** The golden trace with the names LangChain.js gives to the same things; `onUse` hears of each use. */
export function rename(
  golden: CanonicalTrace,
  renames: readonly Rename[],
  onUse: (rename: Rename) => void = () => undefined,
): CanonicalTrace {
  const named = (name: string) => {
    const found = renames.find((entry) => entry.golden === name);
    if (found) onUse(found);
    return found?.ours ?? name;
  };
  const labelled = (label: string) => {
    const at = label.lastIndexOf("#");
    return named(label.slice(0, at)) + label.slice(at);
  };
  const name = golden.tags["mlflow.traceName"];
  return {
    ...golden,
    tags: { ...golden.tags, ...(typeof name === "string" && { "mlflow.traceName": named(name) }) },
    spans: golden.spans.map((span) => ({
      ...span,
      name: named(span.name),
      label: labelled(span.label),
      parent: span.parent === undefined ? undefined : labelled(span.parent),
    })),
  };
}

/**
 * Pairs each golden trace of a program with ours: the first not yet taken with the same request, in
 * the order of time, so the items of a batch may end in any order.
 */
export function pairTraces(
  ours: readonly CanonicalTrace[],
  golden: readonly CanonicalTrace[],
): { readonly ours: CanonicalTrace | undefined; readonly golden: CanonicalTrace }[] {
  const waiting = ours.toSorted((one, other) => one.requestTime - other.requestTime);
  return golden.map((trace) => {
    const request = JSON.stringify(trace.requestPreview);
    const at = waiting.findIndex((own) => JSON.stringify(own.requestPreview) === request);
    return { ours: at < 0 ? undefined : waiting.splice(at, 1)[0], golden: trace };
  });
}
