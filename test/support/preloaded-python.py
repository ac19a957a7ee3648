"""Imports MLflow once, then runs each Python program and each MLflow server of the tests in a fork of itself.

To import MLflow takes seconds. A fork starts with the state that a new process has after its imports.
Usage: python preloaded-python.py <socket>. Ends when its stdin ends. A request is one line of JSON:

  {"kind": "program", "program": "…", "env": {…}}             the answer: {"code", "stdout", "stderr"}
  {"kind": "server", "args": […], "env": {…}, "cwd": "…"}     the answer: the process id and a newline, then the output
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
import types
import warnings

# What programs and servers import. `mlflow.server` and `uvicorn` are missing: the server reads its settings when it imports them.
IMPORTS = [
    "mlflow",
    "mlflow.gateway.providers",
    "mlflow.genai",
    "mlflow.metrics",
    "mlflow.pyfunc",
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.model_registry.sqlalchemy_store",
    "aiohttp",
    "fastapi",
    "flask_cors",
    "graphene",
    "starlette.middleware.wsgi",
]
# Read by imports without an effect on MLflow's client or server.
WITHOUT_EFFECT = {"HOME", "PATH"}


def preload():
    """Imports everything. Returns the values of the environment variables that the imports read."""
    read = {}
    get = os._Environ.__getitem__

    def get_and_note(environ, name):
        if isinstance(name, str):
            read[name] = None
            read[name] = get(environ, name)
        return get(environ, name)

    def ignore(*_, **__):
        """The imports of a new process would write their warnings to its own stderr."""

    show = warnings.showwarning
    warnings.showwarning = ignore
    os._Environ.__getitem__ = get_and_note
    for name in IMPORTS:
        try:
            importlib.import_module(name)
        except ImportError:
            # Other versions of MLflow have other modules. A fork imports what it needs.
            pass
    os._Environ.__getitem__ = get
    if warnings.showwarning is ignore:
        warnings.showwarning = show
    return {name: value for name, value in read.items() if name not in WITHOUT_EFFECT}


def can_fork(env, read):
    """Whether the imports would be the same with this environment."""
    names = {*read, *(name for name in (*env, *os.environ) if name.startswith("PYTHON"))}
    return all(env.get(name) == read.get(name, os.environ.get(name)) for name in names)


def start_anew(env):
    """Gives a fork what a new process would have."""
    os.environ.clear()
    os.environ.update(env)
    # Python gives its own generator a new state in every fork.
    sys.modules["numpy"].random.seed()


def redirect(stdout, stderr):
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)


def run_program(program):
    """As `python -c`, to the end of this process."""
    sys.argv = ["-c"]
    sys.path[0] = ""
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    exec(compile(program, "<string>", "exec"), main.__dict__)


def answer_program(connection, request, is_same):
    """Returns in the process that has to run the program. Its parent answers and ends."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        child = os.fork()
        if child == 0:
            connection.close()
            redirect(stdout.fileno(), stderr.fileno())
            if not is_same:
                command = [sys.executable, "-c", request["program"]]
                os.execve(sys.executable, command, request["env"])
            start_anew(request["env"])
            return
        _, status = os.waitpid(child, 0)
        answer = {"code": os.waitstatus_to_exitcode(status)}
        for name, file in (("stdout", stdout), ("stderr", stderr)):
            file.seek(0)
            answer[name] = file.read().decode("utf-8", "replace")
    connection.sendall(json.dumps(answer).encode())
    os._exit(0)


def run_server(connection, request, is_same):
    """As `mlflow`, which starts the server in a process of its own, to the end of this process."""
    os.setsid()
    os.chdir(request["cwd"])
    connection.sendall(f"{os.getpid()}\n".encode())
    redirect(connection.fileno(), connection.fileno())
    connection.close()
    if not is_same:
        mlflow = os.path.join(os.path.dirname(sys.executable), "mlflow")
        os.execve(mlflow, ["mlflow", *request["args"]], request["env"])
    start_anew(request["env"])
    command, server_env = command_of_server(request["args"])
    start_anew(server_env)
    if command[1:3] != ["-m", "uvicorn"]:
        os.execv(command[0], command)
    sys.argv = command[2:]
    sys.path[0] = request["cwd"]
    runpy.run_module("uvicorn", run_name="__main__", alter_sys=True)


def command_of_server(args):
    """The command and the environment with which `mlflow server` starts its server."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        import mlflow.server
        from mlflow.cli import cli

        def send(command, extra_env=None, **_):
            with os.fdopen(writer, "w") as file:
                json.dump([command, {**os.environ, **(extra_env or {})}], file)
            os._exit(0)

        mlflow.server._exec_cmd = send
        sys.argv = ["mlflow", *args]
        cli()
        os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        text = file.read()
    os.wait()
    if not text:
        os._exit(1)
    return json.loads(text)


def wait_for_request(listener):
    ready, _, _ = select.select([listener, sys.stdin], [], [])
    if sys.stdin in ready:
        os._exit(0)


def next_request(listener):
    """The next connection, in a fork of its own, with its request."""
    while True:
        wait_for_request(listener)
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with connection.makefile("rb") as lines:
                return connection, json.loads(lines.readline())
        connection.close()


listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(64)
print("ready", flush=True)
# Nothing to import before the first request.
wait_for_request(listener)
read = preload()
gc.freeze()
# Ended forks leave nothing behind.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
connection, request = next_request(listener)
is_same = can_fork(request["env"], read)
if request["kind"] == "server":
    run_server(connection, request, is_same)
else:
    answer_program(connection, request, is_same)
    run_program(request["program"])
