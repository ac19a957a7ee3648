import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/** Sends one message. Resolves when it is written. */
export type Send = (message: object) => Promise<void>;

export interface Channel {
  readonly input: Readable;
  readonly send: Send;
}

/**
 * Opens the connection to Python. Without a file descriptor it is stdin and stdout, and what the model prints to stdout goes
 * to stderr.
 */
export function openChannel(descriptor: number | undefined): Channel {
  if (descriptor === undefined) {
    const { stdin, stdout, stderr } = process;
    const write = stdout.write.bind(stdout);
    stdout.write = stderr.write.bind(stderr);
    return { input: stdin, send: senderOf(write) };
  }
  const socket = new Socket({ fd: descriptor });
  // Python has ended: the end of the input ends this process.
  socket.on("error", () => socket.destroy());
  return { input: socket, send: senderOf(socket.write.bind(socket)) };
}

function senderOf(write: Writable["write"]): Send {
  return (message) =>
    new Promise((resolve) => {
      write(`${JSON.stringify(message)}\n`, () => resolve());
    });
}
