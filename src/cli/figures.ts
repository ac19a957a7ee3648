import { countOf } from "../base/count-of.js";
import { isPlainObject, type Plain } from "../data/plain.js";
import { inOneLine } from "./printable.js";
import { cutTo } from "./width.js";

/** Formats a duration: `0.4 ms`, `16 ms`, `1.2 s`, `2 min 3 s`. */
export function durationText(ms: number): string {
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Formats a time in the local time zone: `2026-11-23 19:52:12`, or short: `11-23 19:52`. */
export function timeText(ms: number, { short = false } = {}): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "-";
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const dayOfYear = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  if (short) return `${dayOfYear} ${time}`;
  return `${date.getFullYear()}-${dayOfYear} ${time}:${two(date.getSeconds())}`;
}

export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly total: number;
}

/** Reads MLflow's token usage from an object or a JSON string. */
export function readTokens(usage: Plain | undefined): Tokens | undefined {
  const value = typeof usage === "string" ? parse(usage) : usage;
  if (!isPlainObject(value)) return undefined;
  const input = Number(value.input_tokens ?? 0);
  const output = Number(value.output_tokens ?? 0);
  return { input, output, total: Number(value.total_tokens ?? input + output) };
}

/** Formats token counts: `27 tokens (21 in, 6 out)`. */
export function tokensText({ input, output, total }: Tokens): string {
  return `${countOf(total, "token")} (${input} in, ${output} out)`;
}

/** Makes one line of a text of a trace, so that it cannot control the terminal. Cuts it to a number of cells. */
export function oneLine(text: string, maxCells = Number.POSITIVE_INFINITY): string {
  const line = inOneLine(text);
  return maxCells === Number.POSITIVE_INFINITY ? line : cutTo(line, maxCells);
}

function parse(text: string): Plain | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
