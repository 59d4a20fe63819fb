"""What a training was, as a file beside the weights that came of it.

In:  the log of a training (`log.jsonl`), its configuration, what it ran on.
Out: `training.json`: size, tokens, steps, seed, seconds, machine, and what the model answered on the
     way, from which cards are made.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import torch

from config import Config
from export import write_json


def processor(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def machine(device: torch.device) -> dict[str, Any]:
    return {
        "device": device.type,
        "processor": processor(device),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__.split("+")[0],
    }


def asked(log: Path) -> list[dict[str, Any]]:
    """Answers on the way: tokens read until then, and the share of each stream's values that were right."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    curve = {
        line["tokens"]: {name: score["value"] for name, score in line["exact"].items()}
        for line in lines
        if "exact" in line
    }
    return [{"tokens": tokens, "exact": exact} for tokens, exact in sorted(curve.items())]


def first_course(base: Path, config: Config) -> dict[str, Any] | None:
    """The record of the folder that a training began from, when it is the same model in its first course."""
    place = base / "training.json"
    first: dict[str, Any] = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    return first if first.get("model") == config.name else None


def continued(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """One record of two courses: what can be added up is, and the second's answers follow the first's."""
    before = first["tokens"]
    asked = [{**line, "tokens": before + line["tokens"]} for line in second["asked"]]
    summed = {name: first[name] + second[name] for name in ("tokens", "steps", "seconds", "tokens_planned")}
    return second | summed | {
        "base": first.get("base"),
        "grown": first.get("grown"),
        "courses": [{"tokens": course["tokens"], "seed": course["seed"]} for course in (first, second)],
        "streams": sorted({*first["streams"], *second["streams"]}),
        "asked": first["asked"] + asked,
    }


def write(
    target: Path,
    config: Config,
    log: Path,
    device: torch.device,
    start: dict[str, Any],
    counts: dict[str, Any],
    first: dict[str, Any] | None = None,
) -> None:
    """`start`: what the weights began as; `counts`: parameters, tokens, steps, seconds; `first`: the
    record of the course before this one."""
    second = {
        "model": config.name,
        **start,
        "adapter": {"rank": config.adapter.rank, "alpha": config.adapter.alpha} if config.adapter else None,
        **counts,
        "tokens_planned": config.tokens,
        "start_share": config.start_share,
        "seed": config.seed,
        "streams": config.streams,
        **machine(device),
        "asked": asked(log),
    }
    write_json(target / "training.json", continued(first, second) if first else second)
