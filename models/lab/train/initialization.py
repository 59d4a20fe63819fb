"""Initial weights that can already look things up; the architecture stays a plain Llama.

In:  a model and a seed.
Out: the model, filled in place.

Copying a value out of the context needs two heads that work together: one that tells each position
which token stood before it, and one above that searches for the position whose predecessor equals
the current token and writes what it holds. From random weights small models take very long to find
the pair; here they start with it, and training sharpens it.

- Embeddings are random with a common first component, so that every position has a known direction
  to build position-only attention on.
- Layer 0, heads 0 and 1: the query is that direction, the key the same direction turned by the
  rotary angle of 1 or 2 positions. Scores peak there whatever the tokens are.
- Layers 1 and 2, same heads: queries read a token as head 0 of layer 0 reads it, keys read what that
  head wrote. Only slow rotary components are used, so that distance hardly matters. Value and output
  are transposes: the token found is written back as itself.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from model import Attention, Decoder
from projection import Projection

Matrix = NDArray[np.float32]
SLOW = 0.03  # radians a position: the highest rotary frequency that counts as slow
POSITION_PAIRS = 5  # rotary pairs that carry the offset heads: the fastest, which separate neighbours
LOOKUP_HEADS = 2
LOOKUP_LAYERS = 2


def put(projection: Projection, values: Matrix) -> None:
    """`values` is inputs x outputs; a projection holds outputs x inputs."""
    with torch.no_grad():
        projection.weight.copy_(torch.from_numpy(np.ascontiguousarray(values.T, dtype=np.float32)))


class Initializer:
    def __init__(self, decoder: Decoder, seed: int, lookup_layers: int) -> None:
        self.decoder = decoder
        self.lookup_layers = lookup_layers
        self.shape = decoder.shape
        self.random = np.random.default_rng([seed, 0x1217])
        half = self.shape.head_dim // 2
        self.frequencies = self.shape.rope_theta ** (-np.arange(half) / half)
        # How layer 0's first head reads a token, and how it writes it; the layers above look for that.
        self.reads: Matrix | None = None
        self.writes: Matrix | None = None

    def normal(self, inputs: int, outputs: int, scale: float | None = None) -> Matrix:
        values = self.random.standard_normal((inputs, outputs), dtype=np.float32)
        return values * np.float32(1 / math.sqrt(inputs) if scale is None else scale)

    def reading(self, projection: Projection) -> Matrix:
        """Random weights that mostly ignore the common component."""
        outputs, inputs = projection.weight.shape
        values = self.normal(inputs, outputs)
        values[0] *= 0.1
        return values

    def writing(self, projection: Projection) -> Matrix:
        """Random weights that write little: 0.3 x 0.5 of the usual scale, less in a deeper model."""
        outputs, inputs = projection.weight.shape
        return self.normal(inputs, outputs) * np.float32(0.15 / math.sqrt(self.shape.layers))

    def fill(self) -> None:
        decoder = self.decoder
        table = self.normal(self.shape.vocabulary, self.shape.hidden_size, 0.5)
        table[:, 0] = 2.0
        with torch.no_grad():
            decoder.embed_tokens.weight.copy_(torch.from_numpy(table))
            # Small, so that the first logits are mild; zero where all tokens are alike.
            decoder.norm.weight.fill_(0.15)
            decoder.norm.weight[0] = 0.0
        for index, layer in enumerate(decoder.layers):
            self.attention(index, layer.self_attn)
            if self.shape.experts:
                moe = layer.block_sparse_moe
                put(moe.gate, self.reading(moe.gate) * np.float32(0.1))
                blocks = [(expert.w1, expert.w3, expert.w2) for expert in moe.experts]
            else:
                blocks = [(layer.mlp.gate_proj, layer.mlp.up_proj, layer.mlp.down_proj)]
            for gate, up, down in blocks:
                put(gate, self.reading(gate))
                put(up, self.reading(up))
                put(down, self.writing(down))

    def attention(self, index: int, attention: Attention) -> None:
        q, k, v = (self.reading(p) for p in (attention.q_proj, attention.k_proj, attention.v_proj))
        o = self.writing(attention.o_proj)
        width = self.shape.head_dim
        for head in range(min(LOOKUP_HEADS, self.shape.groups)):
            # With shared keys, the first query head of each group: two heads never write one key.
            query = head * (self.shape.heads // self.shape.groups)
            at_query, at_key = slice(query * width, (query + 1) * width), slice(head * width, (head + 1) * width)
            parts = q[:, at_query], k[:, at_key], v[:, at_key], o[at_query]
            if index == 0:
                self.offset_head(head + 1, *parts)
            elif index <= self.lookup_layers:
                self.lookup_head(*parts)
        put(attention.q_proj, q)
        put(attention.k_proj, k)
        put(attention.v_proj, v)
        put(attention.o_proj, o)

    def offset_head(self, offset: int, q: Matrix, k: Matrix, v: Matrix, o: Matrix) -> None:
        """Attends `offset` positions back. The arguments are views of one head's part."""
        half = self.shape.head_dim // 2
        q *= 0.1
        k *= 0.1
        pairs = np.arange(min(POSITION_PAIRS, half))
        turn = offset * self.frequencies[pairs]
        q[0, pairs] += 1.6
        k[0, pairs] += 1.6 * np.cos(turn)
        k[0, half + pairs] += 1.6 * np.sin(turn)
        v[:] = self.normal(*v.shape)
        v[0] = 0.0
        o[:] = 0.4 * self.normal(*o.shape)
        if offset == 1:
            self.reads, self.writes = v.copy(), o.copy()

    def lookup_head(self, q: Matrix, k: Matrix, v: Matrix, o: Matrix) -> None:
        """Finds the position whose predecessor equals this token, and writes what stands there."""
        assert self.reads is not None and self.writes is not None
        half = self.shape.head_dim // 2
        slow = np.flatnonzero(self.frequencies <= SLOW)
        slow = np.concatenate((slow, slow + half))
        mixing = self.normal(self.shape.head_dim, len(slow))
        q *= 0.1
        k *= 0.1
        q[:, slow] = 2.0 * (self.reads @ mixing)
        k[:, slow] = 3.0 * (self.writes.T @ mixing)
        v[:] = self.normal(*v.shape)
        v[0] = 0.0
        o[:] = 0.5 * v.T


def initialize(decoder: Decoder, seed: int, lookup_layers: int = LOOKUP_LAYERS) -> None:
    """An embedder needs no lookup: it sets `lookup_layers` to 0 and keeps the offset heads."""
    Initializer(decoder, seed, lookup_layers).fill()
