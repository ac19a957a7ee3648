/** LangChain's serialized form, node by node. */

export interface ConstructorNode {
  readonly lc: number;
  readonly type: "constructor";
  readonly id: readonly string[];
  readonly kwargs: Record<string, unknown>;
}

export interface SecretNode {
  readonly lc: number;
  readonly type: "secret";
  readonly id: readonly string[];
}

export function isConstructor(value: unknown): value is ConstructorNode {
  return isNode(value, "constructor") && typeof (value as ConstructorNode).kwargs === "object";
}

export function isSecret(value: unknown): value is SecretNode {
  return isNode(value, "secret");
}

/** What LangChain writes for an object that cannot be made again. */
export function isNotImplemented(value: unknown): value is { readonly id: readonly string[] } {
  return isNode(value, "not_implemented");
}

function isNode(value: unknown, type: string): boolean {
  const node = value as { lc?: unknown; type?: unknown; id?: unknown } | null;
  return typeof node === "object" && node?.lc === 1 && node.type === type && Array.isArray(node.id);
}

/** Every object in it, with its place: `$.kwargs.first`. */
export function* nodesOf(value: unknown, path = "$"): Generator<readonly [string, object]> {
  if (typeof value !== "object" || value === null) return;
  yield [path, value];
  for (const [name, one] of Object.entries(value)) yield* nodesOf(one, `${path}.${name}`);
}
