#!/usr/bin/env bash
# Makes base images from Debian's packages, where no registry of images can be reached.
set -euo pipefail

help() {
  cat <<'TEXT'
usage: docker/base.sh [runtime] [builder]

Makes the images that the Dockerfile's arguments can name instead of the published bases:

  runtime   ragscale-base-runtime   a small Debian, for BASE_RUNTIME (about a minute)
  builder   ragscale-base-builder   the same with C and C++ compilers and this machine's Rust
                                    toolchain, for BASE_BUILDER

Without an argument: both. The last line for each image is its name; an image that is there already
is kept. This machine's certificate authorities go into the images, so that a proxy it trusts is
trusted there too: do not publish them.

  SUITE=bookworm                              which Debian
  MIRROR=http://deb.debian.org/debian         where its packages are

Needs a container engine, root, and debootstrap (apt-get install debootstrap).
TEXT
}

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

suite=${SUITE:-bookworm}
mirror=${MIRROR:-http://deb.debian.org/debian}
certificates=/etc/ssl/certs/ca-certificates.crt

bootstrap() { # FOLDER PACKAGES
  printf 'making a Debian %s from packages …\n' "$suite"
  debootstrap --variant=minbase --include="$2" "$suite" "$1" "$mirror" >"$scratch/log" 2>&1 || {
    tail -n 20 "$scratch/log" >&2
    fail "debootstrap failed" "the last lines of its log stand above"
  }
  rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/* "$1"/usr/share/doc "$1"/usr/share/man
  if [ -f "$certificates" ]; then
    cp "$certificates" "$1$certificates"
  fi
}

bring() { # FOLDER IMAGE CHANGE...
  local folder=$1 image=$2
  shift 2
  tar --directory "$folder" --exclude './dev/*' --exclude './proc/*' --exclude './sys/*' --create . |
    docker import "$@" - "$image" >/dev/null
  rm -rf "$folder"
}

runtime() {
  bootstrap "$scratch/runtime" ca-certificates,libstdc++6
  bring "$scratch/runtime" "$1" --change 'CMD ["bash"]'
}

builder() {
  local toolchain
  command -v rustc >/dev/null || fail "no rustc on the PATH" "install Rust: its toolchain is copied"
  toolchain=$(rustc --print sysroot)
  bootstrap "$scratch/builder" ca-certificates,gcc,g++,libc6-dev,make,pkg-config
  tar --directory "$toolchain" --exclude ./share --create . |
    tar --directory "$scratch/builder/usr/local" --no-same-owner --extract
  mkdir -p "$scratch/builder/usr/local/cargo"
  bring "$scratch/builder" "$1" --change 'ENV CARGO_HOME=/usr/local/cargo' --change 'CMD ["bash"]'
}

wanted=()
for argument in "$@"; do
  case $argument in
    -h | --help) help; exit 0 ;;
    runtime | builder) wanted+=("$argument") ;;
    *) fail "unknown argument $argument" "docker/base.sh --help shows what can be made" ;;
  esac
done
[ ${#wanted[@]} -gt 0 ] || wanted=(runtime builder)

docker info >/dev/null 2>&1 || fail "no container engine answers" "start Docker, or set DOCKER_HOST"

scratch=
trap 'if [ -n "$scratch" ]; then rm -rf "$scratch"; fi' EXIT
for kind in "${wanted[@]}"; do
  image=ragscale-base-$kind:$suite
  if ! docker image inspect "$image" >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] || fail "not root" "debootstrap makes a file system with its owners: run as root"
    command -v debootstrap >/dev/null || fail "no debootstrap" "apt-get install debootstrap"
    [ -n "$scratch" ] || scratch=$(mktemp -d)
    "$kind" "$image"
  fi
  echo "$image"
done
