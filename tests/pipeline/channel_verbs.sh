#!/usr/bin/env bash
# The notifier's verbs, all programs as they are installed: previews before there is a message, words of one's own,
# tests of channels good and bad, where a message would go, holding and letting go, what died once more; and that no
# secret is ever seen.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
live

notifier=127.0.0.1:$((live_port + 3))

# Beside the file of live.sh: a chat, one whose secret is no secret of its form, one whose credential is not there.
live_config_more() {
    live_config
    cat >>tend.yaml <<YAML
  templates: texts.yaml
  people:
    liang: {channel: out}
  routes:
    lost: {kinds: [drop], classes: [a], to: manager, channels: [wecom, out]}
YAML
    sed -i "s#^  channels: .*#  channels:\n\
    out: {type: file, file: out.jsonl}\n\
    wecom: {type: wecom, url_file: wecom.url, allow_loopback: true}\n\
    broken: {type: webhook, url_file: good.url, secret_file: bad.secret}\n\
    absent: {type: wecom, url_file: 'credential:absent.url'}#" tend.yaml
}

cd "$live_folder" || exit 1
# A chat that takes what comes while a file is there, and is out of order otherwise.
chat_start <<'PY'
import os
def answer(path, headers, body):
    with open("chat.log", "ab") as file:
        file.write(body + b"\n")
    if os.path.exists("chat.good"):
        return {"errcode": 0, "errmsg": "ok"}
    if os.path.exists("chat.refuses"):
        return {"errcode": 44004, "errmsg": "empty content"}
    return {"errcode": 93000, "errmsg": "invalid webhook url SECRETWORD"}
PY
printf 'http://127.0.0.1:%s/cgi-bin/webhook/send?key=SECRETWORD\n' "$(cat chat.port)" >wecom.url
echo 'https://hooks.example.org/in/SECRETWORD' >good.url
echo 'whsec_SECRETWORD' >bad.secret
cat >texts.yaml <<'YAML'
templates:
  birthday:
    en: {head: "{text} at {customer} has a birthday {when}.", action: "Send the blue card."}
YAML
live_config_more

