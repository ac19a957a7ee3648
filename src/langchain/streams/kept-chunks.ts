const MAX_CHUNKS = 10_000;
const MAX_CHARACTERS = 4_000_000;
/** How far into a chunk its texts are looked for. */
const MAX_DEPTH = 4;
const MAX_FIELDS = 50;

/** The first chunks of a stream, bounded in number and, as far as a look at them tells, in characters. */
export class KeptChunks {
  readonly chunks: unknown[] = [];
  /** Chunks that came when there was no room left. */
  dropped = 0;
  #characters = 0;

  /** An app may keep the stream when it is over. */
  clear(): void {
    this.chunks.length = 0;
  }

  add(chunk: unknown): void {
    const isFull = this.chunks.length >= MAX_CHUNKS || this.#characters >= MAX_CHARACTERS;
    if (isFull) this.dropped += 1;
    else {
      this.chunks.push(chunk);
      this.#characters += charactersOf(chunk, { fields: MAX_FIELDS }, MAX_DEPTH);
    }
  }
}

function charactersOf(value: unknown, left: { fields: number }, depth: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || depth === 0) return 0;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  // Joining copies every item, and every hole of a sparse array.
  if (Array.isArray(value) && value.length > MAX_CHARACTERS) return value.length;
  // A message: its other fields are small, and there are many.
  const content = field(value, "content");
  if (typeof content === "string") return content.length;
  const names = Array.isArray(value) ? value.keys() : Object.keys(value);
  let characters = 0;
  for (const name of names) {
    left.fields -= 1;
    if (left.fields < 0) break;
    characters += charactersOf(field(value, name), left, depth - 1);
  }
  return characters;
}

/** Data only: a getter is the app's. */
function field(value: object, name: string | number): unknown {
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
