"""Converts the input of a model to JSON data."""

import base64
import math

import numpy
import pandas
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE


def plain(value):
    """Returns the input that MLflow passes, after the signature is enforced, as JSON data."""
    if isinstance(value, pandas.DataFrame):
        is_single = list(value.columns) == [0]
        return plain(value[0].tolist() if is_single else value.to_dict(orient="records"))
    if value is None or value is pandas.NA:
        return None
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        # tolist() would return nanoseconds.
        kind = {"datetime64[ns]": pandas.Timestamp, "timedelta64[ns]": pandas.Timedelta}.get(str(value.dtype))
        if kind:
            return plain(numpy.vectorize(kind, otypes=[object])(value).tolist())
    if isinstance(value, (numpy.ndarray, numpy.generic, pandas.Series)):
        return plain(value.tolist())
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if hasattr(value, "isoformat"):
        return None if value is pandas.NaT else value.isoformat()
    if hasattr(value, "model_dump"):
        return plain(value.model_dump())
    raise _invalid(f"must be JSON data. It contains a {type(value).__name__}.")


def _integer(value):
    """Numbers of JavaScript are floats, so an id of more than 53 bits would become another id."""
    try:
        if abs(value) <= 2**53 or int(float(value)) == value:
            return value
    except OverflowError:
        pass
    raise _invalid("contains an integer that JavaScript would round. Pass it as text, or as a float.")


def _invalid(why):
    return MlflowException(
        f"The input of a model that runs in Node.js {why}", error_code=INVALID_PARAMETER_VALUE
    )
