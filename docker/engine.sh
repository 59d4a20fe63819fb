#!/usr/bin/env bash
# Runs a command with a container engine of its own, where none runs: for CI on a bare machine.
set -euo pipefail

help() {
  cat <<'TEXT'
usage: docker/engine.sh COMMAND [ARGUMENT ...]

Starts Debian's Docker with its images and its socket in a scratch folder, runs COMMAND with
DOCKER_HOST set to it, stops it and removes the folder. Ends as COMMAND ends; with 77 when no engine
can be had here (not root, not Debian, a sandbox that allows no containers).

Installs what is missing: docker.io, docker-compose, debootstrap. Docker's bridge and firewall rules
stay behind: this is for machines that are thrown away.
TEXT
}

skip() {
  echo "no container engine can be started: $1" >&2
  exit 77
}

case ${1:---help} in -h | --help) help; exit 0 ;; esac

[ "$(id -u)" = 0 ] || skip "not root"
# Debian's client has BuildKit built in; one from elsewhere may lack the plugin for it.
PATH=/usr/bin:/usr/sbin:$PATH
packages=()
[ -x /usr/sbin/dockerd ] && [ -x /usr/bin/docker ] || packages+=(docker.io)
[ -x /usr/bin/docker-compose ] || packages+=(docker-compose)
[ -x /usr/sbin/debootstrap ] || packages+=(debootstrap)
if [ ${#packages[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || skip "no ${packages[*]}, and no apt-get to install them"
  log=$(mktemp)
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
    --no-install-recommends iptables runc "${packages[@]}"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    skip "apt-get could not install ${packages[*]}"
  fi
  rm -f "$log"
fi

folder=$(mktemp -d)
daemon=
stop() {
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
  fi
  rm -rf "$folder" || echo "$folder could not be removed" >&2
}
trap stop EXIT

# Of the device that leads out of this machine: larger packets of a container would be lost.
mtu=$(cat "/sys/class/net/$(ip -4 route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)/mtu" 2>/dev/null || echo 1500)
export DOCKER_HOST=unix://$folder/docker.sock
dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" \
  --pidfile "$folder/pid" --mtu "$mtu" >"$folder/log" 2>&1 &
daemon=$!
for _ in $(seq 60); do
  docker info >/dev/null 2>&1 && break
  kill -0 "$daemon" 2>/dev/null || break
  sleep 1
done
if ! docker info >/dev/null 2>&1; then
  tail -n 5 "$folder/log" >&2
  skip "dockerd does not answer; its last lines stand above"
fi

"$@"
