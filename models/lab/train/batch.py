"""Batches: each row is one example from position 0, padded at its end to a common length.

In:  streams and numbers of examples.
Out: `Batch`es of examples of similar length, none of more than a given number of tokens. Short
     examples lie in wide batches, long ones in narrow ones, and little is padding.

Examples are never joined into one row: attention needs no mask then, and every example starts at
position 0, as a prompt does when the model is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from stream import Examples

LENGTH_STEP = 8  # vectors of the processor like even lengths
SHORTEST = 0.85  # of a batch's longest example; a higher share pads less, but makes more and smaller batches
NO_KIND = 255  # padding, and the first token of an example, which nothing predicts


@dataclass(frozen=True)
class Batch:
    tokens: Tensor  # rows x length, i64
    kinds: NDArray[np.uint8]  # rows x length
    real: Tensor  # flat positions that are not padding, i64
    stream: NDArray[np.int64]  # per row, the stream's index
    number: NDArray[np.int64]  # per row, the example's number in it
    lengths: NDArray[np.int64]  # per row, its tokens without padding
    size: int  # tokens without padding

    def scored(self, per_position: NDArray[np.float32]) -> tuple[Tensor, Tensor, Tensor, NDArray[np.int64]]:
        """What the loss reads: flat positions, the tokens after them, weights, and flat targets.

        `per_position`: rows x length, the weight of each token as a target; 0 leaves it out.
        """
        target = np.flatnonzero(per_position)
        flat = torch.from_numpy(target)
        weight = torch.from_numpy(per_position.reshape(-1)[target])
        return flat - 1, self.tokens.reshape(-1)[flat], weight, target


def rows(streams: Sequence[Examples], chosen: list[tuple[int, NDArray[np.int64]]], most: int) -> Iterator[Batch]:
    """Batches of the chosen examples, (stream's index, numbers) each, of at most `most` tokens or one row."""
    which = np.concatenate([np.full(len(numbers), index) for index, numbers in chosen])
    number = np.concatenate([numbers for _, numbers in chosen])
    starts = np.concatenate([streams[index].starts[numbers] for index, numbers in chosen])
    lengths = np.concatenate([streams[index].lengths[numbers] for index, numbers in chosen])
    longest_first = np.argsort(-lengths, kind="stable")
    while len(longest_first):
        longest = int(lengths[longest_first[0]])
        length = -(-longest // LENGTH_STEP) * LENGTH_STEP
        alike = int((lengths[longest_first] >= SHORTEST * longest).sum())
        # Rows that fit into one batch; parts of equal size then have at most so many.
        parts = -(-alike // max(1, most // length))
        for part in np.array_split(longest_first[:alike], parts):
            yield one(streams, which[part], number[part], starts[part], lengths[part], length)
        longest_first = longest_first[alike:]


def one(
    streams: Sequence[Examples],
    which: NDArray[np.int64],
    number: NDArray[np.int64],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    length: int,
) -> Batch:
    column = np.arange(length)
    inside = column < lengths[:, None]
    place = np.where(inside, starts[:, None] + column, starts[:, None])
    tokens = np.zeros((len(which), length), dtype=np.int64)
    kinds = np.full((len(which), length), NO_KIND, dtype=np.uint8)
    for index in np.unique(which):
        mine = which == index
        tokens[mine] = streams[index].tokens[place[mine]]
        kinds[mine] = streams[index].kinds[place[mine]]
    tokens[~inside] = 0
    kinds[~inside] = NO_KIND
    kinds[:, 0] = NO_KIND
    real = torch.from_numpy(np.flatnonzero(inside))
    return Batch(torch.from_numpy(tokens), kinds, real, which, number, lengths, int(lengths.sum()))
