"""A model as a Hugging Face folder, and back.

In:  a language model, the data folder (its tokenizer files), a target folder.
Out: `config.json`, `generation_config.json`, `model.safetensors` (f16), optionally
     `model-f32/model.safetensors`, and the tokenizer's files. An adapter is merged into the weights.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from model import NORM_EPSILON, LanguageModel
from projection import Projection
from shape import Shape

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja")


def write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def merged(model: torch.nn.Module) -> dict[str, Tensor]:
    """All weights in f32 under their Hugging Face names, adapters folded in."""
    tensors = {name: p.detach() for name, p in model.named_parameters() if "lora_" not in name}
    for name, module in model.named_modules():
        if isinstance(module, Projection):
            tensors[f"{name}.weight"] = module.matrix().detach()
    return {name: tensor.float().cpu().clone().contiguous() for name, tensor in sorted(tensors.items())}


def llama_config(shape: Shape, end: int) -> dict[str, Any]:
    config = {
        "architectures": ["MixtralForCausalLM" if shape.experts else "LlamaForCausalLM"],
        "model_type": "mixtral" if shape.experts else "llama",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": None,
        "eos_token_id": end,
        "head_dim": shape.head_dim,
        "hidden_act": "silu",
        "hidden_size": shape.hidden_size,
        "initializer_range": 0.02,
        "intermediate_size": shape.intermediate_size,
        "max_position_embeddings": shape.window,
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.groups,
        "rms_norm_eps": NORM_EPSILON,
        "rope_theta": shape.rope_theta,
        "tie_word_embeddings": True,
        "torch_dtype": "float16",
        "use_cache": True,
        "vocab_size": shape.vocabulary,
    }
    if shape.experts:
        config |= {
            "num_experts_per_tok": shape.experts_per_token,
            "num_local_experts": shape.experts,
            "output_router_logits": False,
            "router_aux_loss_coef": 0.01,
            "sliding_window": None,
        }
    else:
        config["mlp_bias"] = False
    return config


def folder(
    tensors: dict[str, Tensor], config: dict[str, Any], data: Path, target: Path, end: int, also_f32: bool = False
) -> None:
    """Writes the folder. Overflow in f16 is an error, not an infinity in the file."""
    target.mkdir(parents=True, exist_ok=True)
    half = {name: tensor.half() for name, tensor in tensors.items()}
    wrong = [name for name, tensor in half.items() if not tensor.isfinite().all()]
    if wrong:
        raise ValueError(f"not finite in f16: {', '.join(wrong)}")
    write_json(target / "config.json", config)
    write_json(target / "generation_config.json", {"do_sample": False, "eos_token_id": end})
    save_file(half, target / "model.safetensors", metadata={"format": "pt"})
    if also_f32:
        (target / "model-f32").mkdir(exist_ok=True)
        save_file(tensors, target / "model-f32" / "model.safetensors", metadata={"format": "pt"})
    for name in TOKENIZER_FILES:
        if (data / name).is_file():
            shutil.copyfile(data / name, target / name)


def load(model: LanguageModel, source: Path) -> None:
    """Weights of an exported folder, f32 where it has them, into a model of the same shape."""
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    mine = llama_config(model.shape, end=config["eos_token_id"])
    # A longer window and another rotary base are what an extension changes; the rest must agree.
    free = {"max_position_embeddings", "rope_theta", "torch_dtype", "bos_token_id"}
    different = sorted(key for key in mine if key not in free and mine[key] != config.get(key))
    if different:
        raise ValueError(f"{source} is another architecture: {', '.join(different)} differ")
    wide = source / "model-f32" / "model.safetensors"
    tensors = load_file(wide if wide.is_file() else source / "model.safetensors")
    model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
