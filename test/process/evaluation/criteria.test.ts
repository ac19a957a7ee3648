import { expect, test } from "vitest";
import {
  CRITERIA_FILE,
  criteriaCases,
  errorClass,
  isKnownDifference,
  outcomeOf,
} from "../../golden/evaluation/criteria-outcome.js";
import { runPython } from "../../support/python.js";

/** What Python makes of each text: rules, or the error. */
const PROGRAM = `
import json, sys
from types import SimpleNamespace
from mlflow.exceptions import MlflowException
from mlflow.genai.evaluation import quality_criteria as criteria

with open(${JSON.stringify(CRITERIA_FILE)}) as file:
    first, *cases = map(json.loads, file)
scorers = [SimpleNamespace(name=name) for name in first["scorers"]]

def outcome(text):
    try:
        rules = criteria.parse_quality_criteria(scorers, text)
        tag = criteria.build_quality_criteria_tag(rules)
        aggregations = criteria.get_extra_aggregations(rules)
        return {"rules": json.loads(tag)["rules"] if tag else [], "aggregations": aggregations}
    except MlflowException as error:
        return {"code": error.error_code, "message": error.message}

json.dump([outcome(case["text"]) for case in cases], sys.stdout)
`;

interface PythonOutcome {
  readonly rules?: unknown;
  readonly aggregations?: unknown;
  readonly code?: string;
  readonly message?: string;
}

test("Quality criteria have the rules and errors of MLflow 3.18 in Python", async () => {
  const { scorers, cases } = criteriaCases();
  const outcomes = await runPython<PythonOutcome[]>(PROGRAM, { version: "3.18.0" });
  expect(outcomes.length).toBe(cases.length);
  expect(cases.length).toBeGreaterThanOrEqual(200);
  for (const [index, { text, outcome }] of cases.entries()) {
    const { code = "", message, ...rules } = outcomes[index] ?? {};
    const python = message === undefined ? rules : errorClass(code, message);
    expect(outcome, `the stored outcome of ${text}`).toEqual(python);
    if (!isKnownDifference(text)) expect(outcomeOf(scorers, text), text).toEqual(python);
  }
});
