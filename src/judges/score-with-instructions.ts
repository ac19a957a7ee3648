import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import type { ScoredRow, Scoring } from "../scorers/scorer.js";
import { isDictionary } from "../settings/kinds.js";
import type { Feedback } from "../store/assessments.js";
import { feedbackOn } from "./ask.js";
import { conversationOf } from "./conversation.js";
import type { AskingJudge } from "./judge-fields.js";
import { type Judged, judgedData } from "./judged-data.js";
import { expectationsOfSession, factsOf, requireSession } from "./row-facts.js";
import { renderInstructions, type TemplateVariable } from "./template.js";
import { traceData } from "./trace-data.js";
import { type FeedbackValueType, schemaOf } from "./value-type.js";

interface WithInstructions extends AskingJudge {
  readonly instructions: string;
  readonly templateVariables: readonly TemplateVariable[];
  readonly feedbackValueType: FeedbackValueType;
  readonly includeTimingInConversation: boolean;
  readonly generateRationaleFirst: boolean;
  readonly sessionLevel?: boolean | string;
}

/**
 * Asks the question of a judge with instructions of the app about a row.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if a variable of the instructions has no value.
 */
export async function scoreWithInstructions(
  judge: WithInstructions,
  row: ScoredRow,
  scoring: Scoring,
): Promise<Feedback> {
  const { templateVariables: names, instructions } = judge;
  const values = valuesOf(judge, row);
  const missing = names.filter((name) => values[name] === undefined);
  // As in Python, the model may find the input and the output in the spans.
  const inTrace = row.trace ? missing.filter(isInSpans) : [];
  requireAll(missing.filter((name) => !(row.trace && isInSpans(name))));
  const shown =
    inTrace.length > 0 && !names.includes("trace") ? [...names, "trace" as const] : names;
  const entries = shown.flatMap((name): [string, Judged][] => {
    const value = values[name];
    return value === undefined ? [] : [[name, value]];
  });
  const hints = inTrace.map((name) => `\ndata.${name} is not recorded. Find it in data.trace.`);
  const question = {
    instructions: renderInstructions(instructions) + hints.join(""),
    data: Object.fromEntries(entries),
    value: schemaOf(judge.feedbackValueType),
    rationaleFirst: judge.generateRationaleFirst,
  };
  return feedbackOn(judge, question, scoring, { metadata: { guideline: instructions } });
}

function isInSpans(name: TemplateVariable): boolean {
  return name === "inputs" || name === "outputs";
}

type Values = { readonly [Name in TemplateVariable]: Judged | undefined };

function valuesOf(judge: WithInstructions, row: ScoredRow): Values {
  if (row.expectations !== undefined && !isDictionary(row.expectations)) {
    throw invalidParameter(`'expectations' must be a dictionary, got ${show(row.expectations)}.`);
  }
  const facts = factsOf(row);
  const usesTrace = judge.templateVariables.includes("trace");
  const isIncomplete = facts.inputs === undefined || facts.outputs === undefined;
  const trace = row.trace && (usesTrace || isIncomplete) ? traceData(row.trace) : undefined;
  if (!judge.templateVariables.includes("conversation") || row.session === undefined) {
    return { ...facts, trace, conversation: undefined };
  }
  const session = requireSession(row, judge.sessionLevel);
  const ofSession = expectationsOfSession(session);
  const withTimes = judge.includeTimingInConversation;
  return {
    ...facts,
    expectations: facts.expectations ?? (ofSession && judgedData(ofSession)),
    trace,
    conversation: conversationOf(session, { withTimes }),
  };
}

function requireAll(missing: readonly TemplateVariable[]): void {
  if (missing.length === 0) return;
  const names = missing.map((name) => (name === "conversation" ? "session" : name));
  throw invalidParameter(
    `Must specify '${names.join("', '")}' - required by template variables in instructions.`,
  );
}
