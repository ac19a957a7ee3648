const FIRST_BYTES = 16 * 1024;

/**
 * Reads a body as text, at most `maxBytes` of it. `isWhole` is false when there is more: the rest is
 * not read, and the connection is closed.
 *
 * The bytes are copied into one buffer: a body may come in millions of tiny pieces.
 */
export async function readText(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  let buffer = Buffer.allocUnsafe(Math.min(FIRST_BYTES, maxBytes));
  let length = 0;
  let isWhole = true;
  for await (const chunk of body) {
    const wanted = Math.min(length + chunk.length, maxBytes);
    if (wanted > buffer.length) {
      const grown = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(wanted, 2 * buffer.length)));
      buffer.copy(grown, 0, 0, length);
      buffer = grown;
    }
    chunk.copy(buffer, length, 0, wanted - length);
    isWhole = length + chunk.length <= maxBytes;
    length = wanted;
    // Leaving the loop destroys the body, and with it the connection.
    if (!isWhole) break;
  }
  return { text: new TextDecoder().decode(buffer.subarray(0, length)), isWhole };
}
