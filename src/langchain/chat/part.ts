import type { PlainObject } from "../../data/plain.js";
import type { ToolCall } from "./tool-calls.js";

/** What MLflow's UI can show of one content block of a message. */
export type Part =
  | { readonly kind: "content"; readonly block: PlainObject }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "tool call"; readonly call: ToolCall }
  | { readonly kind: "refusal"; readonly text: string };

/** A block that MLflow's UI renders: `text`, `image_url` or `input_audio`. */
export function content(block: PlainObject): readonly Part[] {
  return [{ kind: "content", block }];
}

/**
 * A text that describes a block which MLflow's UI cannot show. The block itself is kept beside it, in a field that
 * the UI ignores.
 */
export function textMark(text: string, original?: PlainObject): readonly Part[] {
  return content({ type: "text", text, ...(original ? { original } : {}) });
}

export function reasoning(text: string): readonly Part[] {
  return text === "" ? [] : [{ kind: "reasoning", text }];
}
