#!/usr/bin/env bash
# Somebody is woken, all programs as they are installed: a chat refuses our token, the alarm stands in a file, what must
# be known now goes to the rep's other address, and the log and the figures say so, all without a secret.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
live

cd "$live_folder" || exit 1
# A chat that knows one token: what chat.token holds.
chat_start <<'PY'
def answer(path, headers, body):
    if headers.get("Authorization") == "Bearer " + open("chat.token").read().strip():
        return {"ok": True, "channel": "C0123ABCD", "ts": "1700000000.000100"}
    return {"ok": False, "error": "invalid_auth"}
PY
printf 'http://127.0.0.1:%s/api/chat.postMessage\n' "$(cat chat.port)" >slack.url
echo xoxb-GOODGOODWORD >chat.token
echo xoxb-SECRETWORD >slack.token
chmod 600 slack.token

live_config_more() {
    sed -i "s#^  channels: .*#  channels:\n\
    out: {type: file, file: out.jsonl}\n\
    ops: {type: file, file: ops.txt}\n\
    slack: {type: slack, url_file: slack.url, token_file: slack.token, to: C0123ABCD, allow_loopback: true}#
        s#^  default_channel: .*#  default_channel: slack#" tend.yaml
    cat >>tend.yaml <<YAML
  alarm: {channel: ops, rep: chen}
  language: en
  people:
    chen: {name: Chen, language: en}
    wang: {addresses: [out=wang-at-home]}
YAML
}
live_config
live_config_more
holds 'the configuration is good' ends 0 tend check
sed -i 's/rep: chen}/rep: cheng}/' tend.yaml
holds 'an alarm for nobody is refused' tells 'tend.yaml:[0-9]+:[0-9]+: .*names nobody of notifier.people' tend check
sed -i 's/rep: cheng}/rep: chen}/; s/channel: ops,/channel: opps,/' tend.yaml
holds 'and one by no channel' tells 'names no channel' tend check
sed -i 's/channel: opps,/channel: ops,/' tend.yaml
live_config() { :; }
holds 'the services start' live_start
live_send liang en 1 | tend send >/dev/null
woken() { grep -q 'Channel slack is shut' ops.txt; }
holds 'somebody is woken' wait_for 40 woken
holds 'it says why' grep -q 'the chat does not take us.*invalid_auth' ops.txt
holds 'and what to do' grep -q 'tend channel mend slack' ops.txt
holds 'to whom' grep -q ' to chen' ops.txt
warned() { grep '"level":"warn"' run.log | grep -q 'a channel is shut.*"channel":"slack"'; }
holds 'the log says so' wait_for 5 warned
holds 'once' [ "$(grep -c 'a channel is shut' run.log)" -eq 1 ]

# What must be known now: a complaint.
{
    live_event rep-wang '"repId":"wang","repUpserted":{"name":"Wang","languages":["en"],"timeZone":"UTC"}'
    live_event c-wang '"customerId":"W1","customerUpserted":{"name":"Wave House","ownerRepId":"wang"}'
    live_event k-wang '"customerId":"W1","complaintOpened":{"complaintId":"K1","what":"the zips are torn"}'
} | tend send >send.txt
round() { grep -q '"rep_id":"wang"' out.jsonl; }
holds 'what is urgent goes to the other address' wait_for 40 round
holds 'which tend says' tells 'SENT.* out' tend messages --rep wang
holds 'the rest waits' tells 'HELD.*slack' tend messages --rep liang

echo xoxb-GOODGOODWORD >slack.token
tend channel mend slack >/dev/null
left() { tend messages --rep liang | grep -q SENT; }
holds 'mended, it leaves' wait_for 20 left
of_liang=$(tend messages --rep liang | sed -n '1s/ .*//p')
holds 'a screen shows it as its reader sees it' tells 'Acme Trading & Sons' tend messages "$of_liang"
holds 'and it went as the chat wants it' tells 'Acme Trading &amp; Sons' tend messages "$of_liang" --json
holds 'a preview too' tells 'Acme Trading & Sons' tend preview overdue liang-C1 --channel slack
opened() { grep -q 'a channel works again' run.log; }
holds 'the log says that too' wait_for 10 opened
curl -s "127.0.0.1:$((live_port + 3))/metrics" >metrics.txt
holds 'it is counted' grep -q '^tend_notifier_alarms_total{cause="channel_shut"} 1$' metrics.txt
holds 'no secret anywhere' eval '! grep -l SECRETWORD run.log ops.txt metrics.txt'
[ "$code" -eq 0 ] || tail -n 15 run.log
exit $code
