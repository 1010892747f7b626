#!/usr/bin/env bash
# Fifty kills of a running pipeline; tests/soak kill does many more. With sanitizers each start takes longer.
set -uo pipefail
exec "$TEND_TESTS/pipeline_kill" "$TEND_BIN" "${KILLS:-50}"
