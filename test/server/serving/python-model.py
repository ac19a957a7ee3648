"""Saves the model of serving.test.ts. It answers a question with the columns and the parameters that it received."""

import json
import sys

import mlflow
from mlflow.models import ModelSignature
from mlflow.pyfunc import PythonModel


class Echo(PythonModel):
    def predict(self, context, model_input, params=None):
        rows = model_input.to_dict("records")
        return [self.answer(row, params or {}) for row in rows]

    def answer(self, row, params):
        import numpy as np
        import pandas as pd

        if row["question"] == "throw":
            raise ValueError("the model failed")
        if row["question"] == "nan":
            return float("nan")
        if row["question"] == "bytes":
            return {"short": b"\x00\xff", "long": [bytes(range(200))], "empty": b"", "list": np.array([0.5, 1])}
        given = {name: value for name, value in row.items() if not pd.isna(value)}
        cells = [
            f"{name}={value.isoformat() if name == 'day' else value:g}"
            if name in ("count", "score")
            else f"{name}={value.isoformat() if name == 'day' else value}"
            for name, value in sorted(given.items())
        ]
        return " ".join([*cells, f"temperature={params['temperature']:g}"])


with open(sys.argv[2]) as file:
    signature = ModelSignature.from_dict(json.load(file))
mlflow.pyfunc.save_model(sys.argv[1], python_model=Echo(), signature=signature)
