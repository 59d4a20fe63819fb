"""Trains one language model from a data folder and a configuration, and exports it.

    python train.py --config ladder.json --model S --data DATA --out RUN [--resume]

In:  DATA with `meta.json`, the streams that the configuration names, and the tokenizer's files.
Out: RUN/log.jsonl, RUN/checkpoint.pt (replaced in one step, also on SIGTERM and SIGINT) and, when
     all tokens are read, RUN/export in the layout of Hugging Face, with RUN/adapter beside it when
     an adapter was trained. Exit code 3: stopped before its end, by a signal or an option.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import adapter
import checkpoint
import config as configuration
import export
import machine
import record
from evaluation import evaluate
from trainer import Trainer


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train one language model.")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--model", required=True, help="one of the models that the configuration lists")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint, if there is one")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--init-from", type=Path, help="an exported folder to start from")
    start.add_argument("--grow-from", type=Path, help="the checkpoint of a smaller model, to go on from there")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-compile", action="store_true", help="start at once, but run more slowly")
    parser.add_argument("--minutes-between-checkpoints", type=float, default=5.0)
    parser.add_argument("--stop-after-seconds", type=float, default=float("inf"))
    parser.add_argument("--stop-at-step", type=int, default=sys.maxsize, help="counted from the first run")
    parser.add_argument("--log-every-steps", type=int, default=20)
    parser.add_argument("--f32", action="store_true", help="export the weights in f32 as well")
    parser.add_argument("--export-unfinished", action="store_true", help="export even when tokens are left")
    return parser.parse_args()


class Stop:
    """Set by a signal; the step under way is finished first."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.ask)

    def ask(self, *_: object) -> None:
        self.asked = True


class Run:
    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        meta = json.loads((chosen.data / "meta.json").read_text(encoding="utf-8"))
        self.end: int = meta["end"]
        self.config = configuration.read(chosen.config, chosen.model, meta["vocabulary"])
        if self.config.start_share and not chosen.init_from:
            raise ValueError(f"{chosen.config} keeps a share of the weights that it begins with: give --init-from")
        device = machine.prepare(chosen.device, chosen.threads)
        self.trainer = Trainer(self.config, chosen.data, device, not chosen.no_compile, chosen.init_from)
        self.place: Path = chosen.out / "checkpoint.pt"
        self.seconds = 0.0  # of training, over all runs; questions and checkpoints are not counted
        self.grown: dict[str, int] | None = None  # what the smaller model had read when this one began
        chosen.out.mkdir(parents=True, exist_ok=True)
        if chosen.resume and self.place.is_file():
            saved = checkpoint.load(self.place)
            if saved["config"] != repr(self.config):
                raise ValueError(f"{self.place} was made with another configuration")
            self.trainer.load(saved["trainer"])
            self.seconds, self.grown = saved["seconds"], saved["grown"]
            return
        if (chosen.out / "log.jsonl").exists():
            (chosen.out / "log.jsonl").unlink()
        if chosen.grow_from:
            small = checkpoint.load(chosen.grow_from)
            self.trainer.grow(small["trainer"])
            self.seconds = small["seconds"]
            parameters = sum(tensor.numel() for tensor in small["trainer"]["model"].values())
            self.grown = {"parameters": parameters, "tokens": self.trainer.tokens}

    def save(self) -> None:
        content = {"config": repr(self.config), "trainer": self.trainer.state()}
        content |= {"seconds": self.seconds, "grown": self.grown}
        checkpoint.save(self.place, content)

    def log(self, **values: Any) -> None:
        place = {"step": self.trainer.mixture.step, "tokens": self.trainer.tokens, "seconds": round(self.seconds, 1)}
        line = json.dumps(place | values)
        print(line, flush=True)
        with (self.chosen.out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def ask(self) -> None:
        if self.trainer.questions:
            with self.trainer.averaged() as model:
                count = self.config.questions.examples
                self.log(exact=evaluate(model, self.trainer.questions, count, self.end, self.trainer.device))

    def train(self) -> bool:
        """Whether it came to its end; else the checkpoint is where another run goes on."""
        trainer, chosen, stop = self.trainer, self.chosen, Stop()
        parameters = sum(p.numel() for p in trainer.model.parameters())
        left_out = {s.name: s.left_out for s in trainer.streams + trainer.questions if s.left_out}
        self.log(model=self.config.name, parameters=parameters, examples_left_out=left_out)
        began = saved = time.monotonic()
        while not (trainer.done or stop.asked):
            if time.monotonic() - began > chosen.stop_after_seconds:
                break
            if trainer.mixture.step >= chosen.stop_at_step:
                break
            asked_before = trainer.tokens // self.config.questions.every_tokens
            start = time.monotonic()
            trainer.step()
            self.seconds += time.monotonic() - start
            if trainer.mixture.step % chosen.log_every_steps == 0 or trainer.done:
                self.log(**trainer.tally.read(), epochs=trainer.mixture.epochs())
            if trainer.tokens // self.config.questions.every_tokens > asked_before and not trainer.done:
                self.ask()
            if time.monotonic() - saved > 60 * chosen.minutes_between_checkpoints:
                self.save()
                saved = time.monotonic()
        self.save()
        if trainer.done or chosen.export_unfinished:
            trainer.settle()
            self.ask()
            self.export()
        return trainer.done or trainer.mixture.step >= chosen.stop_at_step

    def export(self) -> None:
        shape, target = self.config.shape, self.chosen.out / "export"
        with self.trainer.averaged() as model:
            tensors, layout = export.merged(model), export.llama_config(shape, self.end)
            export.folder(tensors, layout, self.chosen.data, target, self.end, self.chosen.f32)
            if self.config.adapter:
                base = self.chosen.init_from.name if self.chosen.init_from else self.config.name
                adapter.export(model, self.config.adapter, base, self.chosen.out / "adapter")
        counts = {
            "parameters": sum(tensor.numel() for tensor in tensors.values()),
            "tokens": self.trainer.tokens,
            "steps": self.trainer.mixture.step,
            "seconds": round(self.seconds),
        }
        base = self.chosen.init_from
        start = {"base": base.name if base else None, "grown": self.grown}
        first = record.first_course(base, self.config) if base else None
        record.write(target, self.config, self.chosen.out / "log.jsonl", self.trainer.device, start, counts, first)


def main() -> int:
    try:
        if not Run(arguments()).train():
            print("stopped; go on with --resume", file=sys.stderr)
            return 3
    except (ValueError, OSError, KeyError, TypeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
