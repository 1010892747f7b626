#!/usr/bin/env bash
# Senders written by others against the real ingest: the package of Shopify signs and checks what our Shopify feed is
# sent, the package of CloudEvents sends events in its three ways, and a sender that behaves as WooCommerce does. The
# packages are for the tests only: judges/.
#
#     tests/feeds/judges.sh     TEND_BIN: where the programs are, build/tests-gcc/bin unless told
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1

here=$PWD/tests/feeds
packages=$PWD/build/tests-npm-feeds
export PATH=${TEND_BIN:-$PWD/build/tests-gcc/bin}:$PATH
folder=$(mktemp -d) process= port=$((20000 + RANDOM % 12000))
finish() {
    [ -z "$process" ] || { kill "$process" && wait "$process"; } 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT

install() {
    mkdir -p "$packages"
    [ -d "$packages/node_modules" ] && cmp -s "$here/judges/package-lock.json" "$packages/installed" && return 0
    cp "$here"/judges/package.json "$here"/judges/package-lock.json "$here"/judges/.npmrc "$packages/"
    timeout 180 npm ci --prefix "$packages" --ignore-scripts --no-audit --no-fund --loglevel=error \
        >"$packages/log" 2>&1 && cp "$here/judges/package-lock.json" "$packages/installed" && return 0
    tail -n 15 "$packages/log"
    return 1
}

if ! install; then
    echo 'npm could not install the judges (see above); without them nobody judges the feeds.'
    echo 'not ok judges: they are there'
    exit 1
fi

cd "$folder" || exit 1
mkdir feeds.d
printf 'shpss_0123456789abcdef0123\n' >feeds.d/shop.secret
printf 'wc secret / with ~ 40 odd characters!\n' >feeds.d/woo.secret
# All of one source, since that is part of the ids that are written down.
printf 'preset: shopify\nsecrets: [shop.secret]\n' >feeds.d/shop.yaml
printf 'preset: woocommerce\nsecrets: [woo.secret]\nsource: shop\n' >feeds.d/woo.yaml
for preset in youzan odoo erpnext debezium; do
    printf '%s of the tests 0123456789\n' $preset | tr ' ' _ >feeds.d/$preset.secret
    printf 'preset: %s\nsecrets: [%s.secret]\nsource: shop\n' $preset $preset >feeds.d/$preset.yaml
done
echo 'zone: Asia/Kolkata' >>feeds.d/erpnext.yaml
cat >tend.yaml <<YAML
common: {data_dir: data, currency: EUR}
ingest: {listen: "127.0.0.1:$port", feeds: feeds.d}
YAML
tend-ingest --config tend.yaml >ingest.log 2>&1 &
process=$!
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
for _ in {1..100}; do
    listens && break
    sleep 0.1
done
if ! listens; then
    cat ingest.log
    echo 'not ok judges: ingest starts'
    exit 1
fi
NODE_PATH=$packages/node_modules node "$here/judges/judge.js" "$port" "$here" "$folder"
