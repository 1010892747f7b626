#!/usr/bin/env bash
# Somebody is woken, all programs as they are installed: a chat refuses our token, the alarm stands in a file, what must
# be known now goes to the rep's other address, and the log and the figures say so, all without a secret.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/page/live.sh
code=0
chat=
finish() {
    [ -z "$chat" ] || kill "$chat" 2>/dev/null
    live_end
}
trap finish EXIT
export PATH=$TEND_BIN:$PATH LC_ALL=C.UTF-8

says() { # pattern command...: what it prints, on both channels
    local pattern=$1
    shift
    "$@" >said.txt 2>&1
    grep -qE -- "$pattern" said.txt || { sed 's/^/    /' said.txt | head -n 12; false; }
}

cd "$live_folder" || exit 1
# A chat that knows one token: what chat.token holds.
cat >chat.py <<'PY'
import http.server, json
class Chat(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        good = self.headers.get("Authorization") == "Bearer " + open("chat.token").read().strip()
        answer = json.dumps({"ok": True, "channel": "C0123ABCD", "ts": "1700000000.000100"} if good else
                            {"ok": False, "error": "invalid_auth"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Chat)
open("chat.port", "w").write(str(server.server_port))
server.serve_forever()
PY
python3 chat.py &
chat=$!
wait_for 10 test -s chat.port
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
  quiet_from: "00:00"
  quiet_to: "00:00"
  people:
    chen: {name: Chen, language: en}
    wang: {addresses: [out=wang-at-home]}
YAML
}
live_config
live_config_more
holds 'the configuration is good' says '' tend check
sed -i 's/rep: chen}/rep: cheng}/' tend.yaml
holds 'an alarm for nobody is refused' says 'tend.yaml:[0-9]+:[0-9]+: .*names nobody of notifier.people' tend check
sed -i 's/rep: cheng}/rep: chen}/; s/channel: ops,/channel: opps,/' tend.yaml
holds 'and one by no channel' says 'names no channel' tend check
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
holds 'which tend says' says 'SENT.* out' tend messages --rep wang
holds 'the rest waits' says 'HELD.*slack' tend messages --rep liang

echo xoxb-GOODGOODWORD >slack.token
tend channel mend slack >/dev/null
left() { tend messages --rep liang | grep -q SENT; }
holds 'mended, it leaves' wait_for 20 left
opened() { grep -q 'a channel works again' run.log; }
holds 'the log says that too' wait_for 10 opened
curl -s "127.0.0.1:$((live_port + 3))/metrics" >metrics.txt
holds 'it is counted' grep -q '^tend_notifier_alarms_total{cause="channel_shut"} 1$' metrics.txt
holds 'no secret anywhere' eval '! grep -l SECRETWORD run.log ops.txt metrics.txt'
[ "$code" -eq 0 ] || tail -n 15 run.log
exit $code
