"""Prints the traces of the named experiments as one JSON object: name -> list of trace.to_json()."""

import json
import sys

import mlflow

client = mlflow.MlflowClient(tracking_uri=sys.argv[1])
found = {}
for name in sys.argv[2:]:
    experiment = client.get_experiment_by_name(name)
    traces = client.search_traces(locations=[experiment.experiment_id]) if experiment else []
    found[name] = [trace.to_json() for trace in traces]
json.dump(found, sys.stdout)
