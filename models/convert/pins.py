"""What is fetched and what must come out: `pins.json`, read for the platform this runs on.

In:  `pins.json`: packages (version; size and SHA-256 of each wheel) and models (the package they come
     from; size and SHA-256 of each file made). A key `any` serves every platform.
Out: `Model` and `Wheel` values.
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from failure import Failure

MODELS = Path(__file__).resolve().parent.parent
DOWNLOADS = MODELS / "downloads"
PINS = Path(__file__).resolve().parent / "pins.json"


@dataclass(frozen=True)
class Wheel:
    package: str
    version: str
    platform: str  # `any`, or a key such as `linux-x86_64`
    tags: list[str]  # what pip calls that platform; empty for `any`
    file: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Model:
    name: str
    wheel: Wheel
    files: dict[str, dict[str, Any]]  # file name -> size, sha256

    @property
    def folder(self) -> Path:
        return MODELS / self.name

    @property
    def size(self) -> int:
        return sum(entry["size"] for entry in self.files.values())


def read() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(PINS.read_text(encoding="utf-8"))
    return content


def this_platform() -> str:
    system = {"Linux": "linux", "Darwin": "macos"}.get(platform.system(), platform.system().lower())
    if system == "linux" and platform.libc_ver()[0] != "glibc":
        system = "linux-without-glibc"
    return f"{system}-{platform.machine()}"


def wheel(pins: dict[str, Any], package: str, key: str) -> Wheel:
    entry = pins["packages"][package]
    wheels = entry["wheels"]
    chosen = "any" if "any" in wheels else key
    if chosen not in wheels:
        raise Failure(
            f"{package} {entry['version']}: the wheel for this platform ({key}) has no pinned SHA-256",
            f"pinned are {', '.join(wheels)}; for another, install ONNX Runtime {entry['version']} yourself "
            "and set ORT_DYLIB_PATH to its library",
        )
    found = wheels[chosen]
    tags = found.get("tags", [])
    return Wheel(package, entry["version"], chosen, tags, found["file"], found["size"], found["sha256"])


def model(pins: dict[str, Any], name: str, key: str) -> Model:
    entry = pins["models"][name]
    source = wheel(pins, entry["package"], key)
    return Model(name, source, entry["files"].get(source.platform, {}))


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6))} MB"
