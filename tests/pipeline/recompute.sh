#!/usr/bin/env bash
# Random histories in any order, by one, two and four processes of scoring: every dimension and figure as the plain
# recomputation of tests/check has it. tests/soak recompute does many more.
set -uo pipefail
tests=$(dirname "$(readlink -f "$0")")/..
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
seed=${SEED:-1} histories=${HISTORIES:-4}
for processes in ${PROCESSES:-1 2 4}; do
    out=$folder/$processes
    : >"$folder/said"
    verdict='not ok'
    "$TEND_TESTS/pipeline_recompute" "$out" "$seed" "$processes" "$histories" &&
        python3 "$tests/check/recompute.py" "$out" >"$folder/said" && verdict=ok
    echo "$verdict $histories histories from seed $seed on, $processes processes: $(tail -n 1 "$folder/said")"
    sed -e '$d' -e "s,^$folder/,," "$folder/said" | head -n "${LINES_SHOWN:-40}"
    rm -rf "$out" "$folder/said"
done
