import { type NamedKinds, readNamed } from "../settings/check-options.js";
import {
  dictionaryToTexts,
  filledText,
  isDictionary,
  jsonValue,
  type Kind,
  oneOf,
  required,
  text,
} from "../settings/kinds.js";
import {
  type Assessment,
  type AssessmentError,
  type AssessmentSource,
  AssessmentSourceType,
  type AssessmentValue,
} from "../trace/assessment.js";
import { exceptionEvent } from "../trace/exception.js";

const SOURCE_TYPES = Object.values(AssessmentSourceType);
const DEFAULT_SOURCE_ID = "default";

const sourceType: Kind<AssessmentSourceType> = {
  want: oneOf(SOURCE_TYPES).want,
  read: (value) => {
    if (typeof value !== "string") return undefined;
    const word = value.toUpperCase();
    // The name before MLflow 3.
    return word === "AI_JUDGE" ? "LLM_JUDGE" : SOURCE_TYPES.find((type) => type === word);
  },
};

const SOURCE_KINDS: NamedKinds<Partial<AssessmentSource> & Pick<AssessmentSource, "sourceType">> = {
  sourceType: required(sourceType),
  sourceId: filledText,
};

/** Reads the options of a source. `caller` is named in errors. */
export function readSource(caller: string, options: unknown): AssessmentSource {
  return { sourceId: DEFAULT_SOURCE_ID, ...readNamed(caller, options, SOURCE_KINDS) };
}

const source: Kind<AssessmentSource> = {
  want: 'an AssessmentSource such as { sourceType: "HUMAN", sourceId: "ann" }, whose type is HUMAN, LLM_JUDGE or CODE',
  read: (value) => (isDictionary(value) ? readSource("A source", value) : undefined),
};

const ERROR_KINDS: NamedKinds<AssessmentError> = {
  errorCode: required(filledText),
  errorMessage: text,
  stackTrace: text,
};

const error: Kind<AssessmentError> = {
  want: "an Error, a text, or an object { errorCode, errorMessage, stackTrace } of texts",
  read: (value) => {
    if (typeof value === "string") return { errorCode: "ASSESSMENT_ERROR", errorMessage: value };
    if (value instanceof Error) return errorOf(value);
    return isDictionary(value) ? readNamed("An error", value, ERROR_KINDS) : undefined;
  },
};

/** Without keys and credentials, as in traces. */
function errorOf(thrown: Error): AssessmentError {
  const event = exceptionEvent(thrown);
  return {
    errorCode: String(event["exception.type"]),
    errorMessage: String(event["exception.message"]),
    stackTrace: String(event["exception.stacktrace"]),
  };
}

const notNull: Kind<AssessmentValue> = {
  want: `${jsonValue.want}, but not null`,
  read: (value) => jsonValue.read(value) ?? undefined,
};

/** The checked options of an expectation. */
export interface GivenExpectation {
  readonly name: string;
  readonly value: AssessmentValue;
  readonly source?: AssessmentSource;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly spanId?: string;
}

/** The checked options of feedback. */
export interface GivenFeedback extends Partial<GivenExpectation> {
  readonly error?: AssessmentError;
  readonly rationale?: string;
}

export const EXPECTATION_KINDS: NamedKinds<GivenExpectation> = {
  name: required(filledText),
  value: required(notNull),
  source,
  metadata: dictionaryToTexts,
  spanId: filledText,
};

export const FEEDBACK_KINDS: NamedKinds<GivenFeedback> = {
  ...EXPECTATION_KINDS,
  name: filledText,
  value: jsonValue,
  error,
  rationale: text,
};

/** The type of feedback or an expectation: an instance of this or another copy of the package, or plain data. */
export function typeOf(value: unknown): Assessment["type"] | undefined {
  const type = isDictionary(value) && "type" in value ? value.type : undefined;
  return type === "feedback" || type === "expectation" ? type : undefined;
}

/** Returns the fields of an object that are options of a kind. */
export function pick(value: object, kinds: object): object {
  const names = Object.keys(kinds);
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}
