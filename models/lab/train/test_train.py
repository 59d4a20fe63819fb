"""What must hold of the trainer, on tiny models and invented streams: `python -m unittest` in this folder."""

from __future__ import annotations

import json
import math
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

import adapter
import checkpoint
import config as configuration
import export
import record
from batch import NO_KIND, rows
from evaluation import first_answer
from experts import Experts
from growth import grow, places
from initialization import initialize
from loss import weighted_loss
from model import LanguageModel, rotary, rotate
from optimizer import Rates, orthogonal
from shape import Shape
from stream import ANSWER, ENDING, Reading, Stream
from trainer import Trainer

VOCABULARY = 64
TINY = Shape(hidden_size=64, layers=2, intermediate_size=96, vocabulary=VOCABULARY, window=96)
CPU = torch.device("cpu")


def write_stream(folder: Path, name: str, lengths: list[int]) -> None:
    random = np.random.default_rng(len(name))
    total = sum(lengths)
    random.integers(2, VOCABULARY, total).astype("<u2").tofile(folder / f"{name}.tokens")
    random.choice([0, 1, 2, 3], total).astype("u1").tofile(folder / f"{name}.kinds")
    np.cumsum(lengths).astype("<u4").tofile(folder / f"{name}.ends")


def write_data(folder: Path) -> Path:
    write_stream(folder, "long", [40, 61, 90, 33, 72, 95, 54] * 6)
    write_stream(folder, "short", [5, 9, 14, 21] * 9)
    write_stream(folder, "asked", [20, 30])
    content = {
        "seed": 3,
        "tokens": 12_000,
        "tokens_a_step": 500,
        "tokens_a_batch": 256,
        "models": {
            "dense": {"hidden_size": 64, "layers": 2, "intermediate_size": 96, "window": 96},
            "mixed": {"hidden_size": 64, "layers": 2, "intermediate_size": 96, "window": 96, "experts": 4},
        },
        "rates": {"warmup_steps": 4},
        "scoring": {"keep": [0.5, 1, 1, 1, 1, 1]},
        "phases": [{"until": 0.3, "mix": {"short": 1.0}}, {"until": 1.0, "mix": {"long": 0.7, "short": 0.3}}],
        "questions": {"streams": ["asked"]},
        "average": 0.9,
    }
    path = folder / "config.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


class WithData(unittest.TestCase):
    def setUp(self) -> None:
        torch.set_num_threads(1)
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)
        self.path = write_data(self.folder)

    def configure(self, **values: object) -> None:
        content = json.loads(self.path.read_text(encoding="utf-8"))
        self.path.write_text(json.dumps(content | values), encoding="utf-8")

    def trainer(self, name: str) -> Trainer:
        return Trainer(configuration.read(self.path, name, VOCABULARY), self.folder, CPU, compiled=False)


class Growing(unittest.TestCase):
    def test_a_grown_model_computes_what_the_small_one_does(self) -> None:
        torch.manual_seed(0)
        small = LanguageModel(TINY)
        initialize(small.model, 1)
        wide = Shape(hidden_size=160, layers=5, intermediate_size=224, vocabulary=VOCABULARY, window=96)
        large = LanguageModel(wide)
        grow(small.state_dict(), large, 1)
        tokens = torch.randint(2, VOCABULARY, (3, 40))
        with torch.no_grad():
            (before, _), (after, _) = small(tokens), large(tokens)
            expected, found = before @ small.output_matrix().T, after @ large.output_matrix().T
        self.assertLess(float((expected - found).abs().max()), 1e-3)
        loss = large(tokens)[0].square().sum()
        loss.backward()
        # What is new must be able to learn: all that writes gets a gradient.
        writes = [n for n, _ in large.named_parameters() if n.endswith(("o_proj.weight", "down_proj.weight"))]
        self.assertTrue(all(float(large.get_parameter(n).grad.abs().max()) > 0 for n in writes))

    def test_new_layers_stand_among_the_upper_ones(self) -> None:
        self.assertEqual(places(5, 8), [0, 1, 2, None, 3, None, 4, None])
        self.assertEqual(places(5, 6), [0, 1, 2, 3, 4, None])
        self.assertEqual(places(2, 5), [0, None, 1, None, None])
        self.assertEqual(places(3, 3), [0, 1, 2])


