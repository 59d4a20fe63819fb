"""The stamp of a finished model: `.stamp.json` in its folder, holding the pins it was made from.

In:  a `Model`, its folder.
Out: why the model is not ready (empty when it is), by names and sizes or, with `problem_inside`, by
     SHA-256; and the stamp itself, written last.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pins import Model, sha256


def path(model: Model) -> Path:
    return model.folder / ".stamp.json"


def content(model: Model) -> dict[str, Any]:
    return {"package": model.wheel.package, "wheel_sha256": model.wheel.sha256, "files": model.files}


def problem(model: Model) -> str:
    """Quick: the stamp, and the size of every file. `-` means that there is nothing yet."""
    if not path(model).is_file():
        return "it has no stamp" if model.folder.is_dir() else "-"
    try:
        stamped = json.loads(path(model).read_text(encoding="utf-8"))
    except ValueError:
        return "its stamp is not readable"
    if stamped != content(model):
        return "its pins changed"
    for name, entry in model.files.items():
        file = model.folder / name
        if not file.is_file():
            return f"{name} is missing"
        if file.stat().st_size != entry["size"]:
            return f"{name} has {file.stat().st_size} bytes instead of {entry['size']}"
    return ""


def problem_inside(model: Model, folder: Path) -> str:
    """Slow: the SHA-256 of every file in `folder`."""
    for name, entry in model.files.items():
        found = sha256(folder / name)
        if found != entry["sha256"]:
            return f"{name}: SHA-256 is {found}, expected {entry['sha256']}"
    return ""


def write(model: Model) -> None:
    temporary = path(model).with_suffix(".part")
    temporary.write_text(json.dumps(content(model), indent=1) + "\n", encoding="utf-8")
    temporary.replace(path(model))


def remove(model: Model) -> None:
    if path(model).exists():
        path(model).unlink()
