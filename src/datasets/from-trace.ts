import type { Plain } from "../data/plain.js";
import type { AssessmentValue } from "../trace/assessment.js";
import { rootSpanOf, type Trace } from "../trace/trace.js";

/** The inputs of the root span. Undefined if the span has not recorded them. Mirrors Python's `extract_inputs_from_trace`. */
export function inputsOfTrace(trace: Trace): Plain | undefined {
  return rootSpanOf(trace)?.inputs ?? undefined;
}

/** The outputs of the root span. Undefined if the span has not recorded them. Mirrors Python's `extract_outputs_from_trace`. */
export function outputsOfTrace(trace: Trace): Plain | undefined {
  return rootSpanOf(trace)?.outputs ?? undefined;
}

/** The values of the trace's valid expectations, by name. Of two with the same name, the newer one counts. */
export function expectationsOfTrace({ info }: Trace): Record<string, AssessmentValue> {
  const expectations = info.assessments.filter(
    ({ type, valid }) => type === "expectation" && valid !== false,
  );
  return Object.fromEntries(expectations.map(({ name, value }) => [name, value]));
}

/** Whether a value is a trace: one that `getTrace()` or `searchTraces()` returned, or a copy of it. */
export function isTrace(value: unknown): value is Trace {
  const { info, data } = Object(value) as Partial<Trace>;
  return typeof info?.traceId === "string" && Array.isArray(data?.spans);
}
