import { expect, test } from "vitest";
import { enforceSchema } from "../../src/models/pyfunc/enforce-signature.js";
import { Schema } from "../../src/models/signature/schema.js";
import { type Answer, DIFFERENCES } from "../models/pyfunc/differences.js";
import { INPUTS, SCHEMAS } from "../models/pyfunc/enforcement-cases.js";
import { runPython } from "../support/python.js";

const PROGRAM = `
import json, logging, math, warnings
from copy import deepcopy
from mlflow.models.utils import _convert_llm_input_data
from mlflow.pyfunc import _validate_prediction_input
from mlflow.types import Schema
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")

def clean(value):
    if isinstance(value, float) and math.isnan(value):
        return "<NaN>"
    if isinstance(value, dict):
        return {str(key): clean(one) for key, one in value.items()}
    return [clean(one) for one in value] if isinstance(value, list) else value

def answer(schema, value):
    try:
        data, _ = _validate_prediction_input(deepcopy(value), None, schema, None)
        return {"data": clean(_convert_llm_input_data(data))}
    except Exception as error:
        return {"error": str(error)}
`;

function answerHere(schema: Schema, input: unknown): Answer {
  try {
    return { data: enforceSchema(input, schema, { warn: () => {} }) };
  } catch (error) {
    return { error: comparable((error as Error).message) };
  }
}

/** The hint is for people; Python names extra columns, and properties, in no order. */
function comparable(message: string): string {
  const sorted = (names: string) => names.split(", ").sort().join(", ");
  return message
    .replace(/ Hint: .*$/, "")
    .replace(/(?<=extra inputs: \[)[^\]]*/, sorted)
    .replace(/(?<=properties[^{]*: \{)[^}]*(?=\}$)/, sorted);
}

test("every input under every schema ends as in Python, but for the differences listed", async () => {
  const all = Object.entries(SCHEMAS).map(([name, columns]) => {
    return { name, columns, schema: new Schema(columns) };
  });
  const texts = JSON.stringify(JSON.stringify(all.map(({ schema }) => schema.toJson())));
  const inputs = JSON.stringify(JSON.stringify(INPUTS));
  const python = await runPython<Answer[][]>(`${PROGRAM}
print(json.dumps([
    [answer(Schema.from_json(text), value) for value in json.loads(${inputs})]
    for text in json.loads(${texts})
]))`);
  const unexplained: string[] = [];
  const counts = new Map<string, number>();
  for (const [row, { name, columns, schema }] of all.entries()) {
    for (const [index, input] of INPUTS.entries()) {
      const here = answerHere(schema, input);
      const { data, error } = python[row]?.[index] ?? {};
      const there = error === undefined ? { data } : { error: comparable(error) };
      const isSame = JSON.stringify(here) === JSON.stringify(there);
      const known = DIFFERENCES.find((one) =>
        one.explains({ columns, input, here, python: there }),
      );
      const reason = isSame ? "same" : known?.reason;
      if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      else unexplained.push(`${name} <- ${JSON.stringify({ input, here, there })}`);
    }
  }
  expect(unexplained).toEqual([]);
  expect([...counts.keys()].sort()).toEqual(
    ["same", ...DIFFERENCES.map(({ reason }) => reason)].sort(),
  );
  expect(counts.get("same")).toBeGreaterThan(850);
});
