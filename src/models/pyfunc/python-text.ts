/** Values and their types as Python prints them: MLflow's error texts hold them. */

export function pythonText(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return pythonString(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonText).join(", ")}]`;
  if (value instanceof Date) return value.toISOString();
  const fields = Object.entries(value).filter(([, one]) => typeof one !== "function");
  return `{${fields.map(([name, one]) => `${pythonString(name)}: ${pythonText(one)}`).join(", ")}}`;
}

/** In a message a text that is the whole of the data stands without quotes. */
export function pythonMessageText(value: unknown): string {
  return typeof value === "string" ? value : pythonText(value);
}

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`;
}

export function pythonType(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "string") return "str";
  if (Array.isArray(value)) return "list";
  if (value instanceof Date) return "datetime";
  return value instanceof Uint8Array ? "bytes" : "dict";
}
