#!/usr/bin/env bash
# Some kills of an import and of ingest; tests/soak import does many more, over a file that is too large to be gathered.
set -uo pipefail
exec "$TEND_TESTS/pipeline_import_kill" "$TEND_BIN" "${KILLS:-8}"
