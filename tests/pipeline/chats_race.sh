#!/usr/bin/env bash
# Withdrawals race messages in the real notifier: each message is told once or not at all.
set -uo pipefail
exec python3 "$(dirname "$0")/chats_race.py" "${PAIRS:-400}" ${SEED:+"$SEED"}
