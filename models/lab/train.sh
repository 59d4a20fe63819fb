#!/usr/bin/env bash
# Trains one of the lab's models from nothing, or goes on with a training that was stopped.
#
#   models/lab/train.sh NAME [OPTION ...]
#
# NAME: xs, s, m, l or experts (the ladder, in two courses), embedder, long or specialist (both go on from
# models/lab/s).
# Options go to the trainer: `--threads 8`, `--device cuda`, `--stop-after-seconds 3600` (not for the
# embedder, which takes five minutes).
#
# Needs Rust, a C compiler and Python 3.11 with pip; PyTorch comes from the package index. Everything is
# written below target/lab: data/, python/, NAME/. The model is target/lab/NAME/export.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
if [ $# -eq 0 ] || [ "$1" = --help ]; then
  sed -n '2,12s/^# \{0,1\}//p' models/lab/train.sh
  exit $(($# == 0))
fi
name=$1
shift
place=target/lab
trainer=models/lab/train

# Data, and what was trained on it, belong to one state of the sources of both.
state=$(cat lab/src/*.rs lab/world/*.toml | sha256sum | cut -c 1-16)
if [ ! -f "$place/data/meta.json" ] || [ "$(cat "$place/data/state" 2>/dev/null)" != "$state" ]; then
  rm -rf "$place"/data "$place"/data.part "$place"/*/checkpoint.pt "$place"/first/*/checkpoint.pt
  cargo run --locked -p ragscale-lab -- data --out $place/data.part
  echo "$state" >$place/data.part/state
  mv $place/data.part $place/data
fi
if [ ! -x $place/python/bin/python ] || ! cmp -s $trainer/requirements.txt $place/python/requirements.txt; then
  rm -rf $place/python
  "${PYTHON:-python3}" -m venv $place/python
  $place/python/bin/pip install --quiet -r $trainer/requirements.txt
  cp $trainer/requirements.txt $place/python/
fi

export OMP_NUM_THREADS=1
train() { # SCRIPT OPTION ...
  $place/python/bin/python -B "$trainer/$1" --data $place/data --out "$place/$name" "${@:2}"
}
# Where the larger rungs begin: `s` when it had read 8 million tokens (train/growth.py).
begin() {
  name=begin train train.py --config $trainer/ladder.json --model s --resume --stop-at-step 1953 "$@"
}
# The first course, and the second from what came of it.
rung() {
  name=first/$rung train train.py --config $trainer/ladder.json --model "$rung" --resume "$@"
  train train.py --config $trainer/second.json --model "$rung" --init-from "$place/first/$rung/export" --resume "${options[@]}"
}
rung=$name
options=("$@")
case $name in
  embedder) train train_embedder.py --config $trainer/embedder.json "$@" ;;
  long | specialist)
    train train.py --config "$trainer/$name.json" --model "$name" --init-from models/lab/s --resume "$@"
    ;;
  m | l | experts)
    begin "$@"
    rung --grow-from $place/begin/checkpoint.pt "$@"
    ;;
  *) rung "$@" ;;
esac
if [ -f "$place/$name/export/generation_config.json" ]; then
  $place/python/bin/python -B $trainer/forward.py "$place/$name/export" $place/data >"$place/$name/forward.part"
  mv "$place/$name/forward.part" "$place/$name/export/forward.jsonl"
fi
echo "the model: $place/$name/export"