class Resuming(WithData):
    def test_ten_and_ten_steps_are_twenty_bit_for_bit(self) -> None:
        for name in ("dense", "mixed"):
            straight, first, second = (self.trainer(name) for _ in range(3))
            for _ in range(20):
                straight.step()
            for _ in range(10):
                first.step()
            checkpoint.save(self.folder / "checkpoint.pt", first.state())
            second.load(checkpoint.load(self.folder / "checkpoint.pt"))
            for _ in range(10):
                second.step()
            self.assertEqual(straight.mixture.state(), second.mixture.state())
            for one, other in zip(straight.model.parameters(), second.model.parameters(), strict=True):
                self.assertTrue(torch.equal(one, other))
            for one, other in zip(straight.averages, second.averages, strict=True):
                self.assertTrue(torch.equal(one, other))


class Settling(WithData):
    def test_a_settled_model_lies_between_what_it_began_as_and_what_it_came_to(self) -> None:
        for average in (0.0, 0.9):
            self.configure(average=average, start_share=0.25)
            trainer = self.trainer("dense")
            start = [p.detach().clone() for p in trainer.model.parameters()]
            for _ in range(3):
                trainer.step()
            with trainer.averaged() as model:
                came_to = [p.detach().clone() for p in model.parameters()]
            trainer.settle()
            with trainer.averaged() as model:
                for settled, one, other in zip(model.parameters(), start, came_to):
                    torch.testing.assert_close(settled.detach(), 0.25 * one + 0.75 * other)
                    self.assertFalse(torch.equal(settled, other))

    def test_without_a_share_it_stays_what_it_came_to(self) -> None:
        trainer = self.trainer("dense")
        trainer.step()
        before = [p.detach().clone() for p in trainer.averages]
        trainer.settle()
        self.assertTrue(all(map(torch.equal, before, trainer.averages)))

    def test_a_share_of_all_is_an_error(self) -> None:
        self.configure(start_share=1.0)
        with self.assertRaisesRegex(ValueError, "start_share"):
            self.trainer("dense")


