#!/usr/bin/env bash
# The callback URL of WeCom's app, over HTTP: the chat's check of it, sealed by @wecom/crypto, is answered by the
# notifier; what somebody writes to the app is taken and counted; what is not the chat's own is refused.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
folder=$(mktemp -d)
. "$here/tend.bash"
trap finish EXIT
judges=$(readlink -f "$here/../..")/build/tests-npm-judges
"$here/judges/install" "$judges" || { echo 'not ok wecom: @wecom/crypto is there'; exit 1; }

mkdir -p "$folder/tend"
(cd "$folder/tend" && umask 077 && echo corpSecret >app.secret && echo QDG6eK >app.token &&
    echo jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2B >app.key)
start_tend <<YAML
  channels:
    app:
      type: wecom_app
      app: corp1
      agent: 1000002
      secret_file: app.secret
      verify_file: app.token
      unlock_file: app.key
    bare: {type: wecom_app, app: corp1, agent: 1000002, secret_file: app.secret}
YAML

NODE_PATH=$judges/node_modules node "$here/judges/wecom.js" "http://127.0.0.1:$((port + 3))" || code=1
counted() { # outcome how often
    curl -s "http://127.0.0.1:$((port + 3))/metrics" |
        grep -q "^tend_notifier_answers_total{way=\"button\",outcome=\"$1\"} $2\$"
}
holds 'what was passed over is counted' wait_for 5 counted nothing 2
holds 'what was refused is counted' wait_for 5 counted refused 5
holds 'nothing of it became a message' says 0 '^\{\}$' curl -s "http://127.0.0.1:$((port + 3))/v1/messages"
exit $code
