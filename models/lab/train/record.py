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


def write(
    target: Path, config: Config, log: Path, device: torch.device, start: dict[str, Any], counts: dict[str, Any]
) -> None:
    """`start`: what the weights began as; `counts`: parameters, tokens, steps, seconds."""
    write_json(target / "training.json", {
        "model": config.name,
        **start,
        "adapter": {"rank": config.adapter.rank, "alpha": config.adapter.alpha} if config.adapter else None,
        **counts,
        "tokens_planned": config.tokens,
        "seed": config.seed,
        "streams": config.streams,
        **machine(device),
        "asked": asked(log),
    })  # fmt: skip
