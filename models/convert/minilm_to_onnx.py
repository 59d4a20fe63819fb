"""A BERT encoder as a plain ONNX graph with its tokenizer, as fastembed loads it.

In:  a folder with `model.safetensors`, `config.json` (BertModel, gelu, absolute positions) and the
     tokenizer's files, and a folder to write to.
Out: the small files, with the fixed truncation and padding to 128 tokens taken out of
     `tokenizer.json`, and `model.onnx` of opset 17. Inputs `input_ids`, `attention_mask`, `token_type_ids`: int64, both
     axes free, at most `max_position_embeddings` tokens. Output `last_hidden_state`: float32,
     batch x tokens x hidden. Pooling is the reader's: mean over the mask, then L2.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

OPSET = 17
IR_VERSION = 8
MASKED = -10000.0  # added to the scores of padding: exp(-10000) is zero
SMALL_FILES = (
    "config.json",
    "special_tokens_map.json",
    "tokenizer_config.json",
    "sentence_bert_config.json",
    "README.md",
)


class Graph:
    """Collects nodes and constants; every call returns the name of its output."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def op(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        out = out or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=f"node_{out}", **attributes))
        return out

    def constant(self, name: str, value: np.ndarray) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def floats(self, value: float) -> str:
        return self.constant(f"float_{value}", np.array(value, np.float32))

    def ints(self, *values: int) -> str:
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, np.int64))

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def linear(self, x: str, name: str) -> str:
        kernel = self.constant(f"{name}.kernel", self.weights[f"{name}.weight"].T)
        return self.op("Add", self.op("MatMul", x, kernel), self.weight(f"{name}.bias"))

    def norm(self, x: str, name: str, epsilon: float, out: str = "") -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("LayerNormalization", x, scale, bias, out=out, axis=-1, epsilon=epsilon)

    def gelu(self, x: str) -> str:
        bell = self.op("Erf", self.op("Div", x, self.floats(math.sqrt(2.0))))
        return self.op("Mul", self.op("Mul", x, self.op("Add", bell, self.floats(1.0))), self.floats(0.5))


def embeddings(g: Graph, epsilon: float) -> str:
    tokens = g.op("Gather", g.weight("embeddings.word_embeddings.weight"), "input_ids")
    types = g.op("Gather", g.weight("embeddings.token_type_embeddings.weight"), "token_type_ids")
    length = g.op("Slice", g.op("Shape", "input_ids"), g.ints(1), g.ints(2))
    table = g.weight("embeddings.position_embeddings.weight")
    positions = g.op("Slice", table, g.ints(0), length, g.ints(0))
    total = g.op("Add", g.op("Add", tokens, types), positions)
    return g.norm(total, "embeddings.LayerNorm", epsilon)


def attention(g: Graph, x: str, mask: str, layer: str, heads: int, hidden: int) -> str:
    def split(part: str, order: list[int]) -> str:
        flat = g.linear(x, f"{layer}.attention.self.{part}")
        return g.op("Transpose", g.op("Reshape", flat, g.ints(0, 0, heads, hidden // heads)), perm=order)

    query, key, value = split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1]), split("value", [0, 2, 1, 3])
    scores = g.op("Div", g.op("MatMul", query, key), g.floats(math.sqrt(hidden // heads)))
    chosen = g.op("Softmax", g.op("Add", scores, mask), axis=-1)
    mixed = g.op("Transpose", g.op("MatMul", chosen, value), perm=[0, 2, 1, 3])
    return g.linear(g.op("Reshape", mixed, g.ints(0, 0, hidden)), f"{layer}.attention.output.dense")


def build(weights: dict[str, np.ndarray], config: dict[str, Any]) -> onnx.ModelProto:
    if config["hidden_act"] != "gelu" or config.get("position_embedding_type", "absolute") != "absolute":
        raise ValueError("only gelu and absolute positions are written")
    hidden, heads, epsilon = config["hidden_size"], config["num_attention_heads"], config["layer_norm_eps"]
    layers = config["num_hidden_layers"]
    g = Graph(weights)
    wide = g.op("Unsqueeze", "attention_mask", g.ints(1, 2))
    kept = g.op("Cast", wide, to=TensorProto.FLOAT)
    mask = g.op("Mul", g.op("Sub", g.floats(1.0), kept), g.floats(MASKED))
    x = embeddings(g, epsilon)
    for index in range(layers):
        layer = f"encoder.layer.{index}"
        mixed = attention(g, x, mask, layer, heads, hidden)
        x = g.norm(g.op("Add", mixed, x), f"{layer}.attention.output.LayerNorm", epsilon)
        inner = g.gelu(g.linear(x, f"{layer}.intermediate.dense"))
        total = g.op("Add", g.linear(inner, f"{layer}.output.dense"), x)
        last = "last_hidden_state" if index == layers - 1 else ""
        x = g.norm(total, f"{layer}.output.LayerNorm", epsilon, out=last)
    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in names]
    output = helper.make_tensor_value_info(x, TensorProto.FLOAT, ["batch", "tokens", hidden])
    graph = helper.make_graph(g.nodes, "bert_encoder", inputs, [output], list(g.constants.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="ragscale")
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model


def copy_small_files(folder: Path, target: Path) -> None:
    for name in SMALL_FILES:
        shutil.copyfile(folder / name, target / name)
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer.update(truncation=None, padding=None)
    text = json.dumps(tokenizer, ensure_ascii=False)
    (target / "tokenizer.json").write_text(text + "\n", encoding="utf-8")


def main(folder: Path, target: Path) -> None:
    copy_small_files(folder, target)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    model = build(load_file(folder / "model.safetensors"), config)
    (target / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
