import { invalidParameter } from "../base/errors.js";
import { attempt } from "../base/show.js";

/** What the records of a dataset are about: single calls, or conversations that a simulated user has with a goal. */
type Granularity = "trace" | "session";

const SESSION_FIELDS = ["persona", "goal", "context", "simulation_guidelines"];

/** Checks that all records of a dataset are about the same, as Python does. */
export class GranularityCheck {
  readonly #existing: Granularity | undefined;
  #added: Granularity | undefined;
  #hasEmptyInputs = false;

  /** @param schema the schema of the dataset. */
  constructor(schema: string | undefined) {
    const { inputs } = Object(attempt(() => JSON.parse(schema ?? "{}")));
    this.#existing = granularityOf(Object.keys(Object(inputs)));
  }

  /**
   * @param names the names of the inputs of a record.
   * @throws MlflowException INVALID_PARAMETER_VALUE if the record is about something else than those before it.
   */
  add(names: readonly string[], row: number): void {
    if (names.length === 0) this.#hasEmptyInputs = true;
    const others = names.filter((name) => !SESSION_FIELDS.includes(name));
    if (names.includes("goal") && others.length > 0) {
      throw invalidParameter(
        `Row ${row}: Invalid input schema: cannot mix session fields ['goal'] with other fields ['${others.join("', '")}']. Consider placing ['${others.join("', '")}'] fields inside 'context'.`,
      );
    }
    const granularity = granularityOf(names);
    if (granularity && this.#added && granularity !== this.#added) {
      throw invalidParameter(
        `All records must use the same granularity. Row ${row} has ${granularity} granularity, and the rows before it have ${this.#added} granularity.`,
      );
    }
    this.#added ??= granularity;
    if (this.#hasEmptyInputs && [this.#added, this.#existing].includes("session")) {
      throw invalidParameter(
        "Empty inputs are not allowed for session records. The 'goal' field is required.",
      );
    }
    if (this.#added && this.#existing && this.#added !== this.#existing) {
      throw invalidParameter(
        `New records use ${this.#added} granularity, but existing dataset uses ${this.#existing}. Cannot mix granularities.`,
      );
    }
  }
}

/** Undefined without inputs. */
function granularityOf(names: readonly string[]): Granularity | undefined {
  if (names.length === 0) return undefined;
  return names.includes("goal") ? "session" : "trace";
}
