import { createHash } from "node:crypto";
import { types } from "node:util";
import { attempt } from "../base/show.js";
import type { EvaluationRow } from "../datasets/evaluation-row.js";
import { describedDataOf } from "../datasets/json-data.js";

/** One call of the model: a row of the data, or one repetition of it. */
export interface Item {
  /**
   * Identifies the row in every evaluation of the same data: the tag `mlflow.eval.requestId` of its trace. It is made of
   * the inputs, so that the rows of two evaluations can be paired.
   */
  readonly id: string;
  /** The same for rows with the same inputs. */
  readonly hash: string;
  /** The place of the row in the data, from 0. */
  readonly index: number;
  /** From 1. */
  readonly repetition: number;
  readonly row: EvaluationRow;
}

/** The items of an evaluation, row by row. Rows with the same inputs get numbers. */
export async function* itemsOf(
  rows: AsyncIterable<EvaluationRow>,
  repetitions: number,
): AsyncGenerator<Item> {
  const seen = new Map<string, number>();
  let index = 0;
  for await (const row of rows) {
    const hash = rowHash(row);
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    for (let repetition = 1; repetition <= repetitions; repetition++) {
      yield { id: itemId(hash, count, repetition), hash, index, repetition, row };
    }
    index += 1;
  }
}

/** @param count the number of the row among those with the same inputs, from 1. */
export function itemId(hash: string, count: number, repetition: number): string {
  const id = count === 1 ? hash : `${hash}-${count}`;
  return repetition === 1 ? id : `${id}-r${repetition}`;
}

const ITEM_ID = /^([0-9a-f]+)(?:-\d+)?(?:-r(\d+))?$/;

/** The parts of an id that rows with the same inputs have in common. */
export function partsOfId(id: string): Pick<Item, "hash" | "repetition"> {
  const [, hash = id, repetition = 1] = ITEM_ID.exec(id) ?? [];
  return { hash, repetition: Number(repetition) };
}

function rowHash({ inputs, trace }: EvaluationRow): string {
  const isEmpty = Object.keys(inputs).length === 0;
  const text = isEmpty && trace ? trace.info.traceId : sortedJson(inputs);
  return createHash("sha256").update(text).digest("hex");
}

/**
 * JSON whose text does not depend on the order of fields. A value that JSON does not have, for example one that contains itself,
 * is described by a text. Never throws.
 */
export function sortedJson(value: unknown): string {
  const text =
    attempt(() => JSON.stringify(value, sorted)) ?? JSON.stringify(describedDataOf(value), sorted);
  return text ?? "null";
}

function sorted(_key: string, field: unknown): unknown {
  if (typeof field === "bigint") return String(field);
  // `JSON.stringify` writes null for all of them, and {} for every Map, Set and regular expression.
  if (typeof field === "number" && !Number.isFinite(field)) return String(field);
  if (typeof field !== "object" || field === null || Array.isArray(field)) return field;
  if (types.isMap(field)) return { Map: [...field] };
  if (types.isSet(field)) return { Set: [...field] };
  if (types.isRegExp(field)) return { RegExp: String(field) };
  return Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)));
}
