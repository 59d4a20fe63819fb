"""A mixture of experts in the Mixtral layout: a router in f32, and SwiGLU experts `w1`, `w3`, `w2`.

In:  normalized states, rows x length x hidden, and the flat indices of the positions that are text.
Out: what the chosen experts write (zero on padding), and how unevenly they were used: 1 when all
     are used alike, up to the number of experts when one takes everything.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from projection import Projection
from shape import Shape


class Expert(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.w1 = Projection(shape.hidden_size, shape.intermediate_size)
        self.w2 = Projection(shape.intermediate_size, shape.hidden_size)
        self.w3 = Projection(shape.hidden_size, shape.intermediate_size)

    def forward(self, x: Tensor) -> Tensor:
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Experts(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.chosen = shape.experts_per_token
        self.gate = Projection(shape.hidden_size, shape.experts)
        self.experts = nn.ModuleList(Expert(shape) for _ in range(shape.experts))

    def forward(self, x: Tensor, real: Tensor | None) -> tuple[Tensor, Tensor]:
        flat = x.reshape(-1, x.shape[-1])
        # Padding must neither cost time nor count as use.
        text = flat if real is None else flat[real]
        with torch.autocast(x.device.type, enabled=False):
            scores = F.linear(text.float(), self.gate.matrix())
        best, expert = scores.topk(self.chosen, dim=-1)
        share = best.softmax(-1)

        count = torch.bincount(expert.flatten(), minlength=len(self.experts))
        use = count / expert.numel()
        uneven = len(self.experts) * (use * scores.softmax(-1).mean(0)).sum()

        # Sorted by expert, each expert's tokens are one slice.
        order = expert.flatten().argsort(stable=True)
        token = order // self.chosen
        slices = text[token].split(count.tolist())
        written = torch.cat([module(part) for module, part in zip(self.experts, slices)])
        written = written * share.flatten()[order, None].to(written.dtype)
        mixed = torch.zeros_like(text, dtype=written.dtype).index_add(0, token, written)
        if real is not None:
            mixed = torch.zeros_like(flat, dtype=mixed.dtype).index_copy(0, real, mixed)
        return mixed.view(x.shape), uneven