class Order(WithData):
    def test_models_of_other_sizes_read_the_same_tokens(self) -> None:
        dense, mixed = self.trainer("dense"), self.trainer("mixed")
        for _ in range(8):
            for one, other in zip(dense.mixture.next().batches, mixed.mixture.next().batches, strict=True):
                self.assertTrue(torch.equal(one.tokens, other.tokens))

    def test_each_example_is_read_once_before_any_is_read_again(self) -> None:
        reading = Reading(Stream(self.folder, "long", VOCABULARY, 96), seed=1)
        read = np.concatenate([reading.take(200) for _ in range(30)])
        self.assertEqual(sorted(read[:42]), list(range(42)))
        self.assertEqual(sorted(read[42:84]), list(range(42)))
        self.assertNotEqual(list(read[:42]), list(read[42:84]))

    def test_phases_and_shares_are_kept(self) -> None:
        mixture = self.trainer("dense").mixture
        tokens = {"long": 0, "short": 0}
        while mixture.seen < 12_000:
            before = mixture.seen
            for batch in mixture.next().batches:
                for row, stream in enumerate(batch.stream):
                    name = mixture.streams[stream].name
                    tokens[name] += int((batch.real // batch.tokens.shape[1] == row).sum())
            if before < 0.3 * 12_000:
                self.assertEqual(tokens["long"], 0)
        # 70 % of the last 70 %, give or take one example of 95 tokens and one step of 500
        self.assertAlmostEqual(tokens["long"], 0.7 * 0.7 * 12_000, delta=600)


class Batches(WithData):
    def test_rows_hold_whole_examples_and_padding_is_unscored(self) -> None:
        stream = Stream(self.folder, "long", VOCABULARY, 96)
        for batch in rows([stream], [(0, np.arange(7))], most=256):
            self.assertEqual(batch.tokens.shape[1] % 8, 0)
            self.assertLessEqual(batch.tokens.numel(), 256)
            self.assertTrue((batch.kinds[:, 0] == NO_KIND).all())
            self.assertEqual(len(batch.real), batch.size)

    def test_examples_beyond_the_window_are_left_out_and_counted(self) -> None:
        self.assertEqual(Stream(self.folder, "long", VOCABULARY, 72).left_out, 12)

    def test_a_token_outside_the_vocabulary_is_an_error(self) -> None:
        with self.assertRaisesRegex(ValueError, "vocabulary of 20"):
            Stream(self.folder, "long", 20, 96)

    def test_the_first_answer_ends_before_the_next_question(self) -> None:
        kinds = np.array([[NO_KIND, 0, 1, ANSWER, ANSWER, ENDING, 1, ANSWER, ENDING, NO_KIND]], dtype=np.uint8)
        value, ending = first_answer(kinds)
        self.assertEqual(np.flatnonzero(value).tolist(), [3, 4])
        self.assertEqual(np.flatnonzero(ending).tolist(), [5])


class Mathematics(unittest.TestCase):
    def test_the_loss_and_its_gradients_are_those_of_plain_cross_entropy(self) -> None:
        torch.manual_seed(0)
        hidden = torch.randn(700, 16, dtype=torch.float32, requires_grad=True)
        table = torch.randn(VOCABULARY, 16, requires_grad=True)
        target, weight = torch.randint(0, VOCABULARY, (700,)), torch.rand(700)
        plain = (F.cross_entropy(hidden @ table.t(), target, reduction="none") * weight).sum()
        expected = torch.autograd.grad(plain, (hidden, table))
        loss, losses, hits = weighted_loss(hidden, table, target, weight)
        got = torch.autograd.grad(loss, (hidden, table))
        self.assertAlmostEqual(float(loss), float(plain), delta=1e-3)
        for one, other in zip(got, expected):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
        self.assertEqual(hits.tolist(), ((hidden @ table.t()).argmax(1) == target).tolist())
        self.assertAlmostEqual(float((losses * weight).sum()), float(plain), delta=1e-3)

    def test_experts_equal_a_weighted_sum_over_the_chosen(self) -> None:
        torch.manual_seed(0)
        experts = Experts(Shape(64, 1, 96, VOCABULARY, experts=4, experts_per_token=2))
        for parameter in experts.parameters():
            torch.nn.init.normal_(parameter, std=0.1)
        x = torch.randn(2, 5, 64)
        got, uneven = experts(x, None)
        best, chosen = (x @ experts.gate.weight.t()).topk(2)
        share = best.softmax(-1)
        for row in range(2):
            for column in range(5):
                parts = zip(share[row, column], chosen[row, column])
                expected = sum(s * experts.experts[e](x[row, column]) for s, e in parts)
                torch.testing.assert_close(got[row, column], expected, rtol=1e-4, atol=1e-5)
        self.assertGreaterEqual(float(uneven.detach()), 0.9)

    def test_muons_matrices_become_nearly_orthogonal(self) -> None:
        torch.manual_seed(0)
        for shape in ((3, 40, 20), (3, 20, 40), (1, 32, 32)):
            singular = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
            self.assertLess(float(singular.max()), 1.3)

    def test_the_rate_rises_stays_and_falls(self) -> None:
        rates = Rates()
        self.assertAlmostEqual(rates.factor(50, 0.01), 0.5)
        self.assertAlmostEqual(rates.factor(200, 0.6), 1.0)
        self.assertAlmostEqual(rates.factor(200, 0.8), 0.5)
        self.assertAlmostEqual(rates.factor(200, 1.0), 0.03)

    def test_the_first_head_looks_one_back_before_any_training(self) -> None:
        model = LanguageModel(TINY)
        initialize(model.model, seed=1)
        decoder = model.model
        x = decoder.layers[0].input_layernorm(decoder.embed_tokens(torch.randint(2, VOCABULARY, (1, 40))))
        attention = decoder.layers[0].self_attn
        cos, sin = rotary(TINY, 40, CPU)
        q, k = (rotate(p(x).view(1, 40, -1, 32), cos, sin)[0] for p in (attention.q_proj, attention.k_proj))
        for head, offset in ((0, 1), (1, 2)):
            scores = q[:, head] @ k[:, head].t() / math.sqrt(32)
            best = scores.masked_fill(torch.ones(40, 40).triu(1).bool(), -1e9).argmax(1)
            right = (best == torch.arange(40) - offset)[offset:].float().mean()
            self.assertGreater(float(right), 0.9)


class Files(WithData):
    def test_an_export_loads_as_the_same_model(self) -> None:
        for shape in (TINY, Shape(64, 2, 96, VOCABULARY, experts=3)):
            model, again = LanguageModel(shape), LanguageModel(shape)
            initialize(model.model, seed=1)
            target = self.folder / f"export{shape.experts}"
            layout = export.llama_config(shape, end=1)
            export.folder(export.merged(model), layout, self.folder, target, end=1, also_f32=True)
            export.load(again, target)
            tokens = torch.randint(2, VOCABULARY, (2, 9))
            self.assertTrue(torch.equal(model(tokens)[0], again(tokens)[0]))
            self.assertNotIn("lm_head.weight", load_file(target / "model.safetensors"))
            with self.assertRaisesRegex(ValueError, "num_hidden_layers"):
                export.load(LanguageModel(Shape(64, 3, 96, VOCABULARY, experts=shape.experts)), target)

    def test_a_merged_adapter_is_the_adapted_model(self) -> None:
        model, merged = LanguageModel(TINY), LanguageModel(TINY)
        initialize(model.model, seed=1)
        adapter.add(model, adapter.Adapter(rank=4))
        for name, parameter in model.named_parameters():
            self.assertEqual(parameter.requires_grad, "lora_" in name)
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.1)
        merged.load_state_dict(export.merged(model))
        tokens = torch.randint(2, VOCABULARY, (2, 9))
        torch.testing.assert_close(model(tokens)[0], merged(tokens)[0])
        adapter.export(model, adapter.Adapter(rank=4), "base", self.folder / "adapter")
        tensors = load_file(self.folder / "adapter" / "adapter_model.safetensors")
        self.assertIn("base_model.model.model.layers.1.mlp.up_proj.lora_A.weight", tensors)

    def test_two_courses_are_one_record(self) -> None:
        first = {"model": "dense", "base": None, "grown": {"parameters": 9, "tokens": 4}, "streams": ["a", "b"], "seed": 1}
        first |= {"tokens": 10, "steps": 2, "seconds": 3, "tokens_planned": 10, "asked": [{"tokens": 10, "exact": {}}]}
        second = {"model": "dense", "base": "first", "grown": None, "streams": ["b", "c"], "seed": 2}
        second |= {"tokens": 5, "steps": 1, "seconds": 2, "tokens_planned": 5, "asked": [{"tokens": 5, "exact": {}}]}
        both = record.continued(first, second)
        self.assertEqual([both[name] for name in ("tokens", "steps", "seconds", "tokens_planned")], [15, 3, 5, 15])
        self.assertEqual([line["tokens"] for line in both["asked"]], [10, 15])
        self.assertEqual((both["base"], both["grown"]), (None, first["grown"]))
        self.assertEqual((both["courses"], both["streams"]), ([{"tokens": 10, "seed": 1}, {"tokens": 5, "seed": 2}], ["a", "b", "c"]))
        (self.folder / "training.json").write_text(json.dumps(first), encoding="utf-8")
        dense = configuration.read(self.path, "dense", VOCABULARY)
        self.assertEqual(record.first_course(self.folder, dense), first)
        # Another model that begins there is no second course of it.
        (self.folder / "training.json").write_text(json.dumps(first | {"model": "other"}), encoding="utf-8")
        self.assertIsNone(record.first_course(self.folder, dense))

    def test_training_on_what_is_asked_is_an_error(self) -> None:
        self.configure(questions={"streams": ["long"]})
        with self.assertRaisesRegex(ValueError, "trains on what it asks"):
            configuration.read(self.path, "dense", VOCABULARY)


if __name__ == "__main__":
    unittest.main()
