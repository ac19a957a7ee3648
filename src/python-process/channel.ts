import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/** Sends one message, with further fields whose values are JSON. Resolves when it is written. */
export type Send = (message: object, json?: Readonly<Record<string, string>>) => Promise<void>;

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
  return (message, json = {}) => {
    const fields = Object.entries(json).map(([name, text]) => `,${JSON.stringify(name)}:${text}`);
    const line = `${JSON.stringify(message).slice(0, -1)}${fields.join("")}}\n`;
    return new Promise((resolve) => {
      write(line, () => resolve());
    });
  };
}
