import { randomBytes } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import { SimpleChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";

/** A picture of random colours in large squares, which can be seen in a browser. `noise` makes the file larger. */
export function samplePng({ size = 96, noise = false } = {}): Buffer {
  const rows = Array.from({ length: size }, (_, y) => {
    const row = noise ? randomBytes(size * 3) : Buffer.alloc(size * 3);
    for (let x = 0; x < size && !noise; x += 1) {
      const isLight = (Math.floor(x / 16) + Math.floor(y / 16)) % 2 === 0;
      row.set(isLight ? [240, 180, 40] : [40, 90, 200], x * 3);
    }
    return Buffer.concat([Buffer.of(0), row]);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  const sum = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A tone of half a second. */
export function sampleWav(): Buffer {
  const samples = 4000;
  const wav = Buffer.alloc(44 + samples);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + samples, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(8000, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(samples, 40);
  for (let at = 0; at < samples; at += 1) wav[44 + at] = 128 + Math.round(90 * Math.sin(at / 3));
  return wav;
}

/** A model that looks at pictures and answers with a recording, as OpenAI's audio models do. */
export class SpeakingModel extends SimpleChatModel {
  readonly recording: Buffer;

  constructor(recording: Buffer) {
    super({});
    this.recording = recording;
  }

  _llmType(): string {
    return "speaking";
  }

  async _call(): Promise<string> {
    return "";
  }

  override async _generate(_messages: BaseMessage[]): Promise<ChatResult> {
    const audio = { id: "a", data: this.recording.toString("base64"), transcript: "A board." };
    const message = new AIMessage({ content: "", additional_kwargs: { audio } });
    return { generations: [{ text: "", message }] };
  }
}
