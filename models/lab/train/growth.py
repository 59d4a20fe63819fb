"""A larger model that begins as a smaller one that has learned already.

In:  the weights of a smaller model of the same vocabulary and head size, a larger model, a seed.
Out: the larger model, filled in place. Without experts it computes what the smaller one computes: whatever
     is new is read from, and writes nothing yet (Net2Net, https://arxiv.org/abs/1511.05641; layers that
     begin as identities, https://arxiv.org/abs/2305.02869). With experts it computes something near it: each
     expert begins as one half of the units that all of them replace, and a new router asks two of them, which
     may be two of the same half.

Why: reading, which a small model learns quickly, comes late in a large one, whose loss falls sooner by
remembering. Grown models read the tokens that the small one read, in the same order, and no others.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from model import LanguageModel

Weights = dict[str, Tensor]


def layers_of(weights: Weights) -> int:
    return 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("model.layers."))


def places(small: int, large: int) -> list[int | None]:
    """For each layer of the larger model, the smaller one's that it begins as; new ones stand behind the last."""
    new = large - small
    order: list[int | None] = []
    for old in range(small):
        order += [old, None] if old >= small - new else [old]
    return order + [None] * (large - len(order))


class Growth:
    def __init__(self, small: Weights, model: LanguageModel, seed: int) -> None:
        self.small, self.model = small, model
        self.random = np.random.default_rng([seed, 0x6402])
        self.width = small["model.norm.weight"].shape[0]
        # A norm divides by the root of the mean over all components, and the new ones hold nothing.
        self.ratio = math.sqrt(self.width / model.shape.hidden_size)

    def normal(self, like: Tensor) -> Tensor:
        values = self.random.standard_normal(tuple(like.shape), dtype=np.float32)
        return torch.from_numpy(values) / math.sqrt(like.shape[-1])

    def norm(self, large: Tensor, small: Tensor) -> None:
        large.fill_(float(small.mean()) * self.ratio)
        large[: len(small)] = small * self.ratio

    def reading(self, large: Tensor, small: Tensor | None) -> None:
        """Outputs x inputs: new outputs read anything."""
        large.copy_(self.normal(large))
        if small is not None:
            large[: small.shape[0], : small.shape[1]] = small

    def writing(self, large: Tensor, small: Tensor | None) -> None:
        """Outputs x inputs: what is new writes nothing."""
        large.zero_()
        if small is not None:
            large[: small.shape[0], : small.shape[1]] = small

    def tensor(self, name: str, large: Tensor, small: Tensor | None) -> None:
        if name.endswith("norm.weight"):
            assert small is not None
            self.norm(large, small)
        elif name.endswith(("o_proj.weight", "down_proj.weight", "embed_tokens.weight")):
            self.writing(large, small)
        else:
            self.reading(large, small)

    def expert(self, name: str, large: Tensor, layer: int) -> None:
        """`...experts.I.w1|w2|w3.weight`: a half of the units, that of even experts or that of odd ones."""
        mlp = f"model.layers.{layer}.mlp."
        number, part = name.split(".experts.")[1].split(".")[:2]
        half = int(number) % 2
        units = self.small[mlp + "gate_proj.weight"].shape[0] // 2
        chosen = slice(half * units, (half + 1) * units)
        if part == "w2":
            # Two experts share a weight of 1.
            self.writing(large, 2 * self.small[mlp + "down_proj.weight"][:, chosen])
        else:
            source = {"w1": "gate_proj", "w3": "up_proj"}[part]
            noise = 0.1 * self.normal(large).to(large.device)
            self.reading(large, self.small[mlp + f"{source}.weight"][chosen])
            large.add_(noise)

    def fill(self) -> None:
        order = places(layers_of(self.small), self.model.shape.layers)
        with torch.no_grad():
            for name, large in self.model.state_dict().items():
                if not name.startswith("model.layers."):
                    self.tensor(name, large, self.small[name])
                    continue
                _, _, place, rest = name.split(".", 3)
                old = order[int(place)]
                # A new layer has the norms of the one before it.
                before = next(o for o in reversed(order[: int(place) + 1]) if o is not None)
                if ".experts." in name:
                    self.expert(name, large, before)
                elif rest == "block_sparse_moe.gate.weight":
                    large.copy_(0.1 * self.normal(large))
                elif rest.endswith("norm.weight"):
                    self.norm(large, self.small[f"model.layers.{before}.{rest}"])
                else:
                    self.tensor(name, large, None if old is None else self.small[f"model.layers.{old}.{rest}"])


def grow(small: Weights, model: LanguageModel, seed: int) -> None:
    """`small`: parameters by name, as `state_dict()` has them."""
    Growth(small, model, seed).fill()
