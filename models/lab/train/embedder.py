"""An embedder in the Qwen3 layout: a text's vector is the state of its last token, the end token.

In:  pairs of a question and the passage that answers it, from `NAME.tokens` (u16) and `NAME.ends`
     (u32), little-endian, questions and passages alternating, without end tokens.
Out: unit vectors, the contrastive loss of a batch, recall on pairs, and the exported folder.

Whoever embeds appends the end token through the tokenizer's post-processor, which `export` sets;
there is no prefix or instruction, for questions as for passages.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

import export
from batch import rows
from model import NORM_EPSILON, Decoder
from shape import Shape

TEMPERATURE = 0.05
TOKENS_A_BATCH = 8192


class Pairs:
    """Texts by number: 2 i is the i-th question, 2 i + 1 its passage; each ends with the end token."""

    def __init__(self, folder: Path, name: str, end: int, window: int) -> None:
        tokens = np.fromfile(folder / f"{name}.tokens", dtype="<u2")
        ends = np.fromfile(folder / f"{name}.ends", dtype="<u4").astype(np.int64)
        if len(ends) % 2 or not len(ends) or ends[-1] != len(tokens):
            raise ValueError(f"{name}: {len(ends)} texts of {ends[-1:]} tokens in a file of {len(tokens)}")
        # Where two texts share a vector's tokens they are one text: no negative of each other.
        texts = np.split(tokens, ends[:-1])
        known: dict[bytes, int] = {}
        self.identity = np.array([known.setdefault(text.tobytes(), len(known)) for text in texts])
        self.tokens = np.insert(tokens, ends, end)
        self.kinds = np.zeros(len(self.tokens), dtype=np.uint8)
        ends = ends + np.arange(1, len(ends) + 1)
        self.starts = np.concatenate(([0], ends[:-1]))
        self.lengths = ends - self.starts
        if self.lengths.max() > window:
            raise ValueError(f"{name} holds a text of {self.lengths.max()} tokens; the window is {window}")

    def __len__(self) -> int:
        return len(self.starts) // 2


def vectors(decoder: Decoder, pairs: Pairs, numbers: NDArray[np.int64], device: torch.device) -> Tensor:
    """Unit vectors of these texts, in this order."""
    parts, order = [], []
    # `number` of a batch tells which text a row is; equal numbers have equal vectors.
    for batch in rows([pairs], [(0, numbers)], TOKENS_A_BATCH):
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            hidden, _ = decoder(batch.tokens.to(device))
        last = torch.from_numpy(batch.lengths - 1).to(device)
        parts.append(F.normalize(hidden[torch.arange(len(last), device=device), last].float(), dim=-1))
        order.append(batch.number)
    places = np.argsort(np.concatenate(order), kind="stable")[np.argsort(np.argsort(numbers, kind="stable"))]
    return torch.cat(parts)[torch.from_numpy(places).to(device)]


def contrast(decoder: Decoder, pairs: Pairs, chosen: NDArray[np.int64], device: torch.device) -> Tensor:
    """InfoNCE both ways over the pairs of one batch; copies of a pair's own texts are no negatives."""
    questions = vectors(decoder, pairs, 2 * chosen, device)
    passages = vectors(decoder, pairs, 2 * chosen + 1, device)
    scores = questions @ passages.t() / TEMPERATURE
    same = np.zeros(scores.shape, dtype=bool)
    for numbers in (2 * chosen, 2 * chosen + 1):
        identity = pairs.identity[numbers]
        same |= identity[:, None] == identity[None, :]
    np.fill_diagonal(same, False)
    scores = scores.masked_fill(torch.from_numpy(same).to(device), float("-inf"))
    true = torch.arange(len(chosen), device=device)
    return (F.cross_entropy(scores, true) + F.cross_entropy(scores.t(), true)) / 2


@torch.no_grad()
def recall(decoder: Decoder, pairs: Pairs, device: torch.device, depths: tuple[int, ...] = (1, 5)) -> dict[str, float]:
    """Share of the questions whose passage is among the nearest, of all different passages."""
    passage = 2 * np.arange(len(pairs)) + 1
    identity, first = np.unique(pairs.identity[passage], return_index=True)
    questions = vectors(decoder, pairs, passage - 1, device)
    scores = questions @ vectors(decoder, pairs, passage[first], device).t()
    true = torch.from_numpy(np.searchsorted(identity, pairs.identity[passage])).to(device)
    rank = (scores > scores.gather(1, true[:, None])).sum(1)
    return {f"recall@{depth}": round(float((rank < depth).float().mean()), 4) for depth in depths}


def layout(shape: Shape, end: int) -> dict[str, Any]:
    return {
        "architectures": ["Qwen3Model"],
        "model_type": "qwen3",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "eos_token_id": end,
        "head_dim": shape.head_dim,
        "hidden_act": "silu",
        "hidden_size": shape.hidden_size,
        "intermediate_size": shape.intermediate_size,
        "max_position_embeddings": shape.window,
        "max_window_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.groups,
        "rms_norm_eps": NORM_EPSILON,
        "rope_scaling": None,
        "rope_theta": shape.rope_theta,
        "sliding_window": None,
        "tie_word_embeddings": True,
        "torch_dtype": "float16",
        "use_cache": False,
        "use_sliding_window": False,
        "vocab_size": shape.vocabulary,
    }


def write(decoder: Decoder, data: Path, target: Path, end: int) -> None:
    """The folder, its tokenizer made to append the end token to every text."""
    export.folder(export.merged(decoder), layout(decoder.shape, end), data, target, end)
    (target / "generation_config.json").unlink()
    path = target / "tokenizer.json"
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    word = next(token["content"] for token in tokenizer["added_tokens"] if token["id"] == end)
    one, two = ({"Sequence": {"id": name, "type_id": 0}} for name in "AB")
    mark = {"SpecialToken": {"id": word, "type_id": 0}}
    tokenizer["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [one, mark],
        "pair": [one, mark, two, mark],
        "special_tokens": {word: {"id": word, "ids": [end], "tokens": [word]}},
    }
    path.write_text(json.dumps(tokenizer, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
