#!/usr/bin/env bash
# Builds the image and runs an experiment in it through compose, end to end.
set -euo pipefail

help() {
  cat <<'TEXT'
usage: docker/check.sh [--binary FILE] [EXPERIMENT]

Builds the image, runs EXPERIMENT (default: experiments/smoke.toml) in it as a user without rights,
with the folders mounted as docker-compose.yml says, and looks at what came out. Reports go to a
scratch folder. Ends with 77 when it had to be skipped.

  --binary FILE   put this program into the image instead of compiling (900 crates)

The bases are those of the Dockerfile where the registry of images answers, or what BASE_BUILDER and
BASE_RUNTIME name; else docker/base.sh makes them.
TEXT
}

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

skip() {
  echo "$1: skipped"
  exit 77
}

step() {
  printf -- '-- %s\n' "$*"
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
experiment=experiments/smoke.toml
binary=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) help; exit 0 ;;
    --binary)
      [ -f "${2:-}" ] || fail "--binary names no file" "docker/check.sh --binary target/debug/ragscale"
      binary=$(realpath "$2")
      shift
      ;;
    -*) fail "unknown option $1" "docker/check.sh --help shows the options" ;;
    *) experiment=$1 ;;
  esac
  shift
done

docker info >/dev/null 2>&1 || skip "no container engine answers"
if docker compose version >/dev/null 2>&1; then
  compose=(docker compose)
elif command -v docker-compose >/dev/null; then
  compose=(docker-compose)
  # The first generation of compose hands the build to the docker command only when told.
  export COMPOSE_DOCKER_CLI_BUILD=1 DOCKER_BUILDKIT=1
else
  skip "no docker compose"
fi
cd "$root"
[ -f "$experiment" ] || fail "no $experiment" "name an experiment file below experiments/"
name=$(basename "$experiment" .toml)
# Before an hour of compiling, not after it.
while read -r path; do
  [ -e "$path" ] || fail "$experiment names $path, which is not there" "models/get.sh gets the models of the examples"
done < <(grep -v '^ *#' "$experiment" | grep -o '"models/[^"]*"' | tr -d '"')

scratch=$(mktemp -d)
project=ragscale-check-$$
export CHECK_IMAGE=$project CHECK_REPORTS=$scratch/reports
mkdir "$CHECK_REPORTS"
# A root's reports folder could be written by nobody else: the container's user is never root.
uid=$(id -u) gid=$(id -g)
if [ "$uid" = 0 ]; then
  uid=1000 gid=1000
  chmod 755 "$scratch"
  chown "$uid:$gid" "$CHECK_REPORTS"
fi

compose() {
  env UID="$uid" GID="$gid" "${compose[@]}" --project-name "$project" \
    --file docker-compose.yml --file docker/check.yml "$@"
}

clean() {
  compose down --volumes >/dev/null 2>&1 || true
  docker image rm --force "$CHECK_IMAGE" >/dev/null 2>&1 || true
  rm -rf "$scratch"
  if [ -n "$binary" ]; then rm -rf docker/prebuilt; fi
}
trap clean EXIT

pinned() { # ARGUMENT: its default in the Dockerfile
  sed -n "s/^ARG $1=//p" Dockerfile
}

base() { # KIND: the image to build from
  local image
  image=$(pinned "BASE_${1^^}")
  if docker image inspect "$image" >/dev/null 2>&1 ||
    timeout 300 docker pull --quiet "$image" >/dev/null 2>&1; then
    echo "$image"
    return
  fi
  echo "$image cannot be pulled: made from Debian's packages instead" >&2
  docker/base.sh "$1" | tee >(cat >&2) | tail -n 1
}

step "the bases"
export BINARY=built BASE_RUNTIME=${BASE_RUNTIME:-} BASE_BUILDER=${BASE_BUILDER:-}
if [ -z "$BASE_RUNTIME" ]; then BASE_RUNTIME=$(base runtime); fi
if [ -n "$binary" ]; then
  BINARY=prebuilt
  mkdir -p docker/prebuilt
  # Debug information is most of its size.
  strip --strip-debug -o docker/prebuilt/ragscale "$binary" 2>/dev/null ||
    cp "$binary" docker/prebuilt/ragscale
  BASE_BUILDER=${BASE_BUILDER:-scratch}
elif [ -z "$BASE_BUILDER" ]; then
  BASE_BUILDER=$(base builder)
fi

step "the compose files are valid"
compose config >/dev/null
compose --profile qdrant config --services | sort | tr '\n' ' '
echo

step "the image builds"
compose build pipeline
docker image inspect --format '{{.Size}}' "$CHECK_IMAGE" | awk '{printf "%.0f MB\n", $1 / 1e6}'

step "its user has no rights, and ONNX Runtime is where ORT_DYLIB_PATH says"
# shellcheck disable=SC2016 # expanded in the container
compose run --rm --entrypoint bash pipeline -c \
  'id -u && [ "$(id -u)" != 0 ] && test -r "$ORT_DYLIB_PATH" && ! touch /usr/local/x 2>/dev/null' </dev/null

step "ragscale --version"
compose run --rm pipeline --version </dev/null | grep '^ragscale '

step "ragscale check $experiment"
compose run --rm pipeline check "$experiment" </dev/null

step "ragscale run $experiment"
compose run --rm pipeline run "$experiment" </dev/null

step "its report"
for file in README.md trials.jsonl; do
  [ -s "$CHECK_REPORTS/$name/$file" ] ||
    fail "the run left no $file in reports/$name" "what it said stands above"
done
owner=$(stat --format %u "$CHECK_REPORTS/$name/README.md")
[ "$owner" = "$uid" ] || fail "the report belongs to user $owner, not $uid" "see \`user\` in docker-compose.yml"
head -n 5 "$CHECK_REPORTS/$name/README.md"
echo "the image was built and ran $experiment"
