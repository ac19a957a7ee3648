import { invalidParameter } from "../../base/errors.js";
import {
  type DataType,
  isDataType,
  isRequired,
  type ObjectType,
  objectType,
  type Property,
  propertiesOf,
  type SchemaType,
} from "./schema-type.js";

const MULTIPLE_TYPES =
  "Expected all values in the list to be of the same type. To specify a model signature with a list " +
  "containing elements of multiple types, define the signature manually using the array type with items " +
  'of type "any".';

/** JavaScript has one kind of number, so numbers of several types have the widest. */
const WIDTHS: readonly DataType[] = ["integer", "long", "float", "double"];

/**
 * The type that has room for both, as MLflow merges the items of a list: nothing known gives way to what is
 * known, and a property that one of two objects lacks is optional. Throws where there is none but `any`.
 */
export function mergeTypes(one: SchemaType, other: SchemaType): SchemaType {
  // Most items of a list are alike.
  if (isSame(one, other)) return one;
  if (one.type === "any") return mergeWithAny(other);
  if (other.type === "any") return mergeWithAny(one);
  if (one.type === "array" && other.type === "array") {
    return { type: "array", items: mergeTypes(one.items, other.items) };
  }
  if (one.type === "map" && other.type === "map") {
    return { type: "map", values: mergeTypes(one.values, other.values) };
  }
  if (one.type === "object" && other.type === "object") return mergeObjects(one, other);
  if (isDataType(one.type) && isDataType(other.type)) {
    return { type: mergeScalars(one.type, other.type) };
  }
  throw invalidParameter(MULTIPLE_TYPES);
}

function isSame(one: SchemaType, other: SchemaType): boolean {
  if (one.type === "array" && other.type === "array") return isSame(one.items, other.items);
  if (one.type === "map" && other.type === "map") return isSame(one.values, other.values);
  if (one.type !== "object" || other.type !== "object") return one.type === other.type;
  const names = Object.keys(one.properties);
  if (names.length !== Object.keys(other.properties).length) return false;
  return names.every((name) => {
    const [property, like] = [one.properties[name], other.properties[name]];
    if (!property || !like || isRequired(property) !== isRequired(like)) return false;
    return isSame(property, like);
  });
}

function mergeScalars(one: DataType, other: DataType): DataType {
  if (one === other) return one;
  const widths = [WIDTHS.indexOf(one), WIDTHS.indexOf(other)];
  if (widths.includes(-1)) throw invalidParameter(MULTIPLE_TYPES);
  // A float's 24 bits hold no long.
  if (widths.includes(WIDTHS.indexOf("float"))) return "double";
  return WIDTHS[Math.max(...widths)] as DataType;
}

/** An object that may be nothing: none of its properties has to be there. */
function mergeWithAny(type: SchemaType): SchemaType {
  return type.type === "object"
    ? objectType(propertiesOf(type).map(([name, property]) => [name, optional(property)]))
    : type;
}

function optional(property: Property): Property {
  return { ...property, required: false };
}

function mergeObjects(one: ObjectType, other: ObjectType): ObjectType {
  const merged = new Map(propertiesOf(one));
  const others = new Map(propertiesOf(other));
  for (const [name, property] of merged) {
    if (!others.has(name)) merged.set(name, optional(property));
  }
  for (const [name, property] of others) {
    const known = merged.get(name);
    merged.set(name, known ? mergeProperties(known, property) : optional(property));
  }
  return objectType(merged);
}

function mergeProperties(one: Property, other: Property): Property {
  const type = mergeTypes(withoutRequired(one), withoutRequired(other));
  return { ...type, required: isRequired(one) && isRequired(other) };
}

function withoutRequired({ required: _, ...type }: Property): SchemaType {
  return type;
}
