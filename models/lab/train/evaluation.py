"""How many questions of a stream a model answers exactly, decoding greedily.

In:  a model, streams of examples.
Out: per stream the share whose value is reproduced token by token (`value`) and the share whose
     ending (citation, end of line) is right as well (`whole`). The prompt is everything before the
     first answer token; only the first answer of an example counts, and not the end token, which
     stands there or not depending on whether another question follows.

Nothing is decoded token by token: greedy decoding reproduces a text exactly if and only if each of
its tokens scores highest given the true ones before it, and one pass tells that for all of them.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from batch import Batch, rows
from model import LanguageModel
from stream import ANSWER, ENDING, Stream

TOKENS_A_BATCH = 8192


def first_answer(kinds: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Masks, rows x length: the first run of answer tokens, and the ending right behind it."""
    answer, ending = kinds == ANSWER, kinds == ENDING
    opened = np.cumsum(answer & ~np.roll(answer, 1, axis=1), axis=1)
    value = answer & (opened == 1)
    # The answer's ending lasts until a token that is neither; endings of later answers follow other kinds.
    broken = np.cumsum(~(answer | ending) & (opened >= 1), axis=1)
    return value, ending & (opened == 1) & (broken == 0)


@torch.no_grad()
def right(
    model: LanguageModel, batch: Batch, end: int, device: torch.device
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    value, ending = first_answer(batch.kinds)
    ending &= batch.tokens.numpy() != end
    asked = np.flatnonzero(value | ending)
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        hidden, _ = model(batch.tokens.to(device), batch.real.to(device))
        states = hidden.flatten(0, 1)[torch.from_numpy(asked - 1).to(device)]
        guess = (states @ model.output_matrix().t()).argmax(1).cpu()
    wrong = np.zeros(value.size, dtype=bool)
    wrong[asked] = (guess != batch.tokens.flatten()[torch.from_numpy(asked)]).numpy()
    wrong = wrong.reshape(value.shape)
    return ~(wrong & value).any(1), ~wrong.any(1)


def evaluate(
    model: LanguageModel, streams: list[Stream], examples: int, end: int, device: torch.device
) -> dict[str, dict[str, float]]:
    """The first `examples` of each stream: always the same ones."""
    scores = {}
    for index, stream in enumerate(streams):
        numbers = np.arange(min(examples, len(stream.starts)))
        value: list[NDArray[np.bool_]] = []
        whole: list[NDArray[np.bool_]] = []
        for batch in rows(streams, [(index, numbers)], TOKENS_A_BATCH):
            one, both = right(model, batch, end, device)
            value.append(one)
            whole.append(both)
        scores[stream.name] = {
            "value": round(float(np.concatenate(value).mean()), 4),
            "whole": round(float(np.concatenate(whole).mean()), 4),
        }
    return scores
