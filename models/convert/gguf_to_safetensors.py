"""A Llama GGUF file as a Hugging Face folder: weights expanded to float32, and the configuration.

In:  a GGUF file of architecture `llama` (any quantization that the `gguf` package expands, no rope
     scaling), a folder to write to, and `config` to leave the weights out.
Out: `config.json` (Llama layout, `torch_dtype` float32), `generation_config.json` and, unless left
     out, `model.safetensors` with Hugging Face tensor names.

llama.cpp stores query and key rows so that rotary pairs are neighbours; Hugging Face keeps the two
halves of a head apart. `unpermute` turns the first into the second.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader, dequantize
from safetensors.numpy import save_file

TOP = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def value(reader: GGUFReader, key: str, default: Any = None) -> Any:
    """One metadata value as a plain Python value; without a default, a missing key is an error."""
    field = reader.get_field(key)
    if field is None:
        if default is None:
            raise KeyError(f"the GGUF file has no `{key}`")
        return default
    return field.contents()


def short(number: float) -> float:
    """The shortest decimal that is the same float32: 9.999999747e-06 becomes 1e-05."""
    return float(str(np.float32(number)))


def llama_config(reader: GGUFReader) -> dict[str, Any]:
    if value(reader, "general.architecture") != "llama":
        raise ValueError("only the `llama` architecture is converted")
    if value(reader, "llama.rope.scaling.type", "none") != "none":
        raise ValueError("rope scaling is not converted")
    names = {tensor.name for tensor in reader.tensors}
    if "rope_freqs.weight" in names:
        raise ValueError("rope frequencies (Llama 3.1 scaling) are not converted")
    heads, hidden = value(reader, "llama.attention.head_count"), value(reader, "llama.embedding_length")
    eos = value(reader, "tokenizer.ggml.eos_token_id")
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": hidden,
        "intermediate_size": value(reader, "llama.feed_forward_length"),
        "vocab_size": len(value(reader, "tokenizer.ggml.tokens")),
        "num_hidden_layers": value(reader, "llama.block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": value(reader, "llama.attention.head_count_kv", heads),
        "head_dim": hidden // heads,
        "rms_norm_eps": short(value(reader, "llama.attention.layer_norm_rms_epsilon")),
        "rope_theta": short(value(reader, "llama.rope.freq_base", 10000.0)),
        "rope_scaling": None,
        "max_position_embeddings": value(reader, "llama.context_length"),
        "tie_word_embeddings": "output.weight" not in names,
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": value(reader, "tokenizer.ggml.bos_token_id"),
        "eos_token_id": eos,
        "pad_token_id": value(reader, "tokenizer.ggml.padding_token_id", eos),
        "torch_dtype": "float32",
    }


def hugging_face_name(name: str) -> str:
    stem, kind = name.rsplit(".", 1)
    if stem in TOP:
        return f"{TOP[stem]}.{kind}"
    block, index, part = stem.split(".")
    if block != "blk" or part not in LAYER or kind != "weight":
        raise ValueError(f"unknown tensor `{name}`")
    return f"model.layers.{index}.{LAYER[part]}.weight"


def unpermute(rows: np.ndarray, heads: int) -> np.ndarray:
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, half, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def float_weights(reader: GGUFReader, config: dict[str, Any]) -> dict[str, np.ndarray]:
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    weights = {}
    for tensor in reader.tensors:
        data = dequantize(tensor.data, tensor.tensor_type).astype(np.float32, copy=False)
        data = data.reshape([int(size) for size in reversed(tensor.shape)])
        part = tensor.name.split(".")[-2]
        if part in heads:
            data = unpermute(data, heads[part])
        weights[hugging_face_name(tensor.name)] = np.ascontiguousarray(data)
    return weights


def write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(source: Path, folder: Path, with_weights: bool) -> None:
    reader = GGUFReader(source)
    config = llama_config(reader)
    ids = {key: config[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id")}
    write_json(folder / "config.json", config)
    write_json(folder / "generation_config.json", ids)
    if with_weights:
        save_file(float_weights(reader, config), folder / "model.safetensors", {"format": "pt"})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] != ["config"])
