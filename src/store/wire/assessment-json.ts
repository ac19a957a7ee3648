import { type Plain, type PlainObject, setField, toJson } from "../../data/plain.js";
import {
  type Assessment,
  type AssessmentError,
  AssessmentSourceType,
  type AssessmentValue,
} from "../../trace/assessment.js";
import { instanceOf } from "../assessments.js";
import { objectOf, stringsOf, textOf } from "./json-fields.js";

/** Python's limit of a stack trace, and its mark. */
const MAX_STACK_CHARACTERS = 10_000;
const CUT_MARK = "[Stack trace is truncated]\n...\n";

/** Writes an assessment as in MLflow's REST API and in its FileStore. */
export function assessmentToJson(assessment: Assessment): PlainObject {
  const { source, createTimeMs = Date.now(), lastUpdateTimeMs = createTimeMs } = assessment;
  return {
    assessment_id: assessment.assessmentId,
    assessment_name: assessment.name,
    trace_id: assessment.traceId,
    span_id: assessment.spanId,
    source: { source_type: source.sourceType, source_id: source.sourceId },
    create_time: new Date(createTimeMs).toISOString(),
    last_update_time: new Date(lastUpdateTimeMs).toISOString(),
    ...valueToJson(assessment),
    rationale: assessment.rationale,
    metadata: assessment.metadata,
    overrides: assessment.overrides,
    valid: assessment.valid,
  };
}

function valueToJson({ type, value, error }: Assessment): PlainObject {
  if (type === "issue") return { issue: { issue_name: textOf(value) } };
  if (type === "feedback") {
    return { feedback: { value, ...(error && { error: errorToJson(error) }) } };
  }
  if (typeof value !== "object") return { expectation: { value } };
  const serialized = { serialization_format: "JSON_FORMAT", value: toJson(value, "python") };
  return { expectation: { serialized_value: serialized } };
}

function errorToJson({ errorCode, errorMessage, stackTrace }: AssessmentError): PlainObject {
  const keptCharacters = MAX_STACK_CHARACTERS - CUT_MARK.length;
  const isLong = stackTrace !== undefined && stackTrace.length > MAX_STACK_CHARACTERS;
  return {
    error_code: errorCode,
    error_message: errorMessage,
    stack_trace: isLong
      ? `${CUT_MARK}${stackTrace.slice(-keptCharacters).toWellFormed()}`
      : stackTrace,
  };
}

/** Reads an assessment. Undefined for other data. */
export function assessmentOf(json: Plain | undefined): Assessment | undefined {
  const fields = objectOf(json);
  const assessed = assessedValue(fields);
  const name = textOf(fields.assessment_name);
  if (!assessed || name === "") return undefined;
  const source = objectOf(fields.source);
  const type = Object.values(AssessmentSourceType).find((one) => one === source.source_type);
  const createTimeMs = Date.parse(textOf(fields.create_time));
  const lastUpdateTimeMs = Date.parse(textOf(fields.last_update_time));
  const metadata = stringsOf(fields.metadata);
  return instanceOf({
    ...assessed,
    name,
    source: {
      sourceType: type ?? "SOURCE_TYPE_UNSPECIFIED",
      sourceId: textOf(source.source_id) || "default",
    },
    ...optionalText("rationale", fields.rationale),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...optionalText("spanId", fields.span_id),
    ...optionalText("traceId", fields.trace_id),
    ...optionalText("assessmentId", fields.assessment_id),
    ...(Number.isNaN(createTimeMs) ? {} : { createTimeMs }),
    ...(Number.isNaN(lastUpdateTimeMs) ? {} : { lastUpdateTimeMs }),
    ...optionalText("overrides", fields.overrides),
    ...(typeof fields.valid === "boolean" && { valid: fields.valid }),
  });
}

/** Reads a list of assessments. The order is that of their creation. */
export function assessmentsOf(list: readonly (Plain | undefined)[]): Assessment[] {
  return list
    .map(assessmentOf)
    .filter((assessment) => assessment !== undefined)
    .sort((one, other) => (one.createTimeMs ?? 0) - (other.createTimeMs ?? 0));
}

function assessedValue(
  fields: PlainObject,
): Pick<Assessment, "type" | "value" | "error"> | undefined {
  if (fields.feedback) {
    const { value, error } = objectOf(fields.feedback);
    const read = { type: "feedback", value: jsonOf(value) } as const;
    return error ? { ...read, error: errorOf(objectOf(error)) } : read;
  }
  if (fields.expectation) {
    const { value, serialized_value } = objectOf(fields.expectation);
    const text = textOf(objectOf(serialized_value).value);
    return { type: "expectation", value: serialized_value ? parse(text) : jsonOf(value) };
  }
  if (!fields.issue) return undefined;
  return { type: "issue", value: textOf(objectOf(fields.issue).issue_name) };
}

function errorOf(json: PlainObject): AssessmentError {
  return {
    errorCode: textOf(json.error_code),
    ...optionalText("errorMessage", json.error_message),
    ...optionalText("stackTrace", json.stack_trace),
  };
}

function optionalText<Name extends string>(name: Name, value: Plain | undefined) {
  const text = textOf(value);
  return (text === "" ? {} : { [name]: text }) as { readonly [Key in Name]?: string };
}

/** Text that is not JSON stays a text. */
function parse(text: string): AssessmentValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Numbers of an assessment are doubles: a larger integer was read as a bigint. */
function jsonOf(value: Plain | undefined): AssessmentValue {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value ?? null;
  if (Array.isArray(value)) return value.map(jsonOf);
  const copy: Record<string, AssessmentValue> = {};
  for (const [key, field] of Object.entries(objectOf(value))) setField(copy, key, jsonOf(field));
  return copy;
}
