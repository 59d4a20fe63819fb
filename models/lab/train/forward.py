"""What an exported model answers to a hundred prompts, by this trainer's own forward pass in f32.

    python forward.py MODEL DATA > MODEL/forward.jsonl

In:  an exported folder; DATA with streams that the model was never trained on.
Out: JSON lines: `message` (what the chat template is given), `prompt` (what it must make of it),
     `prompt_tokens`, `answer` (greedy, special tokens left out), `log_probabilities` (natural, of each
     answer token, the end token's included).

A test of the pipeline holds mistralrs to these lines: what is measured is the model that was trained.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

import export
from model import LanguageModel
from shape import Shape
from stream import ANSWER, Stream

STREAMS = (
    "dev-known-1", "dev-read-1", "dev-read-5", "dev-none-5", "dev-two-5",
    "dev-compare-5", "dev-json-1", "dev-head", "dev-middle", "dev-tail",
)  # fmt: skip
PROMPTS_A_STREAM = 10
ANSWER_TOKENS = 48
OPENING = "\nAnswer:"  # the chat template's, after the message


def shape(config: dict[str, Any]) -> Shape:
    names = {
        "layers": "num_hidden_layers", "vocabulary": "vocab_size", "window": "max_position_embeddings",
        "key_value_heads": "num_key_value_heads", "experts": "num_local_experts",
        "experts_per_token": "num_experts_per_tok",
    }  # fmt: skip
    read = {field.name: config.get(names.get(field.name, field.name)) for field in fields(Shape)}
    return Shape(**{name: value for name, value in read.items() if value is not None})


@torch.no_grad()
def greedy(model: LanguageModel, prompt: list[int], end: int) -> tuple[list[int], list[float]]:
    answer: list[int] = []
    log_probabilities: list[float] = []
    while len(answer) < ANSWER_TOKENS and end not in answer:
        hidden, _ = model(torch.tensor([prompt + answer]))
        logits = (hidden[0, -1] @ model.output_matrix().t()).double().log_softmax(0)
        answer.append(int(logits.argmax()))
        log_probabilities.append(round(float(logits[answer[-1]]), 6))
    return answer, log_probabilities


def lines(folder: Path, data: Path) -> list[dict[str, Any]]:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = LanguageModel(shape(config)).eval()
    export.load(model, folder)
    result = []
    for name in STREAMS:
        stream = Stream(data, name, config["vocab_size"], config["max_position_embeddings"] - ANSWER_TOKENS)
        for start, length in list(zip(stream.starts, stream.lengths))[:PROMPTS_A_STREAM]:
            kinds = np.asarray(stream.kinds[start : start + length])
            prompt = [int(token) for token in stream.tokens[start : start + int(np.argmax(kinds == ANSWER))]]
            text = tokenizer.decode(prompt, skip_special_tokens=False)
            if tokenizer.encode(text, add_special_tokens=False).ids != prompt or not text.endswith(OPENING):
                raise ValueError(f"stream {name}: a prompt is not what its text is read as: {text!r}")
            answer, log_probabilities = greedy(model, prompt, config["eos_token_id"])
            told = [token for token in answer if token != config["eos_token_id"]]
            result.append({
                "message": text.removesuffix(OPENING),
                "prompt": text,
                "prompt_tokens": len(prompt),
                "answer": tokenizer.decode(told, skip_special_tokens=True),
                "log_probabilities": log_probabilities,
            })  # fmt: skip
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="Write what an exported model answers.")
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for line in lines(chosen.model, chosen.data):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
