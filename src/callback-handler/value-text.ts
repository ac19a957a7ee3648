import { isPlainArray, isPlainObject, type Plain, toJson } from "../data/plain.js";

/** What goes in and out of a chain as one text: `question=How far?,language=German`. Mirrors Python's handler. */
export function textOfFields(value: Plain | undefined): string {
  if (isPlainArray(value)) return value.map(textOf).join(",");
  if (!isPlainObject(value)) return textOf(value);
  return Object.entries(value)
    .map(([name, field]) => `${name}=${textOf(field)}`)
    .join(",");
}

/** A text as it is, anything else as JSON. */
export function textOf(value: Plain | undefined): string {
  return typeof value === "string" ? value : toJson(value, "python");
}

/** Of what a tool returned: what the model is told of a tool's message. */
export function textOfOutput(value: Plain | undefined): string {
  const isMessage = isPlainObject(value) && value.type === "tool" && "tool_call_id" in value;
  return textOf(isMessage ? value.content : value);
}
