/** How a program ended for its host, and that in a form two runs can be compared by. */
export interface Outcome<T> {
  readonly kind: "returned" | "thrown";
  readonly value: T | undefined;
  readonly error: Error | undefined;
  readonly shape: unknown;
}

export async function outcomeOf<T>(program: () => Promise<T> | T): Promise<Outcome<T>> {
  try {
    const value = await program();
    return { kind: "returned", value, error: undefined, shape: shapeOf(value) };
  } catch (thrown) {
    const error = thrown as Error;
    const shape = { error: error.name, message: maskIds(error.message) };
    return { kind: "thrown", value: undefined, error, shape };
  }
}

/** All chunks of a stream, or of the promise of one. */
export async function collect<T>(
  stream: AsyncIterable<T> | Promise<AsyncIterable<T>>,
): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of await stream) chunks.push(chunk);
  return chunks;
}

/** The value as JSON, without what differs from run to run. */
function shapeOf(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner) => {
    if (inner instanceof Error) return { error: inner.name, message: inner.message };
    // LangChain gives messages an id of their run as soon as there is any handler.
    if (key === "id" && typeof inner === "string" && /^(lc_)?run-/.test(inner)) return undefined;
    return inner;
  });
  return text === undefined ? undefined : JSON.parse(maskIds(text));
}

function maskIds(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/"id":"[0-9a-f]{32}"/g, '"id":"<hash>"')
    .replace(/chatcmpl-mock\d+/g, "<completion>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/\b\d{13}\b/g, "<ms>");
}
