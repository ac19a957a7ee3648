/** Who made an assessment: a person, a model that judges, or a program. */
export const AssessmentSourceType = {
  HUMAN: "HUMAN",
  LLM_JUDGE: "LLM_JUDGE",
  CODE: "CODE",
  SOURCE_TYPE_UNSPECIFIED: "SOURCE_TYPE_UNSPECIFIED",
} as const;
export type AssessmentSourceType = (typeof AssessmentSourceType)[keyof typeof AssessmentSourceType];

/** Who made an assessment. */
export interface AssessmentSource {
  readonly sourceType: AssessmentSourceType;
  /** The person, the model or the program. */
  readonly sourceId: string;
}

/** Why a value could not be determined, for example because a judge reached its rate limit. */
export interface AssessmentError {
  readonly errorCode: string;
  readonly errorMessage?: string;
  /** Its last 10 000 characters are stored. */
  readonly stackTrace?: string;
}

/** JSON data: a text, number, boolean or null, or an array or object of them. */
export type AssessmentValue =
  | string
  | number
  | boolean
  | null
  | readonly AssessmentValue[]
  | { readonly [key: string]: AssessmentValue };

/**
 * Feedback, an expectation or an issue on a trace. `type` says which; a value that was read is an instance of `Feedback`
 * or `Expectation` accordingly.
 */
export interface Assessment {
  readonly type: "feedback" | "expectation" | "issue";
  readonly name: string;
  /** For an issue: its name. Then `name` is its id. */
  readonly value: AssessmentValue;
  /** Only of feedback. */
  readonly error?: AssessmentError;
  readonly source: AssessmentSource;
  /** The reason for the value. */
  readonly rationale?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** 16 hexadecimal digits, if the assessment is about one span of the trace. */
  readonly spanId?: string;
  readonly traceId?: string;
  /** `a-` and 32 hexadecimal digits. Undefined until the assessment is logged. */
  readonly assessmentId?: string;
  /** Milliseconds since the epoch. Undefined until the assessment is logged, as the next field. */
  readonly createTimeMs?: number;
  readonly lastUpdateTimeMs?: number;
  /** The id of the feedback that this one replaces. */
  readonly overrides?: string;
  /** False if another feedback overrides this one. */
  readonly valid?: boolean;
}
