import { invalidParameter, MlflowException } from "../base/errors.js";
import type { ScoredRow } from "../scorers/scorer.js";
import type { Assessment } from "../trace/assessment.js";
import { rootSpanOf, TraceMetadataKey } from "../trace/trace.js";
import type { Trace } from "../tracing/read-trace.js";
import { type Judged, type JudgedFields, judgedData } from "./judged-data.js";

type FieldName = "inputs" | "outputs" | "expectations";

/** The fields of a row, as JSON data. Fields that the row does not have come from its trace. */
export type RowFacts = { readonly [Name in FieldName]: Judged | undefined };

export function factsOf(row: ScoredRow): RowFacts {
  const root = rootSpanOf(row.trace);
  return {
    inputs: given(row.inputs ?? root?.inputs),
    outputs: given(row.outputs ?? root?.outputs),
    expectations: given(row.expectations ?? expectationsOf(row.trace)),
  };
}

function given(value: unknown): Judged | undefined {
  return value === undefined || value === null ? undefined : judgedData(value);
}

/** The expectations that people have set on a trace. */
function expectationsOf(trace: Trace | undefined): object | undefined {
  return asRecord(trace?.info.assessments.filter(isOfHuman) ?? []);
}

/** Those of a session are set on its first trace. */
export function expectationsOfSession(session: readonly Trace[]): object | undefined {
  const [first] = session;
  return asRecord(
    (first?.info.assessments ?? []).filter(
      (one) => isOfHuman(one) && one.metadata?.[TraceMetadataKey.SESSION] !== undefined,
    ),
  );
}

function isOfHuman({ type, source }: Assessment): boolean {
  return type === "expectation" && source.sourceType === "HUMAN";
}

function asRecord(assessments: readonly Assessment[]): object | undefined {
  const entries = assessments.map(({ name, value }) => [name, value]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** @throws MlflowException INVALID_PARAMETER_VALUE that names the missing fields. */
export function requireFields(judge: string, facts: RowFacts, names: readonly FieldName[]): void {
  const missing = names.filter((name) => facts[name] === undefined);
  if (missing.length === 0) return;
  throw invalidParameter(
    `${judge} scorer requires the following fields: ${missing.join(", ")}. Provide them directly or pass a trace containing them.`,
  );
}

/** Reads an expectation by its name in Python, or in camel case. */
export function expectation(facts: RowFacts, name: string): Judged | undefined {
  const { expectations } = facts;
  if (typeof expectations !== "object" || expectations === null || Array.isArray(expectations)) {
    return undefined;
  }
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const found = [name, camel].find((one) => Object.hasOwn(expectations, one));
  const value = found === undefined ? undefined : (expectations as JudgedFields)[found];
  return value === null ? undefined : value;
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if there is no trace. */
export function requireTrace(judge: string, { trace }: ScoredRow): Trace {
  if (trace?.data && trace.info) return trace;
  throw invalidParameter(
    `${judge} scorer requires a trace. Pass \`trace\`, for example from getTrace(), or call it in an evaluation.`,
  );
}

/**
 * Returns the traces of a conversation, oldest first.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE without traces, or if they belong to different sessions.
 */
export function requireSession(
  { session }: ScoredRow,
  level: boolean | string | undefined,
): readonly Trace[] {
  if (!Array.isArray(session) || session.length === 0) {
    throw invalidParameter("Must specify 'session' - a list of the traces of one conversation.");
  }
  const traces: readonly Trace[] = session;
  const ids = new Set(
    traces.map(({ info }) => {
      const id = info?.traceMetadata?.[TraceMetadataKey.SESSION];
      if (id !== undefined) return id;
      throw invalidParameter(
        `All traces in 'session' must have a session_id. Trace ${info?.traceId} is missing session_id.`,
      );
    }),
  );
  // A level groups traces whose session ids only begin in the same way.
  if (ids.size > 1 && typeof level !== "string") {
    throw new MlflowException(
      `All traces in 'session' must belong to the same session. Found ${ids.size} different session(s): ${[...ids].join(", ")}`,
      "INVALID_PARAMETER_VALUE",
    );
  }
  return [...traces].sort((one, other) => one.info.requestTime - other.info.requestTime);
}
