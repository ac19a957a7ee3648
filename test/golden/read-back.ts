import { parseExactJson } from "../../src/data/exact-json.js";
import { runPython } from "../support/python.js";
import { type CanonicalTrace, fromPython, fromRest } from "./canonical.js";

/** The traces of an experiment as the server's REST API tells them. */
export async function readOverRest(url: string, experiment: string): Promise<CanonicalTrace[]> {
  const name = encodeURIComponent(experiment);
  const found = await json(`${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${name}`);
  const { experiment_id } = (found as { experiment: { experiment_id: string } }).experiment;
  const location = { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id } };
  const page = await json(`${url}/api/3.0/mlflow/traces/search`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ locations: [location], max_results: 100 }),
  });
  const { traces = [] } = page as { traces?: { trace_id: string }[] };
  const wholes = traces.map(async ({ trace_id }) =>
    fromRest(await json(`${url}/api/3.0/mlflow/traces/get?trace_id=${trace_id}`)),
  );
  return Promise.all(wholes);
}

const READ = `
import json, os, mlflow
client = mlflow.MlflowClient()
found = {}
for name in json.loads(os.environ["EXPERIMENTS"]):
    experiment = client.get_experiment_by_name(name)
    traces = client.search_traces(locations=[experiment.experiment_id], max_results=100)
    found[name] = [trace.to_json() for trace in traces]
print(json.dumps(found))
`;

/** The traces of experiments as MLflow's Python client reads them, by the experiment's name. */
export async function readWithPython(
  url: string,
  experiments: readonly string[],
): Promise<Record<string, CanonicalTrace[]>> {
  const env = { MLFLOW_TRACKING_URI: url, EXPERIMENTS: JSON.stringify(experiments) };
  const found = await runPython<Record<string, string[]>>(READ, { env });
  return Object.fromEntries(
    Object.entries(found).map(([name, texts]) => [
      name,
      texts.map((text) => fromPython(parseExactJson(text))),
    ]),
  );
}

async function json(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return parseExactJson(text);
}
