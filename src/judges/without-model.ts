import { isDeepStrictEqual } from "node:util";
import { invalidParameter } from "../base/errors.js";
import type { ScoredRow } from "../scorers/scorer.js";
import { argumentsOf } from "../scorers/trace-facts.js";
import { Feedback } from "../store/assessments.js";
import { type AskedJudge, isFilledList } from "./built-in-questions.js";
import { fieldOf, type Judged, judgedData } from "./judged-data.js";
import { expectation, factsOf, requireFields, requireTrace } from "./row-facts.js";
import { toolCallsOf } from "./trace-data.js";

/** A decision that needs no model. */
interface Decision {
  readonly isYes: boolean;
  readonly rationale: string;
}

/**
 * Returns the feedback of a judge that can decide the row without its model, as Python does. Undefined: ask the model.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if a field of the row is missing.
 */
export function feedbackWithoutModel(
  name: string,
  judge: AskedJudge,
  row: ScoredRow,
): Feedback | undefined {
  const decision = decisionOf(judge, row);
  if (!decision) return undefined;
  const { isYes, rationale } = decision;
  return new Feedback({ name, value: isYes ? "yes" : "no", rationale });
}

function decisionOf(judge: AskedJudge, row: ScoredRow): Decision | undefined {
  if (judge.builtIn === "Equivalence") return decideEquivalence(row);
  if (judge.builtIn === "ToolCallCorrectness") return decideToolCalls(judge, row);
  return undefined;
}

/** Python's `math.isclose`. */
const CLOSE = 1e-9;

function decideEquivalence(row: ScoredRow): Decision | undefined {
  const facts = factsOf(row);
  requireFields("Equivalence", facts, ["outputs", "expectations"]);
  const expected = expectation(facts, "expected_response");
  if (expected === undefined) {
    throw invalidParameter(
      "Equivalence scorer requires `expected_response` in the `expectations` dictionary.",
    );
  }
  const actual = facts.outputs ?? null;
  if (isNumeric(actual) && isNumeric(expected)) {
    const [one, other] = [Number(actual), Number(expected)];
    const isYes = Math.abs(one - other) <= CLOSE * Math.max(Math.abs(one), Math.abs(other));
    const rationale = isYes
      ? "Exact numerical match"
      : `Values do not match: ${actual} != ${expected}`;
    return { isYes, rationale };
  }
  return isDeepStrictEqual(actual, expected)
    ? { isYes: true, rationale: "Exact string match" }
    : undefined;
}

function isNumeric(value: Judged): value is number | boolean {
  return typeof value === "number" || typeof value === "boolean";
}

interface Call {
  readonly name: string;
  readonly arguments: Judged;
}

function decideToolCalls(judge: AskedJudge, row: ScoredRow): Decision | undefined {
  const trace = requireTrace("ToolCallCorrectness", row);
  const given = expectation(factsOf(row), "expected_tool_calls");
  const expected = isFilledList(given) ? given.map(expectedCall) : undefined;
  if (!judge.shouldExactMatch) return undefined;
  if (!expected) {
    throw invalidParameter(
      "`shouldExactMatch: true` requires `expected_tool_calls` in the `expectations` dictionary. Cannot perform exact matching without ground truth.",
    );
  }
  const actual = toolCallsOf(trace).map(expectedCall);
  if (actual.length !== expected.length) {
    const rationale = `Expected ${expected.length} tool call(s), but got ${actual.length} tool call(s).`;
    return { isYes: false, rationale };
  }
  // Arguments count only if every expected call has them.
  const withArguments = expected.every((call) => call.arguments !== null);
  const matches = (one: Call, other: Call) =>
    one.name === other.name &&
    (!withArguments || isDeepStrictEqual(one.arguments ?? {}, other.arguments ?? {}));
  const shown = (call: Call) =>
    withArguments ? `${call.name}(${JSON.stringify(call.arguments)})` : call.name;
  return judge.shouldConsiderOrdering
    ? decideInOrder(actual, expected, matches, shown)
    : decideUnordered(actual, expected, matches, shown);
}

type Decide = (
  actual: readonly Call[],
  expected: readonly Call[],
  matches: (one: Call, other: Call) => boolean,
  shown: (call: Call) => string,
) => Decision;

const decideInOrder: Decide = (actual, expected, matches, shown) => {
  const mismatches = expected.flatMap((call, index) => {
    const other = actual[index];
    if (other && matches(call, other)) return [];
    return [`Position ${index + 1}: expected ${shown(call)}, got ${other ? shown(other) : "none"}`];
  });
  return mismatches.length === 0
    ? { isYes: true, rationale: "All tool calls match expected sequence exactly." }
    : { isYes: false, rationale: `Tool calls do not match in order: ${mismatches.join("; ")}` };
};

const decideUnordered: Decide = (actual, expected, matches, shown) => {
  const without = (calls: readonly Call[], others: readonly Call[]) =>
    calls.filter((call) => !others.some((other) => matches(call, other))).map(shown);
  const missing = without(expected, actual);
  const extra = without(actual, expected);
  if (missing.length + extra.length === 0) {
    return { isYes: true, rationale: "All expected tool calls present (order ignored)." };
  }
  const parts = [
    ...(missing.length > 0 ? [`Missing: ${missing.join(", ")}`] : []),
    ...(extra.length > 0 ? [`Unexpected: ${extra.join(", ")}`] : []),
  ];
  return { isYes: false, rationale: parts.join("; ") };
};

/** @throws MlflowException INVALID_PARAMETER_VALUE for a call without a name. */
function expectedCall(call: Judged): Call {
  const name = fieldOf(call, "name");
  const given = fieldOf(call, "arguments") ?? fieldOf(call, "args") ?? null;
  if (typeof name === "string") {
    return { name, arguments: given === null ? null : judgedData(argumentsOf(given)) };
  }
  throw invalidParameter(
    `An expected tool call is an object { name, arguments }, got ${JSON.stringify(call)}.`,
  );
}
