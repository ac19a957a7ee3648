import { invalidParameter, type MlflowException } from "../../base/errors.js";
import { inOrder } from "../../base/in-order.js";
import { type NamedKinds, readNamed } from "../../settings/check-options.js";
import { filledText, isDictionary, type Kind, required } from "../../settings/kinds.js";
import {
  EXPECTATION_KINDS,
  FEEDBACK_KINDS,
  type GivenExpectation,
  type GivenFeedback,
  pick,
  typeOf,
} from "../../store/assessment-kinds.js";
import {
  type ExpectationOptions,
  expectationFields,
  type FeedbackOptions,
  feedbackFields,
} from "../../store/assessments.js";
import type { TraceEdits } from "../../store/store.js";
import type { Assessment } from "../../trace/assessment.js";
import { editTrace, OF_ASSESSMENT, OF_TRACE, reported, type StoreOf } from "./edit-trace.js";

interface OfTrace {
  readonly traceId: string;
}

interface OfAssessment extends OfTrace {
  readonly assessmentId: string;
}

/** The options of {@link logFeedback}. */
export interface LogFeedbackOptions extends OfTrace, FeedbackOptions {}

/** The options of {@link logExpectation}. */
export interface LogExpectationOptions extends OfTrace, ExpectationOptions {}

/** The options of {@link logAssessment}. */
export interface LogAssessmentOptions extends OfTrace {
  readonly assessment: Assessment;
}

/** The options of {@link updateAssessment}. */
export interface UpdateAssessmentOptions extends OfAssessment {
  readonly assessment: Assessment;
}

/** The options of {@link overrideFeedback}. */
export interface OverrideFeedbackOptions
  extends OfAssessment,
    Omit<FeedbackOptions, "name" | "error" | "spanId"> {}

type CheckedFeedback = OfTrace & GivenFeedback;
type CheckedExpectation = OfTrace & GivenExpectation;
type CheckedOverride = OfAssessment & Omit<GivenFeedback, "name" | "error" | "spanId">;

const OVERRIDES = { overrides: filledText };
const CALLER = "An assessment";

/** Its fields are checked again, because objects can be changed. */
const assessment: Kind<Assessment> = {
  want: "a Feedback or an Expectation, such as new Feedback({ value: true })",
  read: (value) => {
    const type = typeOf(value);
    if (type === undefined || !isDictionary(value)) return undefined;
    const given = { ...value };
    if (type === "expectation") {
      return expectationFields(
        readNamed(CALLER, pick(given, EXPECTATION_KINDS), EXPECTATION_KINDS),
      );
    }
    const kinds: NamedKinds<GivenFeedback & Pick<Assessment, "overrides">> = {
      ...FEEDBACK_KINDS,
      ...OVERRIDES,
    };
    return feedbackFields(CALLER, readNamed(CALLER, pick(given, kinds), kinds));
  },
};

const LOG_FEEDBACK: NamedKinds<CheckedFeedback> = { ...OF_TRACE, ...FEEDBACK_KINDS };
const LOG_EXPECTATION: NamedKinds<CheckedExpectation> = { ...OF_TRACE, ...EXPECTATION_KINDS };
const LOG_ASSESSMENT: NamedKinds<LogAssessmentOptions> = {
  ...OF_TRACE,
  assessment: required(assessment),
};
const UPDATE: NamedKinds<UpdateAssessmentOptions> = {
  ...OF_ASSESSMENT,
  assessment: required(assessment),
};
const { value, source, rationale, metadata } = FEEDBACK_KINDS;
const OVERRIDE: NamedKinds<CheckedOverride> = {
  ...OF_ASSESSMENT,
  ...{ value, source, rationale, metadata },
};

/**
 * Logs feedback to a trace, for example of a user: a thumb, a rating, a comment. Waits until the trace is delivered, if it
 * is one of this process. Mirrors `mlflow.log_feedback`.
 *
 * @returns the feedback with its id and times.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if
 * the trace does not exist; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await logFeedback({ traceId, name: "thumb", value: true, source: { sourceType: "HUMAN", sourceId: "ann" } });
 */
export function logFeedback(options: LogFeedbackOptions): Promise<Assessment> {
  return logFeedbackIn("logFeedback()", options);
}