# --- the help of every verb has examples of that verb
helps() {
    local verb
    for verb in $(tend --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
        tend "$verb" --help >said.log && grep -qE "^  tend $verb( |\$)" <(sed '1,/^for example:/d' said.log) ||
            { echo "    tend $verb --help"; return 1; }
    done
}
holds 'every verb has an example' helps

# --- before anything runs
holds 'a check finds the channel that is broken' tells 'secret_file must hold whsec_' tend check
holds 'and nothing else' [ "$(grep '^tend.yaml:' said.log | grep -vc ' warning: ')" -eq 1 ]
holds 'a preview in English, in words of our own' tells 'Ms Chen at ACME Trading.*has a birthday in 2 days' \
    tend preview birthday C1 --language en
holds 'with what to do' grep -q '→ Send the blue card.' said.log
holds 'says that it is a sample' grep -q 'the customer is invented too' said.log
holds 'in Chinese, in the words of Tend' tells '生日（' tend preview birthday C1 --language zh-CN
for kind in call_list preview digest promise complaint_act; do
    holds "a preview of $kind" ends 0 tend preview "$kind" C1 --channel wecom
done
holds 'a slip in the kind' tells 'did you mean birthday' tend preview birthdy C1
holds 'is a usage error' ends 2 tend preview birthdy C1
holds 'a word like none of them' tells 'there is no kind "nonsense"; there are:' tend preview nonsense C1
holds 'is told the kinds' grep -q ' class_fall overdue .*birthday' said.log
holds 'the payload as JSON' tells '"url":"https://127.0.0.1:[0-9]*/\.\.\."' \
    tend preview promise C1 --channel wecom --json
holds 'that a program can read' \
    python3 -c 'import json; v = json.load(open("said.log")); assert v["body"]["msgtype"] == "text"'
holds 'without the secret' eval '! grep -q SECRET said.log'
holds 'a channel that is broken' tells 'https://hooks.example.org/\.\.\.' \
    tend preview promise C1 --channel broken --json
holds 'without its secret' eval '! grep -q SECRET said.log'
sed -i 's/{customer}/{custmer}/' texts.yaml
holds 'a fault in words of our own' tells 'texts.yaml:3:.*\{custmer\}; did you mean \{customer\}' tend check
holds 'is a fault of the configuration' ends 78 tend check
sed -i 's/{custmer}/{customer}/' texts.yaml

# --- while it runs
live_config() { live_config_more; }
eval "$(declare -f live_start | sed 's/live_config$/true/; s/live_config;/true;/')"
holds 'the services start' live_start
holds 'the channels are listed' tells '^wecom +wecom +not tried yet' tend channel list
holds 'with what is wrong' grep -q 'secret_file must hold whsec_' said.log
holds 'and with what systemd did not give' grep -q 'LoadCredential=absent.url:FILE' said.log
touch chat.good
holds 'a test goes through' tells '^wecom: the chat took it' tend channel test wecom
holds 'and works from then on' tells '^wecom +wecom +works' tend channel list
holds 'and says who tests' grep -q 'tester' chat.log
holds 'another way by file' ends 0 tend channel test out
rm chat.good
holds 'a chat that refuses is told' tells 'wecom: the chat did not take it: .*93000' tend channel test wecom
holds 'and is a problem' ends 1 tend channel test wecom
moment='2[-0-9]+ [0-9:]{5} UTC' # in the zone of the configuration
holds 'the channel is shut since' tells "^wecom +wecom +SHUT since $moment" tend channel list
holds 'status says so' tells "^channel wecom is SHUT since $moment" tend status
holds 'a failed test is no message that a rep lacks' eval '! grep -q "could not be delivered" said.log'
holds 'a broken secret is told' tells 'broken: it has not left.*whsec_' tend channel test broken
holds 'no such channel' tells 'no such channel' tend channel test nowhere
touch chat.good
holds 'a test opens it again' tells 'the chat took it' tend channel test wecom
holds 'mend, where nothing waits' tells 'nothing waits for it, so .tend channel test absent' tend channel mend absent

holds 'which way' tells '^route +lost$' tend route test --rep liang --kind drop --class A
holds 'why' grep -q 'the route tells the manager, and nobody is known as that' said.log
holds 'the plain way' tells '^channel +out, file' tend route test --rep liang --kind birthday
holds 'when' tells '^when +at once' tend route test --rep liang
holds 'nobody of that id' tells 'did you mean "liang"' tend route test --rep lieng
holds 'is a problem' ends 1 tend route test --rep lieng
holds 'no such kind' tells 'must be a kind' tend route test --rep liang --kind birthdy

holds 'everything is held' tells 'everything is held: prices are wrong' tend hold 'prices are wrong'
holds 'the first reason stays, and that is said' tells 'held before.*stays, and "again" was not noted' tend hold again
holds 'status says why' tells '^messages are HELD: prices are wrong' tend status
holds 'the events are stored' [ "$(live_send wang en 1 | tend send | grep -c stored)" -eq 3 ]
waits() { tend messages --rep wang >said.log && grep -q 'HELD' said.log; }
holds 'the message is held' wait_for 30 waits
holds 'and says why' tells 'everything is held: prices are wrong' tend messages --rep wang
holds 'nothing left' eval '! grep -q "\"rep_id\":\"wang\"" out.jsonl'
holds 'it is let go' tells 'nothing is held' tend release
left() { grep -q '"rep_id":"wang"' out.jsonl; }
holds 'and leaves' wait_for 20 left
holds 'a preview has the real name' tells 'Acme Trading & Sons' tend preview overdue wang-C1 --language en
holds 'and the real contact' grep -q 'Contact: 李 Li & <b>Co</b>\|☎ 李 Li & <b>Co</b> +86 138 0013 8001' said.log
holds 'and says so' grep -q 'name and class are real' said.log
holds 'of a customer whom nobody knows there is none' ends 1 tend preview overdue nobody

# --- what died
rm chat.good
touch chat.refuses
{
    live_event rep-zhao \
        '"repId":"zhao","repUpserted":{"name":"Zhao","languages":["en"],"channel":"wecom","timeZone":"UTC"}'
    live_event c-zhao '"customerId":"Z1","customerUpserted":{"name":"Zipper House","ownerRepId":"zhao"}'
    live_event p-zhao "\"customerId\":\"Z1\",\"promiseMade\":{\"promiseId\":\"PZ\",\"what\":\"samples\",\"due\":\"$(
        date -u -d '+1 day' +%FT%TZ)\"}"
} | tend send >/dev/null
died() { tend messages --dead --rep zhao | grep -qE '^[0-9a-f]+ #[0-9a-f]+ +DEAD'; }
holds 'a message that the chat refuses is dead' wait_for 30 died
holds 'and says why' tells '44004' tend messages --dead
dead=$(tend messages --dead --rep zhao | sed -n '1s/ .*//p')
touch chat.good
holds 'of another channel nothing is sent again' tells '^0 sent again' tend retry --all-dead --channel out --since 2h
holds 'nor what is unknown, for there is nothing' tells '^0 sent again' tend retry --all-unknown
tests_dead() { tend messages --dead | grep -c '(test)'; }
holds 'tests are dead too' [ "$(tests_dead)" -ge 2 ]
holds 'all of the channel are' tells "^$dead #[0-9a-f]* +zhao +will be sent again" \
    tend retry --all-dead --channel wecom --since 2h
holds 'the tests are not' grep -qE '^1 sent again' said.log
alive() { ! tend messages --rep zhao | grep -qE ' (DEAD|HELD) '; }
holds 'and go through' wait_for 20 alive
holds 'what was sent is not sent again' tells 'only a message that is dead or unknown' tend retry "$dead"
holds 'an id as people read it' tells "^$dead " tend messages "#${dead:0:6}"
holds 'also to be sent again' tells 'only a message that is dead or unknown' tend retry "#${dead:0:6}"
holds 'retry wants ids or all' ends 2 tend retry
holds 'and a time that it knows' ends 2 tend retry --all-dead --since soon

# --- no secret anywhere
curl -s "$notifier/metrics" >metrics.txt
curl -s "$notifier/v1/channels" >channels.json
curl -s "$notifier/v1/messages" >messages.json
tend journal notifier >journal.txt
holds 'no secret in the log, the figures, the answers, the journal' eval \
    '! grep -l SECRETWORD run.log metrics.txt channels.json messages.json journal.txt'
arguments() { for process in "$live_run" $(pgrep -P "$live_run"); do tr '\0' ' ' <"/proc/$process/cmdline"; done; }
holds 'nor in the arguments of a process' eval 'arguments | grep -q tend-notifier && ! arguments | grep -q SECRET'
law() { python3 - "$1" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
n = {k: float(v) for k, v in re.findall(r'^tend_notifier_reminders\{outcome="(\w+)"\} (\S+)$', text, re.M)}
assert n["in"] > 3 and n["in"] == sum(n[k] for k in ("pending", "sent", "unknown", "dead", "cancelled")), n
PY
}
holds 'everything is counted, the tests too' law metrics.txt
[ "$code" -eq 0 ] || tail -n 5 run.log
exit $code
