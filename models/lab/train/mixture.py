"""Which examples each step reads: streams mixed by shares of tokens that change from phase to phase.

In:  streams, phases, a seed, tokens a step.
Out: one list of batches a step. Every step holds the phase's mixture. The order depends on nothing
     but streams, phases, seed and tokens a step, so models of every size read the same tokens in
     the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from batch import Batch, rows
from stream import KINDS, Reading, Stream


@dataclass(frozen=True)
class Phase:
    until: float  # share of all tokens at which it ends
    mix: dict[str, float]  # stream -> share of the tokens; normalized here


@dataclass(frozen=True)
class Scoring:
    """How much each kind of token counts in the loss."""

    weights: tuple[float, ...] = (0.1, 0.1, 1.0, 0.5, 0.2, 0.4)
    # Share of a kind's tokens that are scored at all; those that are count the more. The expected
    # loss stays, and the product with the output matrix, dear in a small model, is saved.
    keep: tuple[float, ...] = (1.0,) * KINDS

    def table(self) -> NDArray[np.float32]:
        table = np.zeros(256, dtype=np.float32)
        table[:KINDS] = np.divide(self.weights, self.keep)
        return table

    def weigh(self, batch: Batch, random: np.random.Generator) -> NDArray[np.float32]:
        weights = self.table()[batch.kinds]
        if min(self.keep) < 1.0:
            kept = np.ones(256, dtype=np.float32)
            kept[:KINDS] = self.keep
            weights[random.random(weights.shape, dtype=np.float32) >= kept[batch.kinds]] = 0.0
        return weights


@dataclass(frozen=True)
class Step:
    batches: list[Batch]
    weights: list[NDArray[np.float32]]  # of each batch, rows x length
    tokens: int
    state: dict[str, Any]  # the mixture's place after this step


class Mixture:
    def __init__(
        self,
        streams: list[Stream],
        phases: list[Phase],
        scoring: Scoring,
        seed: int,
        total: int,
        tokens_a_step: int,
        tokens_a_batch: int,
    ) -> None:
        self.streams, self.phases, self.scoring, self.seed = streams, phases, scoring, seed
        self.total, self.tokens_a_step, self.tokens_a_batch = total, tokens_a_step, tokens_a_batch
        self.readings = [Reading(stream, seed) for stream in streams]
        # Tokens that a stream is owed: an example that overshoots a step's quota lowers the next one.
        self.owed = [0.0] * len(streams)
        self.seen = 0
        self.step = 0

    def shares(self) -> list[float]:
        done = self.seen / self.total
        mix = next((phase.mix for phase in self.phases if done < phase.until), self.phases[-1].mix)
        return [mix.get(stream.name, 0.0) / sum(mix.values()) for stream in self.streams]

    def next(self) -> Step:
        chosen = []
        for index, share in enumerate(self.shares()):
            if share == 0.0:
                continue
            self.owed[index] += share * self.tokens_a_step
            numbers = self.readings[index].take(self.owed[index])
            self.owed[index] -= float(self.streams[index].lengths[numbers].sum())
            if len(numbers):
                chosen.append((index, numbers))
        batches = list(rows(self.streams, chosen, self.tokens_a_batch))
        self.step += 1
        random = np.random.default_rng([self.seed, self.step])
        weights = [self.scoring.weigh(batch, random) for batch in batches]
        tokens = sum(batch.size for batch in batches)
        self.seen += tokens
        return Step(batches, weights, tokens, self.state())

    def epochs(self) -> dict[str, float]:
        return {r.stream.name: round(r.epochs, 3) for r in self.readings}

    def state(self) -> dict[str, Any]:
        readings = [reading.state() for reading in self.readings]
        return {"seen": self.seen, "step": self.step, "owed": list(self.owed), "readings": readings}

    def load(self, state: dict[str, Any]) -> None:
        self.seen, self.step, self.owed = state["seen"], state["step"], list(state["owed"])
        for reading, saved in zip(self.readings, state["readings"], strict=True):
            reading.load(saved)