/** @param storeOf the store. Default: the current one. */
export function logFeedbackIn(
  caller: string,
  options: LogFeedbackOptions,
  storeOf?: StoreOf,
): Promise<Assessment> {
  return reported(caller, async () => {
    const { traceId, ...given } = readNamed(caller, options, LOG_FEEDBACK);
    const feedback = feedbackFields(caller, given);
    return editTrace(traceId, (place) => place.createAssessment(traceId, feedback), storeOf);
  });
}

/**
 * Logs the right value for a trace, for example the answer that a person expects. Waits and throws as {@link logFeedback}.
 * Mirrors `mlflow.log_expectation`.
 *
 * @example
 * await logExpectation({ traceId, name: "capital", value: "Paris" });
 */
export function logExpectation(options: LogExpectationOptions): Promise<Assessment> {
  return logExpectationIn("logExpectation()", options);
}

/** @param storeOf the store. Default: the current one. */
export function logExpectationIn(
  caller: string,
  options: LogExpectationOptions,
  storeOf?: StoreOf,
): Promise<Assessment> {
  return reported(caller, async () => {
    const { traceId, ...given } = readNamed(caller, options, LOG_EXPECTATION);
    const expectation = expectationFields(given);
    return editTrace(traceId, (place) => place.createAssessment(traceId, expectation), storeOf);
  });
}

/**
 * Logs a `Feedback` or an `Expectation` to a trace. Waits and throws as {@link logFeedback}. Mirrors `mlflow.log_assessment`.
 *
 * @example
 * await logAssessment({ traceId, assessment: new Expectation({ name: "capital", value: "Paris" }) });
 */
export function logAssessment(options: LogAssessmentOptions): Promise<Assessment> {
  const caller = "logAssessment()";
  return reported(caller, async () => {
    const { traceId, assessment } = readNamed(caller, options, LOG_ASSESSMENT);
    return editTrace(traceId, (place) => place.createAssessment(traceId, assessment));
  });
}

/**
 * Changes an assessment: its name, its value or error, its rationale where `assessment` has one, and the keys of its
 * metadata. Its source and span do not change. Throws as {@link logFeedback}, and INVALID_PARAMETER_VALUE if one is feedback
 * and the other an expectation. Mirrors `mlflow.update_assessment`.
 *
 * @example
 * await updateAssessment({ traceId, assessmentId, assessment: new Feedback({ name: "thumb", value: false }) });
 */
export function updateAssessment(options: UpdateAssessmentOptions): Promise<Assessment> {
  const caller = "updateAssessment()";
  return reported(caller, async () => {
    const { traceId, assessmentId, assessment } = readNamed(caller, options, UPDATE);
    const update = (place: TraceEdits) => place.updateAssessment(traceId, assessmentId, assessment);
    return inOrder(`assessment ${traceId} ${assessmentId}`, () => editTrace(traceId, update));
  });
}

/**
 * Logs feedback that replaces another one, for example of a judge that was wrong. The other one stays, with `valid: false`.
 * Name and span are those of the other one. Throws as {@link logFeedback}, and INVALID_PARAMETER_VALUE if the assessment
 * is no feedback. Mirrors `mlflow.override_feedback`.
 *
 * @example
 * await overrideFeedback({ traceId, assessmentId, value: true, rationale: "The judge is wrong." });
 */
export function overrideFeedback(options: OverrideFeedbackOptions): Promise<Assessment> {
  const caller = "overrideFeedback()";
  return reported(caller, async () => {
    const { traceId, assessmentId, ...given } = readNamed(caller, options, OVERRIDE);
    const feedback = feedbackFields(caller, given);
    return editTrace(traceId, async (place) => {
      const { type, name, spanId } = await place.getAssessment(traceId, assessmentId);
      if (type !== "feedback") throw notFeedback(assessmentId);
      const span = spanId === undefined ? {} : { spanId };
      const replacement = { ...feedback, name, ...span, overrides: assessmentId };
      return place.createAssessment(traceId, replacement);
    });
  });
}

function notFeedback(assessmentId: string): MlflowException {
  return invalidParameter(`The assessment with ID ${assessmentId} is not a feedback assessment.`);
}
