"""The Node.js process that runs a model. Both sides send one JSON object a line:

    {"id", "method": "predict" | "predictStream" | "cancel" | "ping", "input", "params", "trace"}   to Node.js
    {"id", "started" | "result" | "chunk" | "done" | "error" | "ready", "traces"}                 from Node.js
"""

import json
import logging
import os
import queue
import socket
import subprocess
import sys
import threading
from collections import deque

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import ErrorCode

from .node import ON_WINDOWS, find_node, node_environment
from .packages import install, packages_with_scripts
from .settings import number

_logger = logging.getLogger(__name__)
_OUT_OF_MEMORY = "JavaScript heap out of memory: MLFLOW_LANGCHAIN_NODE_MEMORY_MB is the maximum size of the heap."


def _environment():
    """Returns the environment of the process: the code of the model finds the same tracking server, if it can use it."""
    environment = {**node_environment(), "MLFLOW_TRACKING_URI": mlflow.get_tracking_uri()}
    if not environment["MLFLOW_TRACKING_URI"].startswith(("http://", "https://", "file:", "/", ".")):
        del environment["MLFLOW_TRACKING_URI"]
    return environment


class Ended(Exception):
    """The process has ended. `was_started`: whether the model had received the request."""

    def __init__(self, message, was_started):
        super().__init__(message)
        self.was_started = was_started


