import { createPyFuncModel } from "../../../src/models/pyfunc/pyfunc-model.js";
import { pythonStr } from "../../../src/models/python-text.js";
import { ModelSignature } from "../../../src/models/signature/model-signature.js";

type Row = Readonly<Record<string, unknown>>;

/** The signature of both models. */
export const SIGNATURE = {
  inputs: JSON.stringify([
    { type: "string", name: "question", required: true },
    { type: "long", name: "count", required: false },
    { type: "double", name: "score", required: false },
    { type: "datetime", name: "day", required: false },
    { type: "boolean", name: "sure", required: false },
    { type: "binary", name: "bytes", required: false },
  ]),
  outputs: JSON.stringify([{ type: "string", required: true }]),
  params: JSON.stringify([{ name: "temperature", type: "double", default: 0.5, shape: null }]),
};

/** The model of `python-model.py`, in JavaScript. */
export function equalModel() {
  const model = {
    async invoke(input: unknown, options: { temperature?: number } = {}): Promise<unknown> {
      const row = input as Row;
      if (row.question === "throw") throw new Error("the model failed");
      if (row.question === "nan") return Number.NaN;
      if (row.question === "bytes") {
        const long = Uint8Array.from({ length: 200 }, (_, index) => index);
        const empty = new ArrayBuffer(0);
        return { short: Buffer.from([0, 255]), long: [long], empty, list: Float32Array.of(0.5, 1) };
      }
      const isGiven = ([, value]: [string, unknown]) => value !== null && !Number.isNaN(value);
      const cells = Object.entries(row)
        .filter(isGiven)
        .toSorted(([one], [other]) => one.localeCompare(other))
        .map(([name, value]) => `${name}=${shown(value)}`);
      return [...cells, `temperature=${options.temperature}`].join(" ");
    },
  };
  return createPyFuncModel({
    model,
    metadata: { signature: ModelSignature.fromDict(SIGNATURE) },
    warn: () => {},
  });
}

/** As Python writes it. */
function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString().replace(".000Z", "");
  return value === Number.POSITIVE_INFINITY ? "inf" : pythonStr(value);
}
