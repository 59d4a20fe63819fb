"""Muon for the matrices between embeddings, Adam for everything else, and their common schedule.

In:  named parameters with gradients, and the share of the training that is done.
Out: changed parameters; `state()` and `load()` for checkpoints.

Muon replaces a matrix's momentum by the nearest orthogonal matrix, so that every direction learns
at one pace: tokens are scarce here, and it needs far fewer of them than Adam does.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Iterable

import torch
from torch import Tensor, nn

# A quintic whose repeated application drives singular values towards 1; from Keller Jordan's Muon.
QUINTIC = (3.4445, -4.7750, 2.0315)
QUINTIC_STEPS = 5
MOMENTUM = 0.95


@dataclass(frozen=True)
class Rates:
    muon: float = 0.02
    adam: float = 0.004
    weight_decay: float = 0.05  # of Muon's matrices, times the rate
    warmup_steps: int = 100
    flat_until: float = 0.6
    final: float = 0.03  # share of the full rate that the linear fall ends at
    gradient_clip: float = 1.0

    def factor(self, step: int, done: float) -> float:
        """Share of the full rate for the `step`-th step (from 1) when the share `done` of all tokens is seen."""
        falling = 1.0 if done < self.flat_until else max(self.final, (1 - done) / (1 - self.flat_until))
        return min(1.0, step / max(1, self.warmup_steps)) * falling


def orthogonal(matrices: Tensor) -> Tensor:
    """The nearest orthogonal matrices, roughly; matrices x rows x columns."""
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    a, b, c = QUINTIC
    for _ in range(QUINTIC_STEPS):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x


def is_muons(name: str, parameter: Tensor) -> bool:
    """Thin factors of adapters and routers are not matrices between features: Adam takes them."""
    return parameter.ndim == 2 and not any(part in name for part in ("embed_tokens", ".gate.weight", "lora_"))


class Optimizer:
    def __init__(self, parameters: Iterable[tuple[str, nn.Parameter]], rates: Rates) -> None:
        self.rates = rates
        self.parameters = [(name, p) for name, p in parameters if p.requires_grad]
        by_shape: dict[tuple[int, ...], list[nn.Parameter]] = defaultdict(list)
        rest: list[nn.Parameter] = []
        for name, parameter in self.parameters:
            if is_muons(name, parameter):
                by_shape[tuple(parameter.shape)].append(parameter)
            else:
                rest.append(parameter)
        # Matrices of one shape are orthogonalized together: fewer, larger products.
        self.stacks = list(by_shape.values())
        self.momenta = [torch.zeros(len(s), *s[0].shape, device=s[0].device) for s in self.stacks]
        self.adam = torch.optim.Adam(rest, lr=rates.adam, betas=(0.9, 0.98), eps=1e-8, fused=True)

    @torch.no_grad()
    def step(self, factor: float) -> float:
        """One update at this share of the full rates. Returns the gradient's norm before clipping."""
        everything = [p for _, p in self.parameters]
        norm = nn.utils.clip_grad_norm_(everything, self.rates.gradient_clip, foreach=True)
        rate = self.rates.muon * factor
        for stack, momentum in zip(self.stacks, self.momenta):
            gradient = torch.stack([p.grad for p in stack])
            momentum.mul_(MOMENTUM).add_(gradient)
            rows, columns = stack[0].shape
            change = orthogonal(gradient.add_(momentum, alpha=MOMENTUM))
            torch._foreach_mul_(stack, 1 - rate * self.rates.weight_decay)
            torch._foreach_add_(stack, list(change.unbind()), alpha=-rate * math.sqrt(max(1.0, rows / columns)))
        for group in self.adam.param_groups:
            group["lr"] = self.rates.adam * factor
        self.adam.step()
        for parameter in everything:
            parameter.grad = None
        return float(norm)

    def state(self) -> dict[str, Any]:
        return {"momenta": self.momenta, "adam": self.adam.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        for mine, saved in zip(self.momenta, state["momenta"], strict=True):
            mine.copy_(saved)
        self.adam.load_state_dict(state["adam"])
