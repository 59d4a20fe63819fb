"""The one file that says what is trained: JSON, read and checked before anything starts.

In:  a path, and the name of one of the models it lists.
Out: a `Config`. An unknown key is an error, so that a misspelled one cannot be ignored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapter import Adapter
from mixture import Phase, Scoring
from optimizer import Rates
from shape import Shape


@dataclass(frozen=True)
class Questions:
    """Streams that are asked, never trained on."""

    streams: list[str] = field(default_factory=list)
    examples: int = 200
    every_tokens: int = 1_000_000


@dataclass(frozen=True)
class Config:
    name: str
    shape: Shape
    seed: int
    tokens: int
    tokens_a_step: int
    tokens_a_batch: int
    rates: Rates
    scoring: Scoring
    phases: list[Phase]
    questions: Questions
    adapter: Adapter | None
    balance: float  # weight of the experts' balance loss
    average: float  # decay of the weights' moving average; 0: none
    start_share: float  # of the weights it began with, in those that are exported; 0: none

    @property
    def streams(self) -> list[str]:
        """Streams that are trained on, sorted: the order of keys in the file changes nothing."""
        return sorted({name for phase in self.phases for name in phase.mix})


def read(path: Path, name: str, vocabulary: int) -> Config:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    models = content.pop("models")
    if name not in models:
        raise ValueError(f"{path} has no model `{name}`; it has {', '.join(sorted(models))}")
    phases = [Phase(**phase) for phase in content.pop("phases")]
    ends = [phase.until for phase in phases]
    if not ends or ends != sorted(set(ends)) or ends[-1] != 1.0:
        raise ValueError(f"{path}: the phases end at {ends}; they must rise to 1")
    if any(not phase.mix or min(phase.mix.values()) < 0 or not sum(phase.mix.values()) for phase in phases):
        raise ValueError(f"{path}: each phase needs a mix of shares that are not negative")
    questions = Questions(**content.pop("questions", {}))
    trained = {stream for phase in phases for stream in phase.mix}
    if trained & set(questions.streams):
        raise ValueError(f"{path} trains on what it asks: {sorted(trained & set(questions.streams))}")
    adapter = content.pop("adapter", None)
    config = Config(
        name=name,
        shape=Shape(vocabulary=vocabulary, **models[name]),
        seed=content.pop("seed"),
        tokens=content.pop("tokens"),
        tokens_a_step=content.pop("tokens_a_step", 8192),
        tokens_a_batch=content.pop("tokens_a_batch", 4096),
        rates=Rates(**content.pop("rates", {})),
        scoring=Scoring(**content.pop("scoring", {})),
        phases=phases,
        questions=questions,
        adapter=Adapter(**adapter) if adapter else None,
        balance=content.pop("balance", 0.01),
        average=content.pop("average", 0.0),
        start_share=content.pop("start_share", 0.0),
    )
    if not 0 <= config.start_share < 1:
        raise ValueError(f"{path}: start_share is {config.start_share}; it must be from 0 to below 1")
    if content:
        raise ValueError(f"{path}: unknown keys {sorted(content)}")
    return config
