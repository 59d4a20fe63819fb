"""One stream of examples on disk, and an endless shuffled reading of it.

In:  `NAME.tokens` (u16), `NAME.kinds` (u8, one a token) and `NAME.ends` (u32, where each example
     ends), all little-endian.
Out: `Stream`, the examples by number; `Reading`, an order of them that depends on the seed, the
     stream's name and how often it was read, and whose place is two integers.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

# What a token is, as the generator marks it.
CONTEXT, QUESTION, ANSWER, ENDING, TEXT, COPIED = range(6)
KINDS = 6


class Examples(Protocol):
    """Texts by number, in one array."""

    tokens: NDArray[np.uint16]
    kinds: NDArray[np.uint8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]


class Stream:
    def __init__(self, folder: Path, name: str, vocabulary: int, window: int) -> None:
        self.name = name
        self.tokens = np.memmap(folder / f"{name}.tokens", dtype="<u2", mode="r")
        self.kinds = np.memmap(folder / f"{name}.kinds", dtype="u1", mode="r")
        ends = np.fromfile(folder / f"{name}.ends", dtype="<u4").astype(np.int64)
        self.starts = np.concatenate(([0], ends[:-1]))
        self.lengths = ends - self.starts
        self.check(ends, vocabulary)
        fits = (self.lengths >= 2) & (self.lengths <= window)
        self.left_out = int((~fits).sum())
        self.starts, self.lengths = self.starts[fits], self.lengths[fits]
        if not len(self.starts):
            raise ValueError(f"stream {name} has no example of 2 to {window} tokens")

    def check(self, ends: NDArray[np.int64], vocabulary: int) -> None:
        if not len(ends) or (self.lengths <= 0).any():
            raise ValueError(f"stream {self.name}: its ends do not grow")
        if not len(self.tokens) == len(self.kinds) == ends[-1]:
            counts = f"{len(self.tokens)} tokens, {len(self.kinds)} kinds, examples of {ends[-1]}"
            raise ValueError(f"stream {self.name}: {counts}")
        if self.tokens.max() >= vocabulary:
            raise ValueError(f"stream {self.name} holds token {self.tokens.max()} of a vocabulary of {vocabulary}")
        if self.kinds.max() >= KINDS:
            raise ValueError(f"stream {self.name} holds kind {self.kinds.max()}; there are 0 to {KINDS - 1}")


class Reading:
    """A stream in shuffled order, again and again, each time in another order."""

    def __init__(self, stream: Stream, seed: int) -> None:
        self.stream = stream
        self.seed = [seed, zlib.crc32(stream.name.encode())]
        self.epoch = 0
        self.place = 0
        self.order = self.shuffled()

    def shuffled(self) -> NDArray[np.int64]:
        return np.random.default_rng([*self.seed, self.epoch]).permutation(len(self.stream.starts))

    def take(self, tokens: float) -> NDArray[np.int64]:
        """The next examples until they hold at least `tokens` tokens; none when that is not positive."""
        taken: list[NDArray[np.int64]] = []
        while tokens > 0:
            # Long enough for the quota if no example were shorter than two tokens.
            ahead = self.order[self.place : self.place + int(tokens / 2) + 1]
            total = np.cumsum(self.stream.lengths[ahead])
            count = min(int(np.searchsorted(total, tokens)) + 1, len(ahead))
            taken.append(ahead[:count])
            tokens -= float(total[count - 1])
            self.place += count
            if self.place == len(self.order):
                self.epoch, self.place = self.epoch + 1, 0
                self.order = self.shuffled()
        return np.concatenate(taken) if taken else np.empty(0, dtype=np.int64)

    @property
    def epochs(self) -> float:
        return self.epoch + self.place / len(self.order)

    def state(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "place": self.place}

    def load(self, state: dict[str, Any]) -> None:
        self.epoch, self.place = state["epoch"], state["place"]
        self.order = self.shuffled()
