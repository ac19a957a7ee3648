/** A file of an archive. */
export interface TarFile {
  /** The path, with forward slashes. At most 100 bytes. */
  readonly name: string;
  readonly content: Uint8Array;
}

const BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;

/** Makes an archive in the format that npm reads. It has no times, so that equal files make equal archives. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(({ name, content }) => {
    const padding = (BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES;
    return [headerOf(name, content.length), content, Buffer.alloc(padding)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK_BYTES)]);
}

/** The header of a file in the format `ustar`. Numbers are octal. */
function headerOf(name: string, bytes: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`The path is too long: ${name}`);
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  header.write(name, 0);
  header.write(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  header.write(`${octal(bytes, 11)}\0${octal(0, 11)}\0`, 124);
  // The checksum counts its own field as spaces.
  header.write(" ".repeat(8), CHECKSUM_AT);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, CHECKSUM_AT);
  return header;
}
