import { expect, test } from "vitest";
import { inferSignature } from "../../src/models/signature/infer-signature.js";
import { ModelSignature } from "../../src/models/signature/model-signature.js";
import {
  PARAMS_AS_PYTHON,
  SAME_AS_PYTHON,
  UNLIKE_PYTHON,
  WRONG_PARAMS,
} from "../models/signature/sample-values.js";
import { runPython } from "../support/python.js";

const QUIET =
  "import json, logging, warnings\nlogging.disable(logging.CRITICAL)\nwarnings.simplefilter('ignore')\n";

/** A value as an expression of Python's. */
const inPython = (value: unknown) => `json.loads(${JSON.stringify(JSON.stringify(value))})`;

test("Python infers the same from the same JSON, but for what is listed", async () => {
  const values = [...SAME_AS_PYTHON, ...UNLIKE_PYTHON.map(({ value }) => value)];
  const params = [...PARAMS_AS_PYTHON, ...WRONG_PARAMS];
  const python = await runPython<{ schemas: string[]; params: (string | null)[] }>(`${QUIET}
from mlflow.models import infer_signature
def params(value):
    try:
        return infer_signature("x", None, value).to_dict()["params"]
    except Exception:
        return None
print(json.dumps({
    "schemas": [infer_signature("x", value).to_dict()["outputs"] for value in ${inPython(values)}],
    "params": [params(value) for value in ${inPython(params)}],
}))`);
  const schemas = values.map((value) => inferSignature("x", value).toDict().outputs);
  expect(schemas.slice(0, SAME_AS_PYTHON.length)).toEqual(
    python.schemas.slice(0, SAME_AS_PYTHON.length),
  );
  expect(python.schemas.slice(SAME_AS_PYTHON.length)).toEqual(
    UNLIKE_PYTHON.map(({ python }) => python),
  );
  const ours = PARAMS_AS_PYTHON.map(
    (value) => inferSignature("x", undefined, value).toDict().params,
  );
  expect(python.params).toEqual([...ours, ...WRONG_PARAMS.map(() => null)]);
});

test("Python reads every signature of ours and writes it unchanged", async () => {
  const signatures = [
    ...SAME_AS_PYTHON.map((value) => inferSignature(value, value)),
    ...PARAMS_AS_PYTHON.map((params) => inferSignature("x", "y", params)),
    inferSignature(new Date(), { bytes: new Uint8Array(1), when: new Date() }, { at: new Date(0) }),
    new ModelSignature({
      inputs: [
        { type: "map", values: { type: "array", items: { type: "float" } }, name: "m" },
        { type: "integer", name: "i", required: false },
        { type: "sparkml_vector", name: "v" },
      ],
    }),
  ].map((signature) => ({ ...signature.toDict(), text: String(signature) }));
  const python = await runPython<typeof signatures>(`${QUIET}
from mlflow.models import ModelSignature
print(json.dumps([
    {**read.to_dict(), "text": repr(read)}
    for read in (ModelSignature.from_dict(one) for one in ${inPython(signatures)})
]))`);
  const texts = (all: typeof signatures) =>
    all.map(({ text, ...dict }) => [dict, withoutDates(text)]);
  expect(signatures.length).toBeGreaterThan(50);
  expect(texts(python)).toEqual(texts(signatures));
});

/** Python shows a default that is a date as an object of its own. */
function withoutDates(text: string): string {
  return text.replace(/\(default: .*1970.*\)/, "(default: a date)");
}
