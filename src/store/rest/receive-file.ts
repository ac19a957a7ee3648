import { type FileHandle, open } from "node:fs/promises";
import { MlflowException } from "../../base/errors.js";
import { localFailure, writeWhole } from "../local-files.js";
import type { Http, StreamedResponse } from "./http.js";
import { checkSuccess, type HttpRequest, type HttpResponse } from "./response.js";
import { type RetryOptions, sendRetried } from "./retried.js";

/** One write for each chunk received would take twice the time. */
const WRITE_BYTES = 1024 * 1024;
/** A chunk of one byte takes far more memory than one byte. */
const MAX_CHUNKS = 1024;

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
    const response = await http.send(rangeRequest, (received) =>
      this.#receive(received, request.signal),
    );
    // The content ends before the requested range: it has changed.
    if (response.status === 416 && isRest) {
      this.#validator = undefined;
      return this.attempt(http, request);
    }
    return response;
  }

  async #receive(response: StreamedResponse, signal: AbortSignal | undefined): Promise<void> {
    if (isLoginPage(response)) {
      throw new MlflowException(
        "Received a web page instead of an artifact: check whether the tracking server is behind a login page.",
        "UNAUTHENTICATED",
      );
    }
    if (response.status === 206) this.#checkRest(response);
    else await this.#restart(response);
    const bytes = lengthOf(response, this.#written);
    try {
      await this.#writeBody(response.body);
    } catch (cause) {
      if (cause instanceof MlflowException || signal?.aborted) throw cause;
      throw this.#endedEarly(bytes, cause as Error);
    }
    // A proxy or a Content-Range may promise more than the connection delivers.
    if (bytes !== undefined && this.#written < bytes) throw this.#endedEarly(bytes);
  }

  /** A retry reads the rest. */
  #endedEarly(bytes: number | undefined, cause?: Error): MlflowException {
    const total = bytes === undefined ? "" : ` of ${bytes}`;
    const reason = cause === undefined ? "" : ` (${cause.message})`;
    return new MlflowException(
      `The download ended early, after ${this.#written}${total} bytes${reason}. Check the connection to the server, and the server's log.`,
      "TEMPORARILY_UNAVAILABLE",
      { cause },
    );
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

/** The size of the whole content, if the response contains it. `written`: the bytes before a range. */
function lengthOf(response: StreamedResponse, written: number): number | undefined {
  const range = /\/(\d+)$/.exec(response.header("content-range") ?? "")?.[1];
  if (range !== undefined) return Number(range);
  const rest = response.header("content-length");
  return rest === undefined ? undefined : written + Number(rest);
}

/** MLflow sends an HTML artifact as an attachment. */
function isLoginPage(response: StreamedResponse): boolean {
  const isPage = /^text\/html/i.test(response.header("content-type") ?? "");
  return isPage && response.header("content-disposition") === undefined;
}
