import { MlflowException } from "../../errors.js";
import {
  ANY,
  bareType,
  type ColumnType,
  describeType,
  isDataType,
  isSameType,
  objectType,
  type Property,
} from "./column-type.js";

const NUMBERS: readonly string[] = ["long", "double"];

/**
 * The type of two values that stand in the same place. What is null in one of them says nothing, a
 * property that only one has is optional, and whole numbers among others are just numbers: JavaScript
 * has no two kinds of them. Throws when the two are at odds.
 */
export function mergeTypes(one: ColumnType, other: ColumnType): ColumnType {
  if (isSameType(one, other)) return bareType(one);
  if (one.type === "any") return mergeWithAny(other);
  if (other.type === "any") return mergeWithAny(one);
  if (NUMBERS.includes(one.type) && NUMBERS.includes(other.type)) return { type: "double" };
  if (one.type === "array" && other.type === "array") {
    return { type: "array", items: mergeTypes(one.items, other.items) };
  }
  if (one.type === "map" && other.type === "map") {
    return { type: "map", values: mergeTypes(one.values, other.values) };
  }
  if (one.type === "object" && other.type === "object") {
    return mergeObjects(one.properties, other.properties);
  }
  throw new MlflowException(
    `Types are incompatible: ${describeType(one)} and ${describeType(other)}`,
    "INVALID_PARAMETER_VALUE",
  );
}

/** Beside a null, an object's properties need not be there. */
function mergeWithAny(type: ColumnType): ColumnType {
  if (type.type !== "object" || isDataType(type.type)) return bareType(type);
  const entries = Object.entries(type.properties);
  return objectType(
    Object.fromEntries(entries.map(([name, one]) => [name, { ...one, required: false }])),
  );
}

type Properties = Readonly<Record<string, Property>>;

function mergeObjects(one: Properties, other: Properties): ColumnType {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const merged = names.map((name): [string, Property] => {
    const [mine, theirs] = [one[name], other[name]];
    const isInBoth = mine !== undefined && theirs !== undefined;
    const type = isInBoth ? mergeTypes(mine, theirs) : (mine ?? theirs ?? ANY);
    return [name, { ...type, required: isInBoth && mine.required && theirs.required }];
  });
  return objectType(Object.fromEntries(merged));
}
