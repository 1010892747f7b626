#!/usr/bin/env bash
# What somebody sees who has written the notifier's section wrong: all of it at once, each at its place, before the
# night in which it would be missed; and what a start makes of the same file.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
workspace
unset CREDENTIALS_DIRECTORY

same() { # file: what was said is what it holds
    diff "$1" said.log
}

umask 077
chmod 755 .
echo 'https://hooks.slack.com/services/T1/B2/SECRETWORD' >slack.url
cat >tend.yaml <<'YAML'
notifier:
  channels:
    sales: {type: slack, url_file: slack.url}
    lark: {type: feishu, url_file: slack.url, rate: often}
    bot: {type: telegram, token_file: 110201543:AASECRETWORD}
    kept: {type: wecom, url_file: "credential:kept.url"}
  default_channel: saels
  people:
    wang:
      addresses:
        - sales=U1
        - mail=wang@example.com
  routes:
    all: {}
    birthdays: {kinds: [birthday], to: team}
YAML
cat >wanted.txt <<'TXT'
tend.yaml:4:36: url_file holds a URL of slack, and this channel is of type feishu
    lark: {type: feishu, url_file: ..., rate: often}
                                   ^~~
tend.yaml:4:53: rate must be a number of messages and a time, such as 20/1m
    lark: {type: feishu, url_file: ..., rate: often}
                                              ^~~~~
tend.yaml:5:39: token_file must be the name of a file that holds the secret, and this looks like the secret itself
    bot: {type: telegram, token_file: ...}
                                      ^~~
tend.yaml:7:20: default_channel names no channel of notifier.channels; did you mean "sales"?
  default_channel: saels
                   ^~~~~
tend.yaml:12:11: addresses[1] names no channel of notifier.channels
        - mail=wang@example.com
          ^~~~~~~~~~~~~~~~~~~~~
tend.yaml:15:5: birthdays is never reached: the route "all" before it takes all that it would take
    birthdays: {kinds: [birthday], to: team}
    ^~~~~~~~~
tend.yaml:15:40: to needs the chat of a team, and notifier.teams names none
    birthdays: {kinds: [birthday], to: team}
                                       ^~~~
TXT
holds 'a bad section is a fault of the configuration' ends 78 tend check
holds 'that is told whole, each at its place' same wanted.txt
holds 'without a secret' never grep -q SECRET said.log
holds 'as JSON too' ends 78 tend check --json
holds 'with line and level' python3 -c '
import json
errors = json.load(open("said.log"))
assert [e["line"] for e in errors] == [4, 4, 5, 7, 12, 15, 15] and {e["level"] for e in errors} == {"error"}'
holds 'a start ends too' ends 78 tend-notifier
holds 'with the same place' grep -qF 'tend.yaml:7:20: default_channel names no channel of notifier.channels;' said.log
holds 'and without a secret' never grep -q SECRET said.log

# Only a warning: the rep may come with an event, and the file may be meant for all.
cat >tend.yaml <<'YAML'
common: {data_dir: data}
ingest: {listen: "127.0.0.1:0"}
scoring: {listen: "127.0.0.1:0"}
scheduler: {listen: "127.0.0.1:0"}
notifier:
  listen: 127.0.0.1:0
  channels:
    sales: {type: slack, url_file: slack.url}
  people: {wang: {}}
  routes:
    boss: {kinds: [drop], to: rep, rep: wnag}
YAML
chmod 644 slack.url
cat >wanted.txt <<'TXT'
tend.yaml is good
tend.yaml:8:36: warning: url_file names a file that everybody on this machine can read: `chmod o= FILE` ends that
    sales: {type: slack, url_file: ...}
                                   ^~~
tend.yaml:11:41: warning: rep names nobody of notifier.people; did you mean "wang"?
    boss: {kinds: [drop], to: rep, rep: wnag}
                                        ^~~~
TXT
holds 'what may be meant is a warning' ends 0 tend check
grep -v 'holidays\|^warning: no day' said.log >kept.txt && mv kept.txt said.log
holds 'that says so' same wanted.txt
mkdir -p data
tend-notifier >notifier.log 2>&1 &
process=$!
holds 'at a start a line of the log' \
    wait_for 10 grep -q 'rep names nobody of notifier.people; did you mean' notifier.log
holds 'and no reason to end' kill -0 "$process"
rm slack.url
holds 'a file that is gone is found by a check' ends 78 tend check
holds 'at its place' grep -qF 'tend.yaml:8:36: url_file names a file that is not there' said.log
exit $code
