"""The environment variables of langchain-mlflow."""

import math
import os

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE


def setting(name, default=None):
    return os.environ.get(f"MLFLOW_LANGCHAIN_{name}") or default


def number(name, default):
    text = setting(name)
    try:
        number = float(default if text is None else text)
    except ValueError:
        number = math.nan
    if number >= 0 and math.isfinite(number):
        return number
    raise MlflowException(
        f"MLFLOW_LANGCHAIN_{name} must be a number that is not negative. Got {text!r}.",
        error_code=INVALID_PARAMETER_VALUE,
    )