class Process:
    """A Node.js process with the model."""

    def __init__(self, model, config):
        node = find_node()
        megabytes = number("NODE_MEMORY_MB", 0)
        seconds = number("NODE_REQUEST_TIMEOUT_SECONDS", 600)
        self.owner = os.getpid()
        self.folder = install(model, node)
        self._lock = threading.Lock()
        self._lines = queue.SimpleQueue()
        self._answers = {}
        self._last_id = 0
        self._end = None
        self._printed = deque(maxlen=50)
        settings = {"model": str(model), "modelConfig": config, "usedFile": str(self.folder / ".used")}
        flags = [f"--max-old-space-size={megabytes:.0f}"] if megabytes else []
        command = [node, "--enable-source-maps", *flags, str(self.folder / "runner.mjs")]
        self._open(command, settings)
        self._forwarding = threading.Thread(target=self._forward, daemon=True)
        self._forwarding.start()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        for work in (self._write, self._watch):
            threading.Thread(target=work, daemon=True).start()
        try:
            answer = self.receive(self._ready, seconds)
        except (Ended, queue.Empty) as cause:
            self.close(0)
            detail = str(cause) or f"it was not loaded within {seconds:g} seconds."
            # No request was sent yet. Later, the output can contain the input of other callers.
            printed = "".join(self._printed)[-2000:].strip()
            if printed and self._end is not None:
                detail += f" It printed:\n{printed}"
            raise MlflowException(f"Node.js could not load the model: {detail}") from None
        except BaseException:
            # The user has interrupted the load.
            self.close(0)
            raise
        if "error" in answer:
            self.close()
            raise self.exception(answer["error"], "Node.js could not load the model: ")

    def _open(self, command, settings):
        self._ready = queue.SimpleQueue()
        self._answers[0] = self._ready
        if ON_WINDOWS:
            # Only the standard streams can be passed. The other side redirects what the model prints.
            self._socket = None
            self._process = subprocess.Popen(
                [*command, json.dumps(settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
            )
            self._output, self._input = self._process.stdin, self._process.stdout
            self._texts = self._process.stderr
            return
        # Not the standard streams: all that the model, its libraries and their processes print is passed on.
        self._socket, theirs = socket.socketpair()
        with theirs:
            settings["descriptor"] = theirs.fileno()
            self._process = subprocess.Popen(
                [*command, json.dumps(settings)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                env=_environment(),
                # Ctrl-C is for Python, which ends this process, or only interrupts a call.
                start_new_session=True,
            )
        self._output, self._input = self._socket.makefile("wb"), self._socket.makefile("rb")
        self._texts = self._process.stdout

    @property
    def is_alive(self):
        return self._end is None and self._process.poll() is None

    def _read(self):
        try:
            for line in self._input:
                message = json.loads(line)
                if not isinstance(message, dict) or "id" not in message:
                    raise ValueError(f"it is no message: {line[:100]!r}")
                with self._lock:
                    answers = self._answers.get(message["id"])
                if answers is not None:
                    answers.put(message)
        except OSError:
            pass  # The process was killed.
        except ValueError as cause:
            _logger.warning("The Node.js process of a model sent invalid data, and is ended: %s", cause)
            self._process.kill()
        code = self._process.wait()
        # The last lines say why it has ended. A process that it has started may keep the pipe open.
        self._forwarding.join(1)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        is_full = any("JavaScript heap out of memory" in text for text in list(self._printed))
        detail = f" {_OUT_OF_MEMORY}" if is_full else ""
        with self._lock:
            self._end = f"the Node.js process of the model ended ({how}).{detail}"
            self._lines.put(None)
            for answers in self._answers.values():
                answers.put(None)

    def _watch(self):
        """A process that the model has started may keep the connection open, so the reader would wait for its end."""
        self._process.wait()
        self._reading.join(1)
        if self._socket is not None and self._reading.is_alive():
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It is closed.

    def _write(self):
        """Writes in a thread of its own: a process that is blocked does not read, and the caller has a time limit."""
        try:
            for line in iter(self._lines.get, None):
                self._output.write(line)
                self._output.flush()
            if self._socket is None:
                self._output.close()
            else:
                self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # The process has ended, which the reader reports.

    def _forward(self):
        """What the model prints goes to stderr: stdout belongs to the Python program."""
        for line in self._texts:
            text = line.decode("utf-8", "replace")
            self._printed.append(text)
            try:
                sys.stderr.write(text)
                sys.stderr.flush()
            except (AttributeError, OSError, ValueError):
                pass  # The program has closed stderr.

    def send(self, method, **fields):
        """Sends a request. Returns the queue of its answers, and its id."""
        answers = queue.SimpleQueue()
        with self._lock:
            if self._end is not None:
                raise Ended(self._end, was_started=False)
            self._last_id += 1
            request = {"id": self._last_id, "method": method, **fields}
            self._answers[self._last_id] = answers
        self._lines.put(json.dumps(request).encode() + b"\n")
        return answers, request["id"]

    def receive(self, answers, seconds, was_started=False):
        """Returns the next answer. Raises queue.Empty after this time, and Ended when the process has ended."""
        message = answers.get(timeout=seconds or None)
        if message is not None:
            return message
        raise Ended(self._end, was_started)

    def forget(self, identity):
        with self._lock:
            self._answers.pop(identity, None)

    def cancel(self, identity):
        try:
            _, request = self.send("cancel", request=identity)
            self.forget(request)
        except Ended:
            pass

    def end_if_blocked(self, seconds):
        """Ends the process if it does not answer at all. A loop that never ends blocks every request."""
        try:
            answers, identity = self.send("ping")
            self.receive(answers, min(max(seconds, 1), 5))
            self.forget(identity)
        except queue.Empty:
            self._process.kill()
        except Ended:
            pass

    def exception(self, error, prefix=""):
        code = error.get("code")
        known = code in ErrorCode.keys()
        text = f"{prefix}{error['message']}"
        stack = error.get("stack") or ""
        scripts = [name for name in packages_with_scripts(self.folder) if f"node_modules/{name}/" in stack]
        if scripts:
            names = ",".join(scripts)
            text += (
                f"\nThe install scripts of these packages did not run: {names}. If you trust them, set "
                f"MLFLOW_LANGCHAIN_NODE_INSTALL_SCRIPTS={names}"
            )
        if stack:
            text += f"\n\nStack of Node.js:\n{stack}"
        return MlflowException(text, error_code=ErrorCode.Value(code)) if known else MlflowException(text)

    def close(self, seconds=5):
        """Closes the connection, which ends the process. Kills the process if it has not ended after this time."""
        if self.owner != os.getpid():
            return  # This is a fork. The process belongs to its parent.
        self._lines.put(None)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
