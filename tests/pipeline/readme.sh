#!/usr/bin/env bash
# Runs every command of the README: each ```sh block, in order, in one folder. The two commands at its top are try.sh's
# and this run itself.
set -uo pipefail
TEND=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
folder=$(mktemp -d) code=0
# What a block left running works in the folder.
finish() {
    local process
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/cwd" 2>/dev/null)" != "$folder" ] || [ "${process#/proc/}" = $$ ] ||
            kill "${process#/proc/}" 2>/dev/null
    done
    cd / && sleep 1 && rm -rf "$folder"
}
trap finish EXIT
cd "$folder" || exit 1
export TEND PATH=$TEND_BIN:$PATH
# The README's ports may be taken by another Tend on this machine.
port=17510
awk '/^```sh$/ { file = sprintf("block-%02d.sh", ++n); next } /^```/ { file = ""; next } file { print > file }' \
    "$TEND/README.md"
sed -i "s/127\.0\.0\.1:741\([0-3]\)/127.0.0.1:$((port / 10))\1/g" block-*.sh
ports="ingest: {listen: 127.0.0.1:$port}\nscoring: {listen: 127.0.0.1:$((port + 1))}\n"
ports+="scheduler: {listen: 127.0.0.1:$((port + 2))}\nnotifier:\n  listen: 127.0.0.1:$((port + 3))"
sed -i "s/^notifier:\$/$ports/" block-01.sh
for block in block-*.sh; do
    first=$(grep -m 1 . "$block")
    if bash -euo pipefail "$block" >"$block.out" 2>&1; then
        echo "ok $first"
    else
        code=1
        echo "not ok $first"
        tail -n 20 "$block.out"
    fi
done
exit $code
