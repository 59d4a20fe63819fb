"""What must hold of the embedder: `python -m unittest` in this folder."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from embedder import Pairs, contrast, recall, vectors
from initialization import initialize
from model import Decoder
from shape import Shape

CPU = torch.device("cpu")
END = 1


class Embedding(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)
        random = np.random.default_rng(1)
        lengths = [4, 20, 7, 31, 5, 12, 6, 20]
        texts = [random.integers(2, 64, length) for length in lengths]
        texts[7] = texts[1]  # the first and the last question have one passage
        np.concatenate(texts).astype("<u2").tofile(self.folder / "pairs.tokens")
        np.cumsum(lengths).astype("<u4").tofile(self.folder / "pairs.ends")
        self.pairs = Pairs(self.folder, "pairs", END, window=32)
        self.decoder = Decoder(Shape(64, 2, 96, 64, window=32, head_norms=True))
        initialize(self.decoder, seed=1, lookup_layers=0)

    def test_a_text_has_its_vector_alone_whatever_is_beside_it(self) -> None:
        numbers = np.array([3, 0, 7, 3, 6])
        together = vectors(self.decoder, self.pairs, numbers, CPU)
        for place, number in enumerate(numbers):
            start, length = self.pairs.starts[number], self.pairs.lengths[number]
            text = torch.from_numpy(self.pairs.tokens[start : start + length].astype(np.int64))
            self.assertEqual(int(text[-1]), END)
            alone = self.decoder(text[None])[0][0, -1]
            torch.testing.assert_close(together[place], alone / alone.norm(), rtol=1e-4, atol=1e-5)

    def test_a_shared_passage_is_no_negative(self) -> None:
        loss = contrast(self.decoder, self.pairs, np.array([0, 3]), CPU)
        self.assertAlmostEqual(float(loss.detach()), 0.0, places=5)

    def test_recall_counts_different_passages(self) -> None:
        # Three different passages: all are among the nearest five.
        self.assertEqual(recall(self.decoder, self.pairs, CPU)["recall@5"], 1.0)

    def test_a_text_beyond_the_window_is_an_error(self) -> None:
        # 31 tokens and the end token
        with self.assertRaisesRegex(ValueError, "a text of 32 tokens; the window is 31"):
            Pairs(self.folder, "pairs", END, window=31)


if __name__ == "__main__":
    unittest.main()
