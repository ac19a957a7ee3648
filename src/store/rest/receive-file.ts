import { type FileHandle, open } from "node:fs/promises";
import { MlflowException } from "../../base/errors.js";
import { localFailure, writeWhole } from "../local-files.js";
import { isSuccess, restException } from "./failure.js";
import type { Answer, Http, Request, StreamedAnswer } from "./http.js";
import { type RetryOptions, sendRetried } from "./retried.js";

/** A write each: one for every chunk that comes in would take twice the time. */
const PIECE_BYTES = 1024 * 1024;
/** Chunks of a single byte take far more memory than their bytes. */
const PIECE_CHUNKS = 1024;

/**
 * Streams the body of an answer to a file, which is there only when it is whole. A broken download
 * goes on where it broke if the server can tell that the file is still the same, else from the start.
 */
export async function receiveFile(
  http: Http,
  request: Request,
  file: string,
  retry: RetryOptions,
): Promise<void> {
  await writeWhole(file, async (unfinished) => {
    const handle = await open(unfinished, "wx");
    try {
      const download = new Download(handle, unfinished);
      const answer = await sendRetried(
        () => download.attempt(http, { ...request, signal: retry.signal }),
        { ...retry, advanced: () => download.hasAdvanced() },
      );
      if (!isSuccess(answer)) throw restException(answer);
    } finally {
      await handle.close();
    }
  });
}

/** What of the file is there, over all tries. */
class Download {
  readonly #handle: FileHandle;
  readonly #file: string;
  #written = 0;
  #furthest = 0;
  #furthestBefore = 0;
  /** What the server calls this content; without it a rest may belong to another. */
  #validator: string | undefined;

  constructor(handle: FileHandle, file: string) {
    this.#handle = handle;
    this.#file = file;
  }

  hasAdvanced(): boolean {
    return this.#furthest > this.#furthestBefore;
  }

  async attempt(http: Http, request: Request): Promise<Answer> {
    this.#furthestBefore = this.#furthest;
    const isRest = this.#validator !== undefined && this.#written > 0;
    const headers = isRest
      ? { range: `bytes=${this.#written}-`, "if-range": this.#validator as string }
      : {};
    const asked = { ...request, headers: { ...request.headers, ...headers } };
    const answer = await http.send(asked, (answer) => this.#receive(answer));
    // Nothing is left to send, or less than we have: another file by now.
    if (answer.status === 416 && isRest) {
      this.#validator = undefined;
      return this.attempt(http, request);
    }
    return answer;
  }

  async #receive(answer: StreamedAnswer): Promise<void> {
    if (isLoginPage(answer)) {
      throw new MlflowException(
        "A web page came where an artifact was asked for: is there a login page before the tracking server?",
        "UNAUTHENTICATED",
      );
    }
    if (answer.status === 206) this.#checkRest(answer);
    else await this.#restart(answer);
    await this.#takeIn(answer.body);
  }

  /** Reads on while the last piece is written; also what came before a break is kept, for the next try. */
  async #takeIn(body: AsyncIterable<Uint8Array>): Promise<void> {
    let chunks: Uint8Array[] = [];
    let bytes = 0;
    let writing: Promise<void> = Promise.resolve();
    const write = async () => {
      await writing;
      writing = this.#write(chunks);
      // Told when it is waited for.
      writing.catch(() => undefined);
      chunks = [];
      bytes = 0;
    };
    try {
      for await (const chunk of body) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= PIECE_BYTES || chunks.length >= PIECE_CHUNKS) await write();
      }
    } finally {
      await write();
      await writing;
    }
  }

  #checkRest(answer: StreamedAnswer): void {
    const range = answer.header("content-range") ?? "";
    if (range.startsWith(`bytes ${this.#written}-`)) return;
    this.#validator = undefined;
    throw new MlflowException(
      `Asked for the bytes from ${this.#written} on, the server sent '${range}'.`,
      "TEMPORARILY_UNAVAILABLE",
    );
  }

  async #restart(answer: StreamedAnswer): Promise<void> {
    const etag = answer.header("etag");
    // A weak one does not promise the same bytes.
    this.#validator = etag?.startsWith("W/") ? undefined : (etag ?? answer.header("last-modified"));
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

/** MLflow sends an artifact that is a page as an attachment. */
function isLoginPage(answer: StreamedAnswer): boolean {
  const isPage = /^text\/html/i.test(answer.header("content-type") ?? "");
  return isPage && answer.header("content-disposition") === undefined;
}
