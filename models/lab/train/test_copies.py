"""What must hold of quantized copies and of the answers that mistralrs is held to."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type

import export
import forward
from initialization import initialize
from model import LanguageModel
from quantize import permuted, quantize
from shape import Shape
from test_train import TINY

END = 1


def exported(folder: Path, shape: Shape = TINY) -> LanguageModel:
    model = LanguageModel(shape)
    initialize(model.model, 3)
    tokenizer = {"model": {"vocab": {str(number): number for number in range(shape.vocabulary)}}, "added_tokens": []}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    export.folder(export.merged(model), export.llama_config(shape, END), folder, folder / "export", END)
    return model


class Quantized(unittest.TestCase):
    def test_a_copy_holds_the_same_weights_in_the_other_order(self) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            model = exported(folder)
            (folder / "export" / "training.json").write_text('{"model": "tiny"}', encoding="utf-8")
            quantize(folder / "export", Type.Q8_0, folder / "q8")
            reader = gguf.GGUFReader(folder / "q8" / "model.gguf")
            tensors = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in reader.tensors}
            weights = {name: t.numpy() for name, t in export.merged(model).items()}
            query = permuted(weights["model.layers.1.self_attn.q_proj.weight"], TINY.heads)
            found = tensors["blk.1.attn_q.weight"]
            # Half a step of 127 in the block's largest, and f16 before.
            self.assertLess(np.abs(found - query).max(), np.abs(query).max() / 200)
            np.testing.assert_allclose(tensors["output_norm.weight"], weights["model.norm.weight"], rtol=1e-3)  # f16
            self.assertEqual(len(tensors), len(weights))
            training = json.loads((folder / "q8" / "training.json").read_text(encoding="utf-8"))
            self.assertEqual(training, {"model": "tiny", "base": "export", "quantization": "Q8_0"})

    def test_rows_go_where_llama_cpp_looks_for_them(self) -> None:
        # Two heads of four rows: halves (0, 1 | 2, 3) become pairs (0, 2), (1, 3).
        rows = np.arange(8)[:, None]
        self.assertEqual(permuted(rows, 2).ravel().tolist(), [0, 2, 1, 3, 4, 6, 5, 7])


class Forward(unittest.TestCase):
    def test_a_shape_is_read_back_from_its_configuration(self) -> None:
        for shape in (TINY, Shape(hidden_size=64, layers=1, intermediate_size=32, vocabulary=64, experts=4)):
            config = json.loads(json.dumps(export.llama_config(shape, END)))
            read = forward.shape(config)
            self.assertEqual(read.groups, shape.groups)
            self.assertEqual(export.llama_config(read, END), config)

    def test_greedy_takes_the_highest_and_stops_at_the_end(self) -> None:
        model = LanguageModel(TINY).eval()
        initialize(model.model, 3)
        answer, log_probabilities = forward.greedy(model, [5, 6, 7], END)
        hidden, _ = model(torch.tensor([[5, 6, 7]]))
        logits = hidden[0, -1] @ model.output_matrix().t()
        self.assertEqual(answer[0], int(logits.argmax()))
        self.assertAlmostEqual(log_probabilities[0], float(logits.log_softmax(0).max()), places=4)
        self.assertEqual(len(answer), len(log_probabilities))
        self.assertTrue(END not in answer[:-1] and (answer[-1] == END or len(answer) == forward.ANSWER_TOKENS))


if __name__ == "__main__":
    unittest.main()
