import { randomUUID } from "node:crypto";
import { invalidParameter } from "../base/errors.js";
import { readNamed } from "../settings/check-options.js";
import type {
  Assessment,
  AssessmentError,
  AssessmentSourceType,
  AssessmentValue,
  AssessmentSource as Source,
} from "../trace/assessment.js";
import {
  EXPECTATION_KINDS,
  FEEDBACK_KINDS,
  type GivenExpectation,
  type GivenFeedback,
  readSource,
} from "./assessment-kinds.js";

/** The options of an {@link AssessmentSource}, and its plain form. */
export interface AssessmentSourceOptions {
  /** One of `AssessmentSourceType`, in any case. */
  readonly sourceType: AssessmentSourceType | Lowercase<AssessmentSourceType>;
  /** The person, the model or the program. Default: `default`. */
  readonly sourceId?: string;
}

/**
 * Who made an assessment. A plain object `{ sourceType, sourceId }` is accepted wherever a source is. Mirrors
 * `mlflow.entities.AssessmentSource`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown option or type.
 * @example
 * new AssessmentSource({ sourceType: AssessmentSourceType.HUMAN, sourceId: "ann@example.com" });
 */
export class AssessmentSource implements Source {
  declare readonly sourceType: AssessmentSourceType;
  declare readonly sourceId: string;

  constructor(options: AssessmentSourceOptions) {
    Object.assign(this, readSource("new AssessmentSource()", options));
  }
}

/** The options of an {@link Expectation}. */
export interface ExpectationOptions {
  readonly name: string;
  /** The right value: any JSON data but null. */
  readonly value: AssessmentValue | object;
  /** Default: type `HUMAN`, id `default`. */
  readonly source?: AssessmentSourceOptions;
  /** Numbers and booleans become texts. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
  /** The span that it is about: 16 hexadecimal digits. Default: the whole trace. */
  readonly spanId?: string;
}

/** The options of {@link Feedback}. */
export interface FeedbackOptions extends Omit<ExpectationOptions, "name" | "value"> {
  /** Default: `feedback`. */
  readonly name?: string;
  /** Any JSON data. Required without `error`. */
  readonly value?: AssessmentValue | object;
  /** Why there is no value. The code of a text is `ASSESSMENT_ERROR`, and that of an Error is its class. */
  readonly error?: Error | AssessmentError | string;
  /** Default: type `CODE`, id `default`. */
  readonly source?: AssessmentSourceOptions;
  /** The reason for the value. */
  readonly rationale?: string;
}

/** The fields of an assessment. `Object.assign` writes them, so that absent ones are not own fields. */
class Fields {
  declare readonly name: string;
  declare readonly value: AssessmentValue;
  declare readonly source: Source;
  declare readonly metadata?: Readonly<Record<string, string>>;
  declare readonly spanId?: string;
  declare readonly traceId?: string;
  declare readonly assessmentId?: string;
  declare readonly createTimeMs?: number;
  declare readonly lastUpdateTimeMs?: number;
  declare readonly overrides?: string;
  declare readonly valid?: boolean;
}

/**
 * An opinion on a trace or a span: of a user, a judge or a program. Mirrors `mlflow.entities.Feedback`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or without `value` and `error`.
 * @example
 * new Feedback({ name: "correct", value: true, source: { sourceType: "HUMAN", sourceId: "ann" } });
 */
export class Feedback extends Fields implements Assessment {
  declare readonly type: "feedback";
  declare readonly error?: AssessmentError;
  declare readonly rationale?: string;

  constructor(options: FeedbackOptions) {
    super();
    const caller = "new Feedback()";
    Object.assign(this, feedbackFields(caller, readNamed(caller, options, FEEDBACK_KINDS)));
  }
}

/**
 * What the right output of a trace or a span would be. Mirrors `mlflow.entities.Expectation`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * new Expectation({ name: "capital", value: "Paris" });
 */
export class Expectation extends Fields implements Assessment {
  declare readonly type: "expectation";

  constructor(options: ExpectationOptions) {
    super();
    Object.assign(
      this,
      expectationFields(readNamed("new Expectation()", options, EXPECTATION_KINDS)),
    );
  }
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if it has neither a value nor an error. */
export function feedbackFields(caller: string, given: GivenFeedback): Assessment {
  if (given.value === undefined && given.error === undefined) {
    throw invalidParameter(`${caller} requires the option \`value\`, or the option \`error\`.`);
  }
  const source: Source = { sourceType: "CODE", sourceId: "default" };
  return { type: "feedback", name: "feedback", value: null, source, ...given };
}

export function expectationFields(given: GivenExpectation): Assessment {
  const source: Source = { sourceType: "HUMAN", sourceId: "default" };
  return { type: "expectation", source, ...given };
}

/** Returns the fields as an instance of their class. */
export function instanceOf(fields: Assessment): Assessment {
  if (fields.type === "issue") return fields;
  const { prototype } = fields.type === "feedback" ? Feedback : Expectation;
  return Object.assign(Object.create(prototype), fields);
}

/** Returns `a-` and 32 hexadecimal digits, MLflow's form of an assessment id. */
export function newAssessmentId(): string {
  return `a-${randomUUID().replaceAll("-", "")}`;
}
