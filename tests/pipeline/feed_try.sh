#!/usr/bin/env bash
# A feed before there is a service: it is added, its file says what to enter at the other end, and bodies are tried.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
folder=$(mktemp -d) code=0
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
PATH=$TEND_BIN:$PATH
unset COLUMNS
export LC_ALL=C.UTF-8

# The command ends with this code and says this.
never() { ! "$@"; }
mode() { [ "$(stat -c %a "$2")" = "$1" ]; }

cat >own.yaml <<'YAML'
source: till
zone: Europe/Berlin
currency: EUR
events:
  - event: order_placed
    when: [{at: /kind, is: [sale]}]
    id: {text: "sale:{/no}"}
    time: {at: /at, time: D.M.YYYY H:mm}
    customer_id: {at: /card, required: true}
    fields: {order_id: /no, total: {at: /cents, minor: 2}}
  - event: need_lost
    when: [{has: /lost}]
    each: /lost
    time: {at: ^/at, time: D.M.YYYY H:mm}
    customer_id: ^/card
    fields: {what: /what}
YAML
cat >sale.json <<'JSON'
{"kind": "sale", "no": 9007199254740993, "at": "17.5.2026 9:30", "card": "C-1", "cents": 12345678901}
JSON
sed 's/"C-1"/null/' sale.json >nobody.json
sed 's/17.5.2026/17.5.1986/' sale.json >old.json
sed 's/order_placed/order_plcaed/' own.yaml >wrong.yaml

holds 'a body, field by field' \
    says 0 'total +<- /cents += "12345678901" becomes 123456789.01 EUR' tend feed try own.yaml sale.json
holds 'ids stay exact' grep -q '"orderId":"9007199254740993"' said.log
holds 'what no rule made, and why' grep -q 'rule 2 need_lost: /lost is not there' said.log
holds 'what ingest refuses of it' says 1 'REFUSED.* by ingest: time ' tend feed try own.yaml old.json
holds 'what is missing' \
    says 1 'rule 1 \(order_placed\), customer_id: /card is missing' tend feed try own.yaml nobody.json
holds 'a body that fits nothing' says 1 'fits no rule' tend feed try own.yaml - <<<'{"kind": "other"}'
holds 'what is no JSON' says 1 'is no JSON' tend feed try own.yaml own.yaml
holds 'a bad file, with its place' \
    says 2 'wrong.yaml:5:12: "order_plcaed".*did you mean "order_placed"' tend feed try wrong.yaml sale.json
holds 'for programs' says 0 '"from":"/cents"' tend feed try own.yaml sale.json --json
holds 'a header' \
    says 0 '"customerId":"north"' tend feed try <(sed 's/{at: .card, required: true}/{header: X-Shop}/' own.yaml) \
    sale.json --header 'X-Shop: north'
holds 'a preset before there is a feed' says 1 'fits no rule' tend feed try shopify - <<<'{"a": 1}'
erased='{"id":"1","time":"2026-05-17T09:00:00Z","customerId":"C1","customerErased":{}}'
holds 'a feed may not erase' \
    says 1 'REFUSED.* by ingest: customer_erased this feed may not say it: its file must have "erase: true"' \
    tend feed try generic - <<<"$erased"
holds 'unless its file says so' says 0 'ingest takes it' \
    tend feed try <(printf 'preset: generic\nerase: true\n') - <<<"$erased"
printf 'preset: shopify\nsecrets: [shop.secret]\nownr: {value: emma}\nrate: fast\n' >shop.yaml
holds 'a file that ingest refuses' \
    says 2 'shop.yaml:3:1: "ownr" is not known here; did you mean "owner"' tend feed try shop.yaml sale.json
holds 'for each of its reasons' grep -q 'shop.yaml:4:7: must be a number of bodies and a time' said.log
(cat own.yaml; printf 'auth: {kind: bearer}\nsecrets: [till.secret]\n') >till.yaml
holds 'a missing secret keeps nothing from being tried' says 0 'ingest takes it' tend feed try till.yaml sale.json
holds 'but is told' grep -q 'till.yaml:18:11: the file of the secret cannot be used: No such file' said.log
: >till.secret
holds 'an empty one as well' says 0 'till.yaml:18:11: the file of the secret is empty' tend feed try till.yaml sale.json
holds 'for programs, too' says 0 '"warning":"till.yaml:18:11' tend feed try till.yaml sale.json --json
echo a-secret-of-the-till >till.secret
holds 'a good one is not' says 0 'ingest takes it' tend feed try till.yaml sale.json
holds 'spoken of' never grep -q WARNING said.log

holds 'a feed is added' says 0 'v1/feeds/web' tend feed add web --preset woocommerce
holds 'its file' grep -qx 'preset: woocommerce' feeds.d/web.yaml
holds 'its secret is for us alone' mode 600 feeds.d/web.secret
holds 'and long' test "$(wc -c <feeds.d/web.secret)" = 65
holds 'the secret is not said' never grep -qf feeds.d/web.secret said.log
holds 'not twice' says 1 'is there already' tend feed add web --preset woocommerce
holds 'a secret of theirs is waited for' says 0 'write it into' tend feed add shop --preset shopify
holds 'the topics that the preset wants' grep -q 'orders/create, orders/updated, orders/cancelled, ' said.log
holds 'a secret that is there' \
    says 0 "$folder/feeds.d/web.secret" tend feed add more --preset generic --secret-file feeds.d/web.secret
holds 'no such preset' says 2 'did you mean odoo' tend feed add x --preset odo
holds 'no such name' says 2 'is no name of a feed' tend feed add 'X Y' --preset odoo
holds 'it is tried by its name' says 1 'fits no rule' tend feed try web - <<<'{"a": 1}'
exit $code
