import { cutText } from "./cut-text.js";

const MAX_CHARACTERS = 200;

/** The class an object is of, for people; reading it may fail on a hostile object. */
export function nameOfClass(value: object): string {
  return nameOr("Object", () => (value as { readonly constructor?: unknown }).constructor);
}

export function nameOfFunction(value: unknown): string {
  return nameOr("anonymous", () => value);
}

function nameOr(fallback: string, read: () => unknown): string {
  try {
    const name = (read() as { readonly name?: unknown } | undefined)?.name;
    if (typeof name !== "string" || name === "") return fallback;
    return name.length > MAX_CHARACTERS ? cutText(name, MAX_CHARACTERS) : name;
  } catch {
    return fallback;
  }
}
