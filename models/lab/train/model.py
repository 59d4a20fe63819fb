"""A decoder in the Llama layout, dense or with a mixture of experts as in Mixtral.

In:  a `Shape`, and token ids, rows x length, each row one text from position 0, padded at its end.
Out: normalized hidden states, rows x length x hidden; `loss.py` and `evaluation.py` project them on
     the (tied) embeddings. Parameter names are those of Hugging Face, so `state_dict()` is the export.

Padding needs no mask: it stands behind a row's last token, and attention looks back only.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from experts import Experts
from projection import Projection
from shape import Shape

NORM_EPSILON = 1e-5


class Norm(nn.Module):
    """Root mean square normalization, computed in f32."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + NORM_EPSILON) * self.weight).to(x.dtype)


def rotary(shape: Shape, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines, length x head_dim, both halves alike (the `rotate_half` convention)."""
    half = shape.head_dim // 2
    frequency = shape.rope_theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = (torch.arange(length, dtype=torch.float64)[:, None] * frequency).repeat(1, 2)
    return angle.cos().float().to(device), angle.sin().float().to(device)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """`x` is rows x length x heads x head_dim."""
    first, second = x.chunk(2, dim=-1)
    return x * cos[:, None] + torch.cat((-second, first), dim=-1) * sin[:, None]


class Attention(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        queries, keys = shape.heads * shape.head_dim, shape.groups * shape.head_dim
        self.q_proj = Projection(shape.hidden_size, queries)
        self.k_proj = Projection(shape.hidden_size, keys)
        self.v_proj = Projection(shape.hidden_size, keys)
        self.o_proj = Projection(queries, shape.hidden_size)
        if shape.head_norms:
            self.q_norm, self.k_norm = Norm(shape.head_dim), Norm(shape.head_dim)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        shape = self.shape
        rows, length, _ = x.shape
        # One wide product reads x once; three narrow ones read it three times.
        matrix = torch.cat((self.q_proj.matrix(), self.k_proj.matrix(), self.v_proj.matrix()))
        heads = F.linear(x, matrix).view(rows, length, -1, shape.head_dim)
        q, k, v = heads.split((shape.heads, shape.groups, shape.groups), dim=2)
        if shape.head_norms:
            q, k = self.q_norm(q), self.k_norm(k)
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        if shape.groups != shape.heads:
            share = shape.heads // shape.groups
            k, v = k.repeat_interleave(share, dim=2), v.repeat_interleave(share, dim=2)
        mixed = F.scaled_dot_product_attention(
            q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), is_causal=True
        )
        return self.o_proj(mixed.transpose(1, 2).reshape(rows, length, -1))


class FeedForward(nn.Module):
    """SwiGLU."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = Projection(shape.hidden_size, shape.intermediate_size)
        self.up_proj = Projection(shape.hidden_size, shape.intermediate_size)
        self.down_proj = Projection(shape.intermediate_size, shape.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = F.linear(x, torch.cat((self.gate_proj.matrix(), self.up_proj.matrix()))).chunk(2, dim=-1)
        return self.down_proj(F.silu(gate) * up)


class Layer(nn.Module):
    """Attention and, unless there are experts, the feed-forward layer: the part that is compiled."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.input_layernorm = Norm(shape.hidden_size)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = Norm(shape.hidden_size)
        if not shape.experts:
            self.mlp = FeedForward(shape)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor | None]:
        """The new state and, with experts, its normalized form that they are to read."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        reading = self.post_attention_layernorm(x)
        if hasattr(self, "mlp"):
            return x + self.mlp(reading), None
        return x, reading


class Decoder(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.hidden_size)
        if shape.experts:
            for layer in self.layers:
                layer.block_sparse_moe = Experts(shape)
        self.rotary: dict[int, tuple[Tensor, Tensor]] = {}

    def forward(self, tokens: Tensor, real: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Hidden states, and the balance loss of the experts (0 without).

        `real`: flat indices of what is not padding; only the experts need them.
        """
        length = tokens.shape[1]
        if length not in self.rotary:
            self.rotary[length] = rotary(self.shape, length, tokens.device)
        x = self.embed_tokens(tokens)
        balance = x.new_zeros(())
        for layer in self.layers:
            x, reading = layer(x, *self.rotary[length])
            if reading is not None:
                written, uneven = layer.block_sparse_moe(reading, real)
                x, balance = x + written, balance + uneven / len(self.layers)
        return self.norm(x), balance

    def compile_layers(self) -> None:
        """Compiles the layers' common code once, for any number of rows and any length."""
        for layer in self.layers:
            layer.compile(dynamic=True)


class LanguageModel(nn.Module):
    """The decoder under the name `model`, as Hugging Face nests it; the output matrix is the embedding."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.model = Decoder(shape)

    @property
    def shape(self) -> Shape:
        return self.model.shape

    def forward(self, tokens: Tensor, real: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return self.model(tokens, real)

    def output_matrix(self) -> Tensor:
        return self.model.embed_tokens.weight
