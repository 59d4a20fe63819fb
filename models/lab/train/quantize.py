"""A quantized copy of an exported Llama: one GGUF file, with the tokenizer's files beside it.

    python quantize.py MODEL Q8_0|Q4_0|... TARGET

In:  an exported folder (`config.json`, `model.safetensors`), one of the types that `gguf` quantizes to.
Out: TARGET/model.gguf, whose matrices are of that type and whose norms are f32, and copies of the
     tokenizer's files and `config.json`.

llama.cpp keeps rotary pairs beside each other, Hugging Face keeps the two halves of a head apart: the
rows of queries and keys are put into llama.cpp's order.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from numpy.typing import NDArray
from safetensors.numpy import load_file

TOP = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
COPIED = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")


def gguf_name(name: str) -> str:
    stem = name.removesuffix(".weight")
    if stem in TOP:
        return f"{TOP[stem]}.weight"
    layer, part = stem.removeprefix("model.layers.").split(".", 1)
    return f"blk.{layer}.{LAYER[part]}.weight"


def permuted(rows: NDArray[Any], heads: int) -> NDArray[Any]:
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, 2, half, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def quantized(tensor: NDArray[Any], kind: Type) -> tuple[NDArray[Any], Type]:
    if tensor.ndim == 1:
        return tensor, Type.F32
    block, _ = gguf.GGML_QUANT_SIZES[kind]
    if tensor.shape[1] % block:
        raise ValueError(f"rows of {tensor.shape[1]} are not whole blocks of {block}")
    return gguf.quantize(tensor, kind), kind


def describe(writer: gguf.GGUFWriter, config: dict[str, Any], tokens: list[str]) -> None:
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_eos_token_id(config["eos_token_id"])


def vocabulary(folder: Path) -> list[str]:
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    ids = dict(tokenizer["model"]["vocab"])
    ids |= {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    return [token for token, _ in sorted(ids.items(), key=lambda entry: entry[1])]


def quantize(source: Path, kind: Type, target: Path) -> None:
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    if config["model_type"] != "llama":
        raise ValueError(f"{source} is of type {config['model_type']}; only llama is quantized")
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    target.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(target / "model.gguf", "llama")
    describe(writer, config, vocabulary(source))
    for name, tensor in sorted(load_file(source / "model.safetensors").items()):
        tensor = tensor.astype(np.float32)
        part = name.split(".")[-2]
        if part in heads:
            tensor = permuted(tensor, heads[part])
        data, stored = quantized(tensor, kind)
        writer.add_tensor(gguf_name(name), data, raw_dtype=stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    for name in COPIED:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)
    record = source / "training.json"
    if record.is_file():
        training = json.loads(record.read_text(encoding="utf-8"))
        training |= {"base": source.name, "quantization": kind.name}
        (target / "training.json").write_text(json.dumps(training, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a quantized copy of an exported model.")
    parser.add_argument("model", type=Path)
    parser.add_argument("type", choices=[kind.name for kind in Type])
    parser.add_argument("target", type=Path)
    chosen = parser.parse_args()
    quantize(chosen.model, Type[chosen.type], chosen.target)


if __name__ == "__main__":
    main()
