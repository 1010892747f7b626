#!/usr/bin/env bash
# The notifier dies at each point of a message's way, and then at random ones; tests/soak chats does that for longer.
set -uo pipefail
exec python3 "$(dirname "$0")/chats_kill.py" "${SECONDS_OF_KILLS:-8}" ${SEED:+"$SEED"}
