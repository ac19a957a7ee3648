import { isDictionary } from "../settings/kinds.js";
import { answerText } from "./answer-text.js";
import type { ScoredRow } from "./scorer.js";

/** A value of the app's own data: its scorers know the type, and `unknown` would make each of them cast. */
// biome-ignore lint/suspicious/noExplicitAny: see above
type OwnValue = any;

/** What a scorer function receives: the row, and the same values by the names of other libraries. */
export interface ScorerArguments extends ScoredRow {
  readonly inputs: Readonly<Record<string, OwnValue>>;
  /** The output of the model. */
  readonly outputs?: OwnValue;
  readonly expectations: Readonly<Record<string, OwnValue>>;
  /** The only field of `inputs`, or all of them. As in autoevals and Phoenix. */
  readonly input: OwnValue;
  /** The text of the answer, or outputs of another form. As in autoevals and Phoenix. */
  readonly output: OwnValue;
  /** The expected response, the only expectation, or all of them. As in autoevals. */
  readonly expected: OwnValue;
  /** The same, as in Phoenix. */
  readonly reference: OwnValue;
  /** All expectations if the outputs are an object, else the same as `expected`. As in LangSmith and openevals. */
  readonly referenceOutputs: OwnValue;
  readonly reference_outputs: OwnValue;
}

const EXPECTED = ["expected_response", "expectedResponse", "expected", "reference", "answer"];

export function argumentsOf({
  inputs = {},
  outputs,
  expectations = {},
  trace,
  session,
}: ScoredRow): ScorerArguments {
  const expected = EXPECTED.map((name) => expectations[name]).find((value) => value !== undefined);
  const right = expected ?? onlyField(expectations);
  const referenceOutputs = isDictionary(outputs) ? expectations : right;
  return {
    ...{ inputs, outputs, expectations },
    ...(trace && { trace }),
    ...(session && { session }),
    input: onlyField(inputs),
    output: answerText(outputs) ?? outputs,
    ...{ expected: right, reference: right, referenceOutputs },
    reference_outputs: referenceOutputs,
  };
}

function onlyField(fields: Readonly<Record<string, unknown>>): unknown {
  const values = Object.values(fields);
  return values.length === 1 ? values[0] : fields;
}
