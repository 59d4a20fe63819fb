"""The tokenizer inside a GGUF file as Hugging Face files.

In:  a GGUF file whose tokenizer is byte-level BPE (`tokenizer.ggml.model` = gpt2) with SmolLM's
     pre-tokenizer (`tokenizer.ggml.pre` = smollm), and a folder to write to.
Out: `tokenizer.json` (digits one by one, then ByteLevel with its regular expression; control tokens
     are added tokens marked special) and `tokenizer_config.json` (bos, eos, pad, the chat template).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from gguf import GGUFReader, TokenType

BYTE_LEVEL = {"type": "ByteLevel", "trim_offsets": True, "use_regex": True}


def value(reader: GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    if field is None:
        raise KeyError(f"the GGUF file has no `{key}`")
    return field.contents()


def control_tokens(reader: GGUFReader) -> dict[int, dict[str, Any]]:
    """Tokens that text never spells: id -> the entry of an added token."""
    found = {}
    tokens, kinds = value(reader, "tokenizer.ggml.tokens"), value(reader, "tokenizer.ggml.token_type")
    for index, (token, kind) in enumerate(zip(tokens, kinds)):
        if kind == TokenType.CONTROL:
            flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
            found[index] = {"content": token, **flags, "special": True}
        elif kind != TokenType.NORMAL:
            raise ValueError(f"token {index} `{token}` is of a kind that is not converted: {kind}")
    return found


def tokenizer(reader: GGUFReader, control: dict[int, dict[str, Any]]) -> dict[str, Any]:
    family = (value(reader, "tokenizer.ggml.model"), value(reader, "tokenizer.ggml.pre"))
    if family != ("gpt2", "smollm"):
        raise ValueError(f"only byte-level BPE of the SmolLM family is converted, not {family}")
    digits = {"type": "Digits", "individual_digits": True}
    byte_level = {**BYTE_LEVEL, "add_prefix_space": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": index, **entry} for index, entry in control.items()],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [digits, byte_level]},
        "post_processor": None,
        "decoder": {**BYTE_LEVEL, "add_prefix_space": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": {token: index for index, token in enumerate(value(reader, "tokenizer.ggml.tokens"))},
            "merges": value(reader, "tokenizer.ggml.merges"),
        },
    }


def tokenizer_config(reader: GGUFReader, control: dict[int, dict[str, Any]]) -> dict[str, Any]:
    def named(role: str) -> str:
        return str(control[value(reader, f"tokenizer.ggml.{role}_token_id")]["content"])

    return {
        "tokenizer_class": "GPT2Tokenizer",
        "add_prefix_space": value(reader, "tokenizer.ggml.add_space_prefix"),
        "add_bos_token": value(reader, "tokenizer.ggml.add_bos_token"),
        "clean_up_tokenization_spaces": False,
        "model_max_length": value(reader, "llama.context_length"),
        "bos_token": named("bos"),
        "eos_token": named("eos"),
        "unk_token": named("unknown"),
        "pad_token": named("padding"),
        "additional_special_tokens": [named("bos"), named("eos")],
        "added_tokens_decoder": {str(index): entry for index, entry in control.items()},
        "chat_template": value(reader, "tokenizer.chat_template"),
    }


def main(source: Path, folder: Path) -> None:
    reader = GGUFReader(source)
    control = control_tokens(reader)
    files = {
        "tokenizer.json": tokenizer(reader, control),
        "tokenizer_config.json": tokenizer_config(reader, control),
    }
    for name, content in files.items():
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
