import type { PlainObject } from "../../data/plain.js";

/** The roles that MLflow's UI shows as a chat. */
type Role = "system" | "user" | "assistant" | "tool";

/** By the `type` or `role` of a message, in lower case and without `MessageChunk`. Most types need no change. */
const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ["system", "system"],
  ["developer", "system"],
  ["human", "user"],
  ["user", "user"],
  ["ai", "assistant"],
  ["assistant", "assistant"],
  ["model", "assistant"],
  ["tool", "tool"],
  ["function", "tool"],
]);

/** The role of a message, and its own name for a role that MLflow's UI does not know. */
export function roleOf(message: PlainObject): { readonly role: Role; readonly unknown?: string } {
  const own = text(message.role) ?? text(message.type) ?? "user";
  const role = ROLES.get(own) ?? ROLES.get(own.toLowerCase().replace(/(message)?(chunk)?$/, ""));
  return role ? { role } : { role: "user", unknown: own };
}

function text(value: PlainObject[string]): string | undefined {
  return typeof value === "string" ? value : undefined;
}
