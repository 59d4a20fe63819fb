"""A private Python environment with the converters' packages, in `downloads/`.

In:  `requirements.txt` (exact versions, wheel hashes).
Out: how to run a converter: a Python and the environment variables for it. A virtual environment
     where the `venv` module works, otherwise a plain folder of packages (`pip install --target`).
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import fetch
from failure import Failure
from pins import DOWNLOADS, sha256

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
VENV = DOWNLOADS / "python"
PACKAGES = DOWNLOADS / "packages"
STAMP = DOWNLOADS / "python.stamp"


@dataclass(frozen=True)
class Environment:
    python: str
    variables: dict[str, str]

    def run(self, script: str, *arguments: object) -> None:
        """One converter of this folder; what it says on failure becomes the error."""
        command = [self.python, "-B", str(HERE / script), *map(str, arguments)]
        variables = {**os.environ, **self.variables, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(
            command,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode == 0:
            return
        if "No space left on device" in done.stdout:
            raise OSError(errno.ENOSPC, "No space left on device", str(arguments[-1]))
        lines = done.stdout.strip().splitlines() or [f"exit status {done.returncode}"]
        raise Failure(f"{script} failed: {lines[-1]}", f"run it by hand: {' '.join(command)}")


def identity() -> str:
    """Changes when the Python, the place or the pinned packages change."""
    return f"{sys.version} {sys.executable} {DOWNLOADS} {sha256(REQUIREMENTS)}"


def current() -> Environment:
    if (VENV / "bin" / "python").exists():
        return Environment(str(VENV / "bin" / "python"), {"PYTHONNOUSERSITE": "1"})
    return Environment(sys.executable, {"PYTHONPATH": str(PACKAGES), "PYTHONNOUSERSITE": "1"})


def install() -> None:
    command = [sys.executable, "-m", "venv", str(VENV)]
    made = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    arguments = ["install", "--no-deps", "--require-hashes", "--only-binary=:all:", "-r", str(REQUIREMENTS)]
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        fetch.need_pip()
        arguments += ["--target", str(PACKAGES)]
    fetch.pip(current().python, arguments)


def environment() -> Environment:
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == identity():
        return current()
    if STAMP.exists():
        STAMP.unlink()
    for folder in (VENV, PACKAGES):
        shutil.rmtree(folder, ignore_errors=True)
    with fetch.step("the converters' Python packages"):
        install()
    STAMP.write_text(identity(), encoding="utf-8")
    return current()
