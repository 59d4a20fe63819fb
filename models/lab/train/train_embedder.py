"""Trains the embedder from a data folder and a configuration, and exports it.

    python train_embedder.py --config embedder.json --data DATA --out RUN

In:  DATA with `meta.json`, the pairs that the configuration names (trained on, and asked), and the
     tokenizer's files; the configuration's `shape`, `pairs`, `asked`, `pairs_a_step`, `steps`,
     `seed` and `rates`.
Out: RUN/log.jsonl and RUN/export. It trains within minutes, so there is no checkpoint.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import embedder
import export
import machine
import record
from initialization import initialize
from model import Decoder
from optimizer import Optimizer, Rates
from shape import Shape

ASK_EVERY_STEPS = 100
LOG_EVERY_STEPS = 20


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the embedder.")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-compile", action="store_true", help="start at once, but run more slowly")
    return parser.parse_args()


def train(chosen: argparse.Namespace) -> None:
    config: dict[str, Any] = json.loads(chosen.config.read_text(encoding="utf-8"))
    meta = json.loads((chosen.data / "meta.json").read_text(encoding="utf-8"))
    device = machine.prepare(chosen.device, chosen.threads)
    shape = Shape(vocabulary=meta["vocabulary"], head_norms=True, **config["shape"])
    trained, asked = (
        embedder.Pairs(chosen.data, config[name], meta["end"], shape.window) for name in ("pairs", "asked")
    )
    decoder = Decoder(shape)
    initialize(decoder, config["seed"], lookup_layers=0)
    decoder.to(device)
    optimizer = Optimizer(decoder.named_parameters(), Rates(**config.get("rates", {})))
    if not chosen.no_compile:
        decoder.compile_layers()

    chosen.out.mkdir(parents=True, exist_ok=True)
    size, steps = config["pairs_a_step"], config["steps"]
    if size > len(trained):
        raise ValueError(f"{size} pairs a step, but only {len(trained)} pairs")
    random = np.random.default_rng(config["seed"])
    order, seconds = np.empty(0, dtype=np.int64), 0.0
    with (chosen.out / "log.jsonl").open("w", encoding="utf-8") as log:
        for step in range(1, steps + 1):
            start = time.monotonic()
            if len(order) < size:
                order = random.permutation(len(trained))
            batch, order = order[:size], order[size:]
            loss = embedder.contrast(decoder, trained, batch, device)
            loss.backward()
            optimizer.step(optimizer.rates.factor(step, step / steps))
            seconds += time.monotonic() - start
            values: dict[str, Any] = {}
            if step % LOG_EVERY_STEPS == 0:
                values["loss"] = round(float(loss.detach()), 4)
            if step % ASK_EVERY_STEPS == 0 or step == steps:
                values |= embedder.recall(decoder, asked, device)
            if values:
                line = json.dumps({"step": step, "seconds": round(seconds, 1)} | values)
                print(line, flush=True)
                log.write(line + "\n")
    target = chosen.out / "export"
    embedder.write(decoder, chosen.data, target, meta["end"])
    export.write_json(target / "training.json", {
        "model": "embedder",
        "parameters": sum(parameter.numel() for parameter in decoder.parameters()),
        "pairs": size * steps,
        "steps": steps,
        "seconds": round(seconds),
        "seed": config["seed"],
        "streams": [config["pairs"]],
        **record.machine(device),
    })  # fmt: skip


def main() -> int:
    try:
        train(arguments())
    except (ValueError, OSError, KeyError, TypeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
