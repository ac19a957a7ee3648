import { invalidParameter } from "../base/errors.js";
import { attempt } from "../base/show.js";
import type { NamedKinds } from "../settings/check-options.js";
import { isDictionary, oneOf } from "../settings/kinds.js";
import type { Feedback } from "../store/assessments.js";
import { CodeScorer, type CodeScorerOptions, expectationOf } from "./code-scorer.js";
import { isSameData } from "./json-data.js";
import type { ScoredRow } from "./scorer.js";
import { toolCalls } from "./trace-facts.js";

/**
 * How the calls of tools are compared with the expected ones. `strict`: the same calls in the same order. `unordered`: the
 * same calls. `subset`: no other calls than the expected ones. `superset`: at least the expected ones.
 */
export type TrajectoryMode = "strict" | "unordered" | "subset" | "superset";

interface Own {
  /** Default: `strict`. */
  readonly mode?: TrajectoryMode;
  /**
   * How the arguments of a call are compared with the expected ones. `exact` (default): they are equal. `ignore`: only the
   * names of the tools count. `subset`: no other arguments than the expected ones. `superset`: at least the expected ones.
   */
  readonly toolArguments?: "exact" | "ignore" | "subset" | "superset";
}

/** The options of {@link TrajectoryMatch} and {@link ToolCallMatch}. */
export interface TrajectoryMatchOptions extends Own, CodeScorerOptions {}

const KINDS: NamedKinds<Own> = {
  mode: oneOf(["strict", "unordered", "subset", "superset"]),
  toolArguments: oneOf(["exact", "ignore", "subset", "superset"]),
};

const NAMES = { caller: "new TrajectoryMatch()", defaultName: "trajectory_match" };

interface Call {
  readonly name: string;
  /** Undefined: any arguments. */
  readonly arguments: unknown;
}

/**
 * Scores `"yes"` if the tools that an agent called match the expectation `expected_tool_calls`, a list of
 * `{ name, arguments? }`, or of the messages of a right run. The modes are those of agentevals.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.TrajectoryMatch({ mode: "superset", toolArguments: "ignore" });
 */
export class TrajectoryMatch extends CodeScorer<Own> {
  protected readonly defaultMode: TrajectoryMode = "strict";

  constructor(options?: TrajectoryMatchOptions, names = NAMES) {
    super(options, { ...names, kinds: KINDS });
  }

  override score(row: ScoredRow): Feedback | undefined {
    const expected = expectedCalls(row);
    if (!expected) return undefined;
    const { mode = this.defaultMode, toolArguments = "exact" } = this.options;
    const called = calledTools(row);
    const isSame = (one: Call, other: Call) =>
      one.name === other.name &&
      (one.arguments === undefined ||
        ARGUMENTS[toolArguments](one.arguments, other.arguments ?? {}));
    const isGood = isMatch(expected, called, mode, isSame);
    const names = (calls: readonly Call[]) => calls.map(({ name }) => name).join(", ") || "no tool";
    return this.rated(isGood, `Called ${names(called)}; expected ${names(expected)} (${mode}).`);
  }
}

/**
 * The same as {@link TrajectoryMatch} for calls in any order, which is what most rows are about.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.ToolCallMatch();
 */
export class ToolCallMatch extends TrajectoryMatch {
  protected override readonly defaultMode = "unordered";

  constructor(options?: TrajectoryMatchOptions) {
    super(options, { caller: "new ToolCallMatch()", defaultName: "tool_call_match" });
  }
}

/** How arguments are compared, by the option: the expected ones, and those of the call. */
const ARGUMENTS: Readonly<
  Record<NonNullable<Own["toolArguments"]>, (expected: unknown, called: unknown) => boolean>
> = {
  exact: isSameData,
  ignore: () => true,
  subset: (expected, called) => isPart(called, expected),
  superset: isPart,
};

/** Whether an object has all fields of another one, with the same values. */
function isPart(part: unknown, whole: unknown): boolean {
  return Object.entries(Object(part)).every(
    ([name, value]) =>
      Object.hasOwn(Object(whole), name) && isSameData(value, Reflect.get(Object(whole), name)),
  );
}

type IsSame = (expected: Call, called: Call) => boolean;

function isMatch(
  expected: readonly Call[],
  called: readonly Call[],
  mode: TrajectoryMode,
  isSame: IsSame,
): boolean {
  const isComplete = pairs(expected, called, isSame) === expected.length;
  const isWithin = pairs(expected, called, isSame) === called.length;
  switch (mode) {
    case "strict":
      return (
        expected.length === called.length &&
        expected.every((one, index) => isSame(one, called[index] ?? one))
      );
    case "unordered":
      return isComplete && isWithin;
    case "subset":
      return isWithin;
    case "superset":
      return isComplete;
  }
}

/** How many expected calls can be paired with a call each. */
function pairs(expected: readonly Call[], called: readonly Call[], isSame: IsSame): number {
  /** By the index of the call, the index of the expected one. */
  const paired = new Map<number, number>();
  const pair = (wanted: number, tried: Set<number>): boolean =>
    called.some((call, index) => {
      const one = expected[wanted];
      if (!one || tried.has(index) || !isSame(one, call)) return false;
      tried.add(index);
      const rival = paired.get(index);
      if (rival !== undefined && !pair(rival, tried)) return false;
      paired.set(index, wanted);
      return true;
    });
  return expected.filter((_, index) => pair(index, new Set())).length;
}

/** The spans of tools, or the calls in messages if no tool was traced. */
function calledTools({ outputs, trace }: ScoredRow): readonly Call[] {
  const traced = trace ? toolCalls(trace) : [];
  return traced.length > 0 ? traced : (callsIn(outputs) ?? []);
}

function expectedCalls(row: ScoredRow): readonly Call[] | undefined {
  const given = expectationOf(row, "expected_tool_calls") ?? expectationOf(row, "messages");
  if (given === undefined) return undefined;
  const calls = callsIn(given);
  if (calls) return calls;
  throw invalidParameter(
    "The expectation `expected_tool_calls` takes a list of { name, arguments } or of messages.",
  );
}

/** The calls in a list of calls or of messages. Undefined for another value. */
function callsIn(value: unknown): readonly Call[] | undefined {
  const list: unknown = isDictionary(value) && "messages" in value ? value.messages : value;
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((one: unknown) => {
    const fields = (typeof one === "object" && one !== null ? one : {}) as Record<string, unknown>;
    const calls = fields.tool_calls ?? Reflect.get(Object(fields.kwargs), "tool_calls");
    if (Array.isArray(calls)) return calls.flatMap(callOf);
    return "content" in fields || "role" in fields ? [] : callOf(one);
  });
}

/** A call of LangChain, of OpenAI, or `{ name, arguments }`. */
function callOf(value: unknown): Call[] {
  const fields = (isDictionary(value) ? value : {}) as Record<string, unknown>;
  const call = (isDictionary(fields.function) ? fields.function : fields) as Record<
    string,
    unknown
  >;
  if (typeof call.name !== "string") return [];
  const given = call.arguments ?? call.args;
  const parsed = typeof given === "string" ? (attempt(() => JSON.parse(given)) ?? given) : given;
  return [{ name: call.name, arguments: parsed }];
}
