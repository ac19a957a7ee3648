import { kindOfName } from "../../trace/secrets.js";
import { isConstructor, isSecret, nodesOf } from "./nodes.js";

/** Fields that say where a client sends what, and with which headers: they come from the environment at load. */
const CONNECTION =
  /^(configuration|clientconfig|clientoptions|.*base_?url|.*base_?path|.*endpoint|host|.*headers|default_?query|http_?agent|proxy|fetch|callbacks|cache)$/i;

/** Whether a field is never part of a stored chain: a key, a header, an address. */
export function isLeftOut(name: string): boolean {
  return CONNECTION.test(name) || kindOfName(name) !== "data";
}

/**
 * Takes out of a serialized chain what may not leave the process, in place; gives the places. A marked
 * secret stays: it is a name, not a value.
 */
export function scrub(serialized: unknown): string[] {
  const dropped: string[] = [];
  for (const [path, node] of [...nodesOf(serialized)]) {
    // Templates and messages are the app's data; their fields are called what they like.
    if (!isConstructor(node) || node.id[0] === "langchain_core") continue;
    for (const [inner, holder] of nodesOf(node.kwargs, `${path}.kwargs`)) {
      for (const [name, value] of Object.entries(holder)) {
        if (isSecret(holder) || isSecret(value) || !isLeftOut(name)) continue;
        delete (holder as Record<string, unknown>)[name];
        dropped.push(`${inner}.${name}`);
      }
    }
  }
  return dropped;
}
