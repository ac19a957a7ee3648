import { isDictionary } from "../settings/kinds.js";
import type { ScoredRow } from "./scorer.js";

/** What a scorer function receives: the row, and the same values by the names of other libraries. */
export interface ScorerArguments extends ScoredRow {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly expectations: Readonly<Record<string, unknown>>;
  /** The only field of `inputs`, or all of them. As in autoevals and Phoenix. */
  readonly input: unknown;
  /** The outputs, and the text of a message. As in autoevals and Phoenix. */
  readonly output: unknown;
  /** The expected response, the only expectation, or all of them. As in autoevals. */
  readonly expected: unknown;
  /** The same, as in Phoenix. */
  readonly reference: unknown;
  /** All expectations if the outputs are an object, else the same as `expected`. As in LangSmith and openevals. */
  readonly referenceOutputs: unknown;
  readonly reference_outputs: unknown;
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
    output: textOfMessage(outputs) ?? outputs,
    ...{ expected: right, reference: right, referenceOutputs },
    reference_outputs: referenceOutputs,
  };
}

function onlyField(fields: Readonly<Record<string, unknown>>): unknown {
  const values = Object.values(fields);
  return values.length === 1 ? values[0] : fields;
}

/** The text of a LangChain message, or of the last message of an agent's state. */
function textOfMessage(outputs: unknown): string | undefined {
  if (typeof outputs !== "object" || outputs === null) return undefined;
  if ("messages" in outputs && Array.isArray(outputs.messages)) {
    return textOfMessage(outputs.messages.at(-1));
  }
  if (!("content" in outputs)) return undefined;
  const { content } = outputs;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  return content.map((block) => (typeof block?.text === "string" ? block.text : "")).join("");
}
