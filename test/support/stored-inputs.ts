interface FoundTrace {
  /** The input as JSON, if it is short. */
  readonly request_preview: string;
}

/** The inputs, which are short, of all traces of an experiment of a server: a trace that is stored twice appears twice. */
export async function storedInputs(serverUrl: string, experimentName: string): Promise<unknown[]> {
  const query = new URLSearchParams({ experiment_name: experimentName });
  const named = await fetch(`${serverUrl}/api/2.0/mlflow/experiments/get-by-name?${query}`);
  if (named.status === 404) return [];
  const { experiment } = (await named.json()) as { experiment: { experiment_id: string } };
  const location = {
    type: "MLFLOW_EXPERIMENT",
    mlflow_experiment: { experiment_id: experiment.experiment_id },
  };
  const inputs: unknown[] = [];
  let token: string | undefined;
  do {
    const response = await fetch(`${serverUrl}/api/3.0/mlflow/traces/search`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ locations: [location], max_results: 500, page_token: token }),
    });
    const page = (await response.json()) as {
      readonly traces?: readonly FoundTrace[];
      readonly next_page_token?: string;
    };
    for (const { request_preview: input } of page.traces ?? []) inputs.push(JSON.parse(input));
    token = page.next_page_token || undefined;
  } while (token !== undefined);
  return inputs;
}
