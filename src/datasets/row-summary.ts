import { createHash } from "node:crypto";
import { toJson } from "../data/plain.js";
import { inferType, mergeTypes } from "../models/signature/infer-type.js";
import { type ColSpec, Schema } from "../models/signature/schema.js";
import { ANY, type SchemaType } from "../models/signature/schema-type.js";
import type { EvaluationRow } from "./evaluation-row.js";
import { describedDataOf } from "./json-data.js";

interface Column {
  /** Undefined if the values have no common type in MLflow. */
  type: SchemaType | undefined;
  /** In how many rows it has a value. */
  values: number;
}

const DIGEST_CHARACTERS = 8;

/** Counts rows while they are read, and computes their digest and schema, without keeping them. */
export class RowSummary {
  #rows = 0;
  readonly #columns = new Map<string, Column>();
  readonly #hash = createHash("sha256");

  add(row: EvaluationRow): void {
    this.#rows += 1;
    const fields = fieldsOf(row);
    for (const [name, value] of Object.entries(fields)) this.#addValue(name, value);
    this.#hash.update(`${toJson(describedDataOf(fields))}\n`);
  }

  get rows(): number {
    return this.#rows;
  }

  get digest(): string {
    return this.#hash.copy().digest("hex").slice(0, DIGEST_CHARACTERS);
  }

  /** JSON text, as Python's `mlflow.data.from_pandas` writes it, as the next field. */
  get profile(): string {
    const elements = this.#rows * this.#columns.size;
    return `{"num_rows": ${this.#rows}, "num_elements": ${elements}}`;
  }

  /** Undefined if a column has values without a common type. */
  get schema(): string | undefined {
    const columns: ColSpec[] = [];
    for (const [name, { type, values }] of this.#columns) {
      if (!type) return undefined;
      const required = values === this.#rows;
      columns.push({ ...(required ? type : mergeTypes(type, ANY)), name, required });
    }
    return columns.length === 0 ? undefined : `{"mlflow_colspec": ${new Schema(columns).toJson()}}`;
  }

  #addValue(name: string, value: unknown): void {
    const column = this.#columns.get(name);
    if (!column) this.#columns.set(name, { type: typeOf(value), values: 1 });
    else {
      column.values += 1;
      column.type &&= typeOf(value, column.type);
    }
  }
}

/** The columns that Python's table of these rows has. */
function fieldsOf({ trace, source, ...fields }: EvaluationRow): Readonly<Record<string, unknown>> {
  if (trace) return { ...fields, trace: trace.info.traceId };
  return source ? { ...fields, source } : fields;
}

/** Undefined if the value has no type in MLflow, or no type that fits it and `other`. */
function typeOf(value: unknown, other?: SchemaType): SchemaType | undefined {
  try {
    const type = inferType(value);
    return other ? mergeTypes(other, type) : type;
  } catch {
    return undefined;
  }
}
