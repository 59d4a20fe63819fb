"""The numbers that fix an architecture.

In:  widths and counts, from a configuration.
Out: a checked `Shape`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """What is fixed before training. `experts` 0 means a dense feed-forward layer."""

    hidden_size: int
    layers: int
    intermediate_size: int
    vocabulary: int
    head_dim: int = 32
    key_value_heads: int = 0  # 0: one per query head
    rope_theta: float = 10000.0
    window: int = 1024
    experts: int = 0
    experts_per_token: int = 2
    head_norms: bool = False  # normalize queries and keys per head, as Qwen3 does

    def __post_init__(self) -> None:
        if self.hidden_size % self.head_dim or self.head_dim % 2:
            raise ValueError(f"hidden size {self.hidden_size} is not whole heads of an even {self.head_dim}")
        if self.heads % self.groups:
            raise ValueError(f"{self.heads} heads do not share {self.groups} key-value heads evenly")
        if self.experts and not 0 < self.experts_per_token <= self.experts:
            raise ValueError(f"{self.experts_per_token} of {self.experts} experts a token")

    @property
    def heads(self) -> int:
        return self.hidden_size // self.head_dim

    @property
    def groups(self) -> int:
        return self.key_value_heads or self.heads
