import { shared } from "../base/process-state.js";
import { wellFormedJson } from "../data/well-formed-json.js";

/** A version of a prompt of the registry. */
export interface PromptReference {
  readonly name: string;
  readonly version: number | string;
}

/** The prompt that a template of LangChain was made from. */
export interface TemplateOrigin extends PromptReference {
  /** Whether the prompt is a text. Otherwise it is a chat. */
  readonly isText: boolean;
}

const templates = shared("promptTemplates", () => ({
  origins: new WeakMap<object, TemplateOrigin>(),
  /** Whether there was a template at any time. */
  areUsed: false,
}));

/** Notes what a ChatPromptTemplate was made from. */
export function noteTemplate(
  template: { readonly promptMessages: object },
  origin: TemplateOrigin,
): void {
  templates.areUsed = true;
  templates.origins.set(template, origin);
  // The templates that its `partial()` returns have the same array.
  templates.origins.set(template.promptMessages, origin);
}

/** Returns what a template was made from. Undefined for any other object. */
export function originOf(template: object): TemplateOrigin | undefined {
  const { origins } = templates;
  const messages = Object.getOwnPropertyDescriptor(template, "promptMessages")?.value;
  return origins.get(template) ?? origins.get(messages);
}

/** More objects than a chain has. */
const MAX_OBJECTS = 10_000;

/** Returns the prompts of the templates in a chain: in its fields, and in theirs. Calls no getters. */
export function promptsIn(chain: object): PromptReference[] {
  if (!templates.areUsed) return [];
  const seen = new Set<object>([chain]);
  const found = new Set<TemplateOrigin>();
  // Objects that are added while the loop runs are visited too.
  for (const object of seen) {
    const origin = templates.origins.get(object);
    if (origin) found.add(origin);
    for (const value of fieldsOf(object)) {
      if (typeof value === "object" && value !== null && seen.size < MAX_OBJECTS) seen.add(value);
    }
  }
  return [...found];
}

function fieldsOf(object: object): unknown[] {
  if (ArrayBuffer.isView(object)) return [];
  const fields = Object.values(Object.getOwnPropertyDescriptors(object));
  return [...fields.map(({ value }) => value), ...(object instanceof Map ? object.values() : [])];
}

/**
 * Adds prompts to the value of the tag `mlflow.linkedPrompts`, unless they are in it. Writes it as Python does. Replaces a
 * value that cannot be read.
 */
export function addPrompts(value: unknown, prompts: readonly PromptReference[]): string {
  const entries = [...listIn(value), ...prompts].map(
    ({ name, version }) =>
      `{"name": ${wellFormedJson(name)}, "version": ${wellFormedJson(String(version))}}`,
  );
  return `[${[...new Set(entries)].join(", ")}]`;
}

function listIn(value: unknown): PromptReference[] {
  try {
    const list: unknown = JSON.parse(String(value));
    return Array.isArray(list) ? list.filter((one) => typeof one?.name === "string") : [];
  } catch {
    return [];
  }
}
