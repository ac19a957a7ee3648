import { show } from "../base/show.js";
import type { Plain, PlainObject } from "../data/plain.js";
import type { AssessmentValue } from "../trace/assessment.js";
import type { ValueSchema } from "./value-type.js";

/** An answer that was read, or why it cannot be read. */
export type ReadAnswer =
  | { readonly value: AssessmentValue; readonly rationale: string }
  | { readonly problem: string };

/** Reads the answer of a model: one JSON object `{ result, rationale }`, which may be in a fenced block. */
export function readAnswer(text: string, schema: ValueSchema): ReadAnswer {
  const answer = parse(withoutFence(text));
  if (answer === undefined) return { problem: "it is not one JSON object" };
  if (!Object.hasOwn(answer, "result")) return { problem: 'its field "result" is missing' };
  const value = readValue(answer.result, schema);
  if (value === undefined) {
    return { problem: wrongValue(answer.result, schema) };
  }
  return { value, rationale: typeof answer.rationale === "string" ? answer.rationale : "" };
}

function wrongValue(value: unknown, { enum: allowed }: ValueSchema): string {
  const values = Array.isArray(allowed) ? `; allowed are ${allowed.map(show).join(", ")}` : "";
  return `its field "result" has the wrong value ${show(value)}${values}`;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Models without structured output often put JSON into a fenced block. */
function withoutFence(text: string): string {
  return /^\s*```[\w-]*\s*([\s\S]*?)\s*```\s*$/.exec(text)?.[1] ?? text.trim();
}

const SAME_AS_YES: readonly unknown[] = ["true", "pass", "passed"];
const SAME_AS_NO: readonly unknown[] = ["false", "fail", "failed"];

/** Returns undefined if the value does not match. A text in another case, and a number as text, match. */
function readValue(value: unknown, schema: ValueSchema): AssessmentValue | undefined {
  if (Array.isArray(schema.enum)) return allowedValue(value, schema.enum);
  if (Array.isArray(schema.anyOf)) {
    if (value === null) return null;
    const [inner] = schema.anyOf;
    return isSchema(inner) ? readValue(value, inner) : undefined;
  }
  switch (schema.type) {
    case "string":
      return typeof value === "string" ? value : undefined;
    case "boolean":
      return readBoolean(value);
    case "integer":
    case "number":
      return readNumber(value, schema.type);
    case "array":
      return readList(value, schema.items);
    default:
      return readDictionary(value, schema.additionalProperties);
  }
}

function allowedValue(value: unknown, allowed: readonly Plain[]): AssessmentValue | undefined {
  const word = wordOf(value);
  const meant =
    allowed.includes("yes") && allowed.includes("no")
      ? SAME_AS_YES.includes(word)
        ? "yes"
        : SAME_AS_NO.includes(word)
          ? "no"
          : word
      : word;
  const exact = allowed.find((one) => one === value);
  const found = exact ?? allowed.find((one) => wordOf(one) === meant);
  return isSimple(found) ? found : undefined;
}

function wordOf(value: unknown): unknown {
  return isSimple(value) ? String(value).trim().toLowerCase() : value;
}

function isSimple(value: unknown): value is string | number | boolean {
  return /^(string|number|boolean)$/.test(typeof value);
}

function readBoolean(value: unknown): boolean | undefined {
  const word = wordOf(value);
  if (word === "true" || word === "yes") return true;
  return word === "false" || word === "no" ? false : undefined;
}

function readNumber(value: unknown, type: "integer" | "number"): number | undefined {
  const isNumeric = typeof value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(value);
  const number = isNumeric ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  return type === "integer" && !Number.isInteger(number) ? undefined : number;
}

function readList(value: unknown, items: Plain | undefined): AssessmentValue | undefined {
  if (!Array.isArray(value) || !isSchema(items)) return undefined;
  const list = value.map((item) => readValue(item, items));
  return list.every((item) => item !== undefined) ? list : undefined;
}

function readDictionary(value: unknown, fields: Plain | undefined): AssessmentValue | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (!isSchema(fields)) return undefined;
  const read = Object.entries(value).map(([name, field]) => [name, readValue(field, fields)]);
  return read.every(([, field]) => field !== undefined) ? Object.fromEntries(read) : undefined;
}

function isSchema(value: Plain | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
