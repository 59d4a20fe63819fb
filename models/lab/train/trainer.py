"""The training of one model: forward, backward, update, and everything needed to go on later.

In:  a configuration, a data folder, a device.
Out: `Trainer.step()` does one update; `state()` and `load()` hold all that a resumed run needs to
     continue bit for bit on one thread of a CPU.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

import adapter
import export
from batch import Batch
from config import Config
from growth import grow
from initialization import initialize
from loss import weighted_loss
from mixture import Mixture
from model import LanguageModel
from optimizer import Optimizer
from stream import ANSWER, Stream


class Tally:
    """Loss, and answer tokens that scored highest per stream, since the last reading."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.clear()

    def clear(self) -> None:
        self.steps, self.loss, self.norm = 0, 0.0, 0.0
        self.hits, self.answers = np.zeros(len(self.names)), np.zeros(len(self.names))

    def add(self, batch: Batch, target: NDArray[np.int64], hits: torch.Tensor) -> None:
        answer = batch.kinds.reshape(-1)[target] == ANSWER
        stream = batch.stream[target // batch.kinds.shape[1]]
        count = len(self.names)
        self.answers += np.bincount(stream[answer], minlength=count)
        self.hits += np.bincount(stream[answer], weights=hits.cpu().numpy()[answer], minlength=count)

    def read(self) -> dict[str, Any]:
        told = [(n, h / a) for n, h, a in zip(self.names, self.hits, self.answers) if a]
        steps = max(1, self.steps)
        result = {
            "loss": round(self.loss / steps, 4),
            "gradient": round(self.norm / steps, 3),
            "answer_tokens": {name: round(float(share), 4) for name, share in told},
        }
        self.clear()
        return result


class Trainer:
    def __init__(
        self, config: Config, data: Path, device: torch.device, compiled: bool, base: Path | None = None
    ) -> None:
        self.config, self.device = config, device
        window, vocabulary = config.shape.window, config.shape.vocabulary
        self.streams = [Stream(data, name, vocabulary, window) for name in config.streams]
        self.questions = [Stream(data, name, vocabulary, window) for name in config.questions.streams]
        self.mixture = Mixture(
            self.streams,
            config.phases,
            config.scoring,
            config.seed,
            config.tokens,
            config.tokens_a_step,
            config.tokens_a_batch,
        )
        torch.manual_seed(config.seed)
        self.model = LanguageModel(config.shape)
        if base:
            export.load(self.model, base)
        else:
            initialize(self.model.model, config.seed)
        if config.adapter:
            adapter.add(self.model, config.adapter)
        self.model.to(device)
        self.optimizer = Optimizer(self.model.named_parameters(), config.rates)
        self.averages = [p.detach().clone() for p in self.model.parameters()] if config.average else []
        self.start = [p.detach().clone() for p in self.model.parameters()] if config.start_share else []
        if compiled:
            self.model.model.compile_layers()
        self.tally = Tally(config.streams)
        self.began = 0  # step at which the model had its size

    @property
    def tokens(self) -> int:
        return self.mixture.seen

    @property
    def done(self) -> bool:
        return self.tokens >= self.config.tokens

    def grow(self, small: dict[str, Any]) -> None:
        """Begins as a smaller model, where its training stood. `small`: what its `state()` was."""
        grow(small["model"], self.model, self.config.seed)
        self.model.to(self.device)
        self.mixture.load(small["mixture"])
        self.began = self.mixture.step
        for average, parameter in zip(self.averages, self.model.parameters()):
            average.copy_(parameter.detach())

    def step(self) -> None:
        # A grown model warms up anew: its momenta are those of no step.
        step = self.mixture.step - self.began + 1
        factor = self.config.rates.factor(step, self.tokens / self.config.tokens)
        step = self.mixture.next()
        total = float(sum(weights.sum(dtype=np.float64) for weights in step.weights))
        for batch, weights in zip(step.batches, step.weights):
            self.learn(batch, weights / np.float32(total), batch.size / step.tokens)
        self.tally.norm += self.optimizer.step(factor)
        self.tally.steps += 1
        if self.averages:
            # Young averages follow quickly: otherwise they would hold the initial weights for long.
            decay = min(self.config.average, step.state["step"] / (step.state["step"] + 10))
            with torch.no_grad():
                torch._foreach_lerp_(self.averages, list(self.model.parameters()), 1 - decay)

    def learn(self, batch: Batch, weights: NDArray[np.float32], share: float) -> None:
        """Adds one batch's gradients. `weights` add up to 1 over the step, as `share` does."""
        position, truth, weight, target = (
            part if isinstance(part, np.ndarray) else part.to(self.device) for part in batch.scored(weights)
        )
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            hidden, uneven = self.model(batch.tokens.to(self.device), batch.real.to(self.device))
        states = hidden.flatten(0, 1)[position]
        loss, _, hits = weighted_loss(states, self.model.output_matrix(), truth, weight)
        (loss + self.config.balance * share * uneven).backward()
        self.tally.loss += float(loss.detach())
        self.tally.add(batch, target, hits)

    def settle(self) -> None:
        """Ends a course: takes the weights back towards those that it began with, by the configured share.

        What it learned of its texts' wordings goes, what it learned to do stays: a mean of weights before
        and after a further training does better on texts unlike its own than either (Wortsman et al.,
        Robust fine-tuning of zero-shot models, CVPR 2022). Not in the checkpoint, which goes on.
        """
        held = self.averages or [p.data for p in self.model.parameters()]
        for mine, start in zip(held, self.start):
            mine.lerp_(start, self.config.start_share)

    def averaged(self) -> "Averaged":
        return Averaged(self)

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state(),
            "averages": self.averages,
            "mixture": self.mixture.state(),
            "began": self.began,
        }

    def load(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load(state["optimizer"])
        for mine, saved in zip(self.averages, state["averages"], strict=True):
            mine.copy_(saved)
        self.mixture.load(state["mixture"])
        self.began = state["began"]


class Averaged:
    """While entered, the model holds its averaged weights, if it keeps any."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer

    def swap(self) -> None:
        with torch.no_grad():
            for average, parameter in zip(self.trainer.averages, self.trainer.model.parameters()):
                held = parameter.clone()
                parameter.copy_(average)
                average.copy_(held)

    def __enter__(self) -> LanguageModel:
        self.swap()
        return self.trainer.model

    def __exit__(self, *_: object) -> None:
        self.swap()
