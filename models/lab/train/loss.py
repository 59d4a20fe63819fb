"""Weighted cross-entropy against the tied embeddings, without ever holding all logits.

In:  hidden states of the scored positions, positions x hidden; the output matrix, vocabulary x
     hidden; the token that follows each position; its weight.
Out: the weighted sum of the losses (differentiable), and per position, not differentiable: the loss
     and whether the true token scored highest.

For a model this small the logits are the largest tensors by far. Computing the gradient along with
the loss, a block of positions at a time, keeps a block in the processor's cache and needs the logits
once instead of in the forward and again in the backward pass.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

POSITIONS_A_BLOCK = {"cpu": 256, "cuda": 8192}


class _LinearCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, hidden: Tensor, matrix: Tensor, target: Tensor, weight: Tensor):  # noqa: ANN001, ANN205
        work = torch.bfloat16 if hidden.is_cuda else torch.float32
        states, table = hidden.to(work), matrix.to(work)
        to_states = torch.empty_like(states)
        to_table = torch.zeros_like(matrix)
        losses = torch.empty_like(weight)
        hits = torch.empty_like(target, dtype=torch.bool)
        size = POSITIONS_A_BLOCK[hidden.device.type]
        for start in range(0, len(target), size):
            block = slice(start, start + size)
            logits = F.linear(states[block], table).float()
            true = logits.gather(1, target[block, None])
            highest = logits.amax(1, keepdim=True)
            hits[block] = (true == highest)[:, 0]
            odds = logits.sub_(highest).exp_()
            total = odds.sum(1, keepdim=True)
            losses[block] = (total.log() + highest - true)[:, 0]
            # d loss / d logits = weight * (softmax - one at the true token)
            slope = odds.mul_(weight[block, None] / total)
            slope.scatter_add_(1, target[block, None], -weight[block, None])
            slope = slope.to(work)
            torch.mm(slope, table, out=to_states[block])
            to_table += (slope.t() @ states[block]).to(to_table.dtype)
        ctx.save_for_backward(to_states, to_table)
        ctx.mark_non_differentiable(losses, hits)
        return (losses * weight).sum(), losses, hits

    @staticmethod
    @once_differentiable
    def backward(ctx, slope: Tensor, *_: Tensor):  # noqa: ANN001, ANN205
        to_states, to_table = ctx.saved_tensors
        return (to_states * slope), to_table * slope, None, None


def weighted_loss(hidden: Tensor, matrix: Tensor, target: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return _LinearCrossEntropy.apply(hidden, matrix, target, weight)
