"""A low-rank adapter (LoRA) on every linear layer, and its file layout as PEFT reads it.

In:  a model whose weights are set, the adapter's rank and scale.
Out: the same model with only the adapter left to train; on export a folder with
     `adapter_config.json` and `adapter_model.safetensors`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from safetensors.torch import save_file
from torch import nn

from projection import Projection


@dataclass(frozen=True)
class Adapter:
    rank: int = 8
    alpha: float = 16.0


def projections(model: nn.Module) -> list[tuple[str, Projection]]:
    """All but routers: which expert is asked stays as it was learned."""
    found = [(name, module) for name, module in model.named_modules() if isinstance(module, Projection)]
    return [(name, module) for name, module in found if not name.endswith(".gate")]


def add(model: nn.Module, adapter: Adapter) -> None:
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for _, projection in projections(model):
        projection.add_adapter(adapter.rank, adapter.alpha)


def export(model: nn.Module, adapter: Adapter, base: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for name, projection in projections(model):
        for factor in ("lora_A", "lora_B"):
            values = getattr(projection, factor).detach().float().cpu().contiguous()
            tensors[f"base_model.model.{name}.{factor}.weight"] = values
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = {
        "base_model_name_or_path": base,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "init_lora_weights": True,
        "lora_alpha": adapter.alpha,
        "lora_dropout": 0.0,
        "peft_type": "LORA",
        "r": adapter.rank,
        "target_modules": sorted({name.rsplit(".", 1)[1] for name, _ in projections(model)}),
        "task_type": "CAUSAL_LM",
    }
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
