"""Lets MLflow's Python client load a model of LangChain.js that langchain-mlflow, a TypeScript package, has logged.

The model runs in a Node.js process that this package starts. The page "Serving" of the documentation of langchain-mlflow
describes the environment variables.
"""

import functools
import json
import logging
import operator
import os
import queue
import threading
import time
import weakref
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

from .process import Ended, Process
from .settings import number
from .values import plain

_logger = logging.getLogger(__name__)
# How long a caller that leaves a call waits for the spans of the model.
_ABORT_SECONDS = 3


def _load_pyfunc(path, model_config=None):
    return NodeModel(Path(path).resolve(), model_config)


def _close_all(processes):
    while processes:
        processes.pop().close()


class _Pickled:
    """In a pickle, this is the load of the model: where the pickle is read, this module may not be known."""

    def __init__(self, path, config):
        self._path, self._config = path, config

    def __reduce__(self):
        load = functools.partial(mlflow.pyfunc.load_model, suppress_warnings=True, model_config=self._config)
        return load, (str(self._path),)


class NodeModel:
    """The model, as MLflow calls it. Calls can be concurrent. A process that has ended is replaced at the next call."""

    def __init__(self, path, config):
        self._path, self._config = path, config
        self._starting = threading.Lock()
        self._processes = [Process(path, config)]
        # Also at the end of the program.
        weakref.finalize(self, _close_all, self._processes)

    def get_raw_model(self):
        return self

    def __copy__(self):
        return self

    def __reduce__(self):
        return operator.methodcaller("get_raw_model"), (_Pickled(self._path, self._config),)

    def predict(self, data, params=None):
        for answer in self._call("predict", data, params):
            return answer["result"]

    def predict_stream(self, data, params=None):
        for answer in self._call("predictStream", data, params):
            if "chunk" in answer:
                yield answer["chunk"]

    def _live_process(self):
        with self._starting:
            process = self._processes[-1] if self._processes else None
            if process is None or process.owner != os.getpid() or not process.is_alive:
                _close_all(self._processes)
                process = Process(self._path, self._config)
                self._processes.append(process)
            return process

    def _call(self, method, data, params):
        span = mlflow.get_current_active_span()
        request = {"input": plain(data), "params": plain(params or {}), "trace": span is not None}
        for is_last in (False, True):
            try:
                yield from self._answers(method, request, span)
                return
            except Ended as cause:
                # The model has not received the request, so it can be sent again.
                if cause.was_started or is_last:
                    raise MlflowException(f"The request has no answer: {cause} Its output is in stderr.") from None

    def _answers(self, method, request, span):
        process = self._live_process()
        seconds = number("NODE_REQUEST_TIMEOUT_SECONDS", 600)
        answers, identity = process.send(method, **request)
        was_started = is_complete = False
        try:
            while not is_complete:
                answer = process.receive(answers, seconds, was_started)
                was_started = True
                is_complete = not ("started" in answer or "chunk" in answer)
                _add_traces(answer.get("traces"), span)
                if "error" in answer:
                    raise process.exception(answer["error"])
                if "started" not in answer:
                    yield answer
        except queue.Empty:
            process.cancel(identity)
            # In a thread: the caller has waited long enough.
            threading.Thread(target=process.end_if_blocked, args=(seconds,), daemon=True).start()
            raise MlflowException(
                f"The model did not answer within {seconds:g} seconds. To wait longer, set "
                "MLFLOW_LANGCHAIN_NODE_REQUEST_TIMEOUT_SECONDS; 0 waits without a limit."
            ) from None
        except Ended:
            raise
        except BaseException:
            # The caller has left a stream, or was interrupted.
            if not is_complete:
                process.cancel(identity)
                if span is not None:
                    _add_last_traces(process, answers, span)
            raise
        finally:
            process.forget(identity)


def _add_last_traces(process, answers, span):
    """Waits for the spans of a request that was aborted, so that they are added before the trace ends."""
    end = time.monotonic() + _ABORT_SECONDS
    try:
        answer = {"chunk": None}
        while "started" in answer or "chunk" in answer:
            answer = process.receive(answers, max(end - time.monotonic(), 0.001))
        _add_traces(answer.get("traces"), span)
    except (Ended, queue.Empty):
        _logger.warning(
            "The spans of Node.js are missing in the trace: the model did not end within %d seconds after its caller had left.",
            _ABORT_SECONDS,
        )


def _add_traces(texts, span):
    """Adds the spans of Node.js below the span that is active in Python."""
    for text in texts or []:
        try:
            mlflow.add_trace(json.loads(text), target=span)
        except Exception as cause:
            _logger.warning("The spans of Node.js are missing in the trace: %s", cause)
