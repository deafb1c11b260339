#!/bin/sh
# Starts a session bus and a keyring of its own (GNOME's) in a temporary folder and runs a command there; without one, the
# test of credentials whose key is in the keyring.
#   tests/servers/keyring.sh [COMMAND ...]
# Needs dbus-run-session and gnome-keyring-daemon (Debian: apt-get install dbus-daemon gnome-keyring).
set -eu
cd "$(dirname "$0")/../.."
for needed in dbus-run-session gnome-keyring-daemon; do
    command -v $needed >/dev/null || { echo "No $needed here: apt-get install dbus-daemon gnome-keyring." >&2; exit 1; }
done
[ $# -gt 0 ] || set -- cargo test --features keyring --test cli -- --ignored in_the_keyring
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
XDG_DATA_HOME=$folder XDG_RUNTIME_DIR=$folder dbus-run-session -- sh -c '
    printf pass | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null
    "$@"' sh "$@"
