#!/usr/bin/env bash
# A stranger at the door of a real ingest while honest senders go on: nothing hostile is taken, everybody honest is
# answered. Prints how long the honest wait alone and then; what the figures must be depends on the machine, so only the
# two facts are asserted. tests/soak hostile does it at length and with slowhttptest.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
hostile=${HOSTILE:-1500} seconds=${SECONDS_EACH:-3} code=0 ingest=
# At length in memory, so that the figures are of the listener and not of the moods of a disk.
folder=$(mktemp -d ${SLOWHTTPTEST:+-p /dev/shm})
finish() {
    [ -z "$ingest" ] || { kill "$ingest" && wait "$ingest"; } 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT

port=$((20000 + RANDOM % 12000)) listen=127.0.0.1
[ -z "${SLOWHTTPTEST:-}" ] || listen=0.0.0.0
mkdir -p "$folder/data"
cat >"$folder/tend.yaml" <<YAML
common: {data_dir: $folder/data}
ingest: {listen: "$listen:$port"}
YAML
"$TEND_BIN/tend-ingest" --config "$folder/tend.yaml" >"$folder/log" 2>&1 &
ingest=$!
holds 'ingest starts' wait_for 20 curl -sf -o /dev/null "http://127.0.0.1:$port/livez"

figure() { grep -oE "(^| )$1=[0-9.]+" "$folder/figures" | cut -d = -f 2; }
# Runs the senders; the figures stay in a file.
run() { # label count slow
    local label=$1
    if ! "$TEND_TESTS/pipeline_hostile" "$port" "$2" "$seconds" "$3" >"$folder/figures"; then
        cat "$folder/figures"
        return 1
    fi
    grep TEND_SEED "$folder/figures"
    [ "$label" != alone ] || alone=$(figure p99_ms)
    times=$(awk -v a="$(figure p99_ms)" -v b="$alone" 'BEGIN {printf "%.2f", a / b}')
    printf '%-26s %6d honest: p50 %6.2f ms, p99 %7.2f ms (%s times), ' \
        "$label" "$(figure honest)" "$(figure p50_ms)" "$(figure p99_ms)" "$times"
    printf 'longest %8.2f ms, %d to come again; ' "$(figure max_ms)" "$(figure retried)"
    printf '%d hostile: %d taken\n' "$(figure hostile)" "$(figure accepted)"
}

holds 'alone all are answered' run alone 0 0
# At length the figures are held against what the machine does at that moment.
fresh() { [ -z "${SLOWHTTPTEST:-}" ] || holds 'alone once more' run alone 0 0; }
holds 'beside hostile requests, too, and none of those is taken' run hostile "$hostile" 0
fresh
holds 'and with as many slow connections as there is room for' run 'hostile and slow' "$hostile" 140

# From an address of this machine that is not loopback, as from another machine: there one address has few connections.
address=$(hostname -I | tr ' ' '\n' | grep -m 1 -E '^[0-9.]+$')
if [ -n "${SLOWHTTPTEST:-}" ]; then
    for kind in '-H' '-B' '-X -w 10 -y 20 -n 1 -z 5 -k 3'; do
        for from in 127.0.0.1 $address; do
            fresh
            # shellcheck disable=SC2086
            slowhttptest $kind -c 500 -r 100 -i 2 -l $((seconds + 2)) -t POST -u "http://$from:$port/v1/events" \
                >"$folder/slow.log" 2>&1 &
            sleep 1
            holds "beside slowhttptest ${kind:0:2} at $from" run "slowhttptest ${kind:0:2} $from" 0 0
            wait $!
        done
    done
fi

honest() { # no more are stored than were sent, and all that were
    local sent stored
    sent=$(curl -s "http://127.0.0.1:$port/metrics" |
        awk '/^tend_events_total\{.*outcome="stored"/ {n += $NF} END {print n + 0}')
    stored=$("$TEND_BIN/tend" journal ingest --config "$folder/tend.yaml" | grep -c '"source":"honest"')
    [ "$stored" -gt 0 ] && [ "$stored" = "$sent" ] || { echo "    $stored in the journal, $sent counted"; false; }
}
evil() { [ "$("$TEND_BIN/tend" journal ingest --config "$folder/tend.yaml" | grep -c '"source":"evil"')" = 0 ]; }
holds 'what was answered is stored' honest
holds 'and nothing hostile is' evil
holds 'ingest is well' curl -sf -o /dev/null "http://127.0.0.1:$port/readyz"
exit $code
