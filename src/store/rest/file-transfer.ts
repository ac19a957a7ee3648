import { type FileHandle, open } from "node:fs/promises";
import { MlflowException } from "../../base/errors.js";
import type { ArtifactSource } from "../artifact-store.js";
import { localFailure, notAFile, writeWhole } from "../local-files.js";
import type { Http, StreamedResponse } from "./http.js";
import { checkSuccess, type HttpRequest, type HttpResponse } from "./response.js";
import { type RetryOptions, sendRetried } from "./verdict.js";

/** Fewer reads than with Node's 64 KB, and still little memory. */
const READ_BYTES = 256 * 1024;
/** One write for each chunk received would take twice the time. */
const WRITE_BYTES = 1024 * 1024;
/** A chunk of one byte takes far more memory than one byte. */
const MAX_CHUNKS = 1024;

/** A range of a file. */
interface FilePart {
  readonly start: number;
  readonly bytes: number;
}

/**
 * Sends an artifact as the body of a request. A file is streamed.
 *
 * @param part default: the whole file.
 * @throws MlflowException INVALID_STATE if the file becomes shorter during the upload.
 */
export async function sendSource(
  http: Http,
  request: HttpRequest,
  source: ArtifactSource,
  part?: FilePart,
): Promise<HttpResponse> {
  if ("bytes" in source) return http.send({ ...request, body: [source.bytes] });
  const handle = await openFile(source.file);
  try {
    const { start, bytes } = part ?? { start: 0, bytes: await sizeOf(handle, source.file) };
    if (bytes === 0) return await http.send({ ...request, body: [new Uint8Array()] });
    const end = start + bytes - 1;
    const options = { start, end, highWaterMark: READ_BYTES, autoClose: false };
    const stream = handle.createReadStream(options);
    try {
      return await http.send({ ...request, body: { bytes, stream } });
    } catch (cause) {
      throw isLengthMismatch(cause) ? becameShorter(source.file) : cause;
    } finally {
      stream.destroy();
    }
  } finally {
    await handle.close();
  }
}

/** In bytes. Throws RESOURCE_DOES_NOT_EXIST or INVALID_PARAMETER_VALUE if it is not a file. */
export async function sizeOfSource(source: ArtifactSource): Promise<number> {
  if ("bytes" in source) return source.bytes.byteLength;
  const handle = await openFile(source.file);
  try {
    return await sizeOf(handle, source.file);
  } finally {
    await handle.close();
  }
}

function openFile(file: string): Promise<FileHandle> {
  return open(file, "r").catch((cause) => {
    throw localFailure("read", file, cause);
  });
}

async function sizeOf(handle: FileHandle, file: string): Promise<number> {
  const found = await handle.stat();
  if (found.isFile()) return found.size;
  throw notAFile(file);
}

function isLengthMismatch(cause: unknown): boolean {
  const inner = cause instanceof MlflowException ? cause.cause : undefined;
  return (
    (inner as NodeJS.ErrnoException | undefined)?.code === "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"
  );
}

function becameShorter(file: string): MlflowException {
  return new MlflowException(`'${file}' became shorter during the upload.`, "INVALID_STATE");
}

/**
 * Streams the body of a response to a file. The file appears when it is complete. An interrupted download
 * continues if the server confirms that the content is unchanged; otherwise it starts again.
 */
export async function receiveFile(
  http: Http,
  request: HttpRequest,
  file: string,
  retry: RetryOptions,
): Promise<void> {
  await writeWhole(file, async (unfinished) => {
    const handle = await open(unfinished, "wx");
    try {
      const download = new Download(handle, unfinished);
      const attempt = () => download.attempt(http, { ...request, signal: retry.signal });
      const advanced = () => download.hasAdvanced();
      checkSuccess(await sendRetried(attempt, { ...retry, advanced }));
    } finally {
      await handle.close();
    }
  });
}

/** The state of a download over all its attempts. */
class Download {
  readonly #handle: FileHandle;
  readonly #file: string;
  #written = 0;
  #furthest = 0;
  #furthestBefore = 0;
  /** Identifies the content (`ETag` or `Last-Modified`). Without it, the rest may be from another version. */
  #validator: string | undefined;

  constructor(handle: FileHandle, file: string) {
    this.#handle = handle;
    this.#file = file;
  }

  hasAdvanced(): boolean {
    return this.#furthest > this.#furthestBefore;
  }

  async attempt(http: Http, request: HttpRequest): Promise<HttpResponse> {
    this.#furthestBefore = this.#furthest;
    const isRest = this.#validator !== undefined && this.#written > 0;
    const headers = isRest
      ? { range: `bytes=${this.#written}-`, "if-range": this.#validator as string }
      : {};
    const rangeRequest = { ...request, headers: { ...request.headers, ...headers } };
    const response = await http.send(rangeRequest, (received) => this.#receive(received));
    // The content ends before the requested range: it has changed.
    if (response.status === 416 && isRest) {
      this.#validator = undefined;
      return this.attempt(http, request);
    }
    return response;
  }

  async #receive(response: StreamedResponse): Promise<void> {
    if (isLoginPage(response)) {
      throw new MlflowException(
        "Received a web page instead of an artifact: check whether the tracking server is behind a login page.",
        "UNAUTHENTICATED",
      );
    }
    if (response.status === 206) this.#checkRest(response);
    else await this.#restart(response);
    await this.#writeBody(response.body);
  }

  /** Reads while the previous piece is written. Also writes what arrived before a failure, for the next attempt. */
  async #writeBody(body: AsyncIterable<Uint8Array>): Promise<void> {
    let chunks: Uint8Array[] = [];
    let bytes = 0;
    let writing: Promise<void> = Promise.resolve();
    const write = async () => {
      await writing;
      writing = this.#write(chunks);
      // Reported by the next `await writing`.
      writing.catch(() => undefined);
      chunks = [];
      bytes = 0;
    };
    try {
      for await (const chunk of body) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= WRITE_BYTES || chunks.length >= MAX_CHUNKS) await write();
      }
    } finally {
      await write();
      await writing;
    }
  }

  #checkRest(response: StreamedResponse): void {
    const range = response.header("content-range") ?? "";
    if (range.startsWith(`bytes ${this.#written}-`)) return;
    this.#validator = undefined;
    throw new MlflowException(
      `The server sent the range '${range}' instead of the bytes from ${this.#written} on.`,
      "TEMPORARILY_UNAVAILABLE",
    );
  }

  async #restart(response: StreamedResponse): Promise<void> {
    const etag = response.header("etag");
    // A weak ETag does not guarantee the same bytes.
    this.#validator = etag?.startsWith("W/")
      ? undefined
      : (etag ?? response.header("last-modified"));
    this.#written = 0;
    await this.#handle.truncate(0).catch(this.#fail);
  }

  async #write(chunks: readonly Uint8Array[]): Promise<void> {
    if (chunks.length === 0) return;
    const piece = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
    for (let done = 0; done < piece.length; ) {
      const { bytesWritten } = await this.#handle
        .write(piece, done, piece.length - done, this.#written)
        .catch(this.#fail);
      done += bytesWritten;
      this.#written += bytesWritten;
    }
    this.#furthest = Math.max(this.#furthest, this.#written);
  }

  readonly #fail = (cause: unknown): never => {
    throw localFailure("write", this.#file, cause);
  };
}

/** MLflow sends an HTML artifact as an attachment. */
function isLoginPage(response: StreamedResponse): boolean {
  const isPage = /^text\/html/i.test(response.header("content-type") ?? "");
  return isPage && response.header("content-disposition") === undefined;
}
