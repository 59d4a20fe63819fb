"""A linear map without bias, with an optional low-rank adapter (LoRA) beside its weight.

In:  the widths; `add_adapter` freezes the weight and trains two thin factors instead.
Out: `matrix()`, the effective weight, outputs x inputs. Forming it costs `rank` multiplications a
     weight, once a batch: nothing beside a product over thousands of tokens, and the forward pass
     stays the same code with an adapter and without.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Projection(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        self.scale = 0.0

    def add_adapter(self, rank: int, alpha: float) -> None:
        """The second factor starts at zero: the adapter changes nothing until it is trained."""
        outputs, inputs = self.weight.shape
        self.weight.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.empty(rank, inputs))
        nn.init.uniform_(self.lora_A, -1 / math.sqrt(inputs), 1 / math.sqrt(inputs))
        self.lora_B = nn.Parameter(torch.zeros(outputs, rank))
        self.scale = alpha / rank

    def matrix(self) -> Tensor:
        if not self.scale:
            return self.weight
        return self.weight + self.scale * (self.lora_B @ self.lora_A)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.matrix())
