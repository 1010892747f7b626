# For the scripts here and those of chats/: what holds, waiting for facts, and a place to work in. The caller starts with
# code=0, or with `workspace` or `live`, and ends with it.
common=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

holds() { # name command...
    local name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; code=1; fi
}

wait_for() { # seconds command...
    local left=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do [ $((left -= 1)) -gt 0 ] || return 1; sleep 0.1; done
}

# How the command ends, and what it prints on both channels.
says() { # code pattern command...
    local wanted=$1 pattern=$2 got
    shift 2
    "$@" >said.log 2>&1
    got=$?
    [ $got = "$wanted" ] && grep -qE -- "$pattern" said.log && return
    echo "exit $got, and not '$pattern' in:"
    head -n 20 said.log
    return 1
}

never() { ! "$@"; }

# What the command prints on both channels, however it ends.
tells() { # pattern command...
    local pattern=$1
    shift
    "$@" >said.log 2>&1
    grep -qE -- "$pattern" said.log || { sed 's/^/    /' said.log | head -n 12; false; }
}

# How it ends, whatever it prints.
ends() { # code command...
    local wanted=$1 got
    shift
    "$@" >said.log 2>&1
    got=$?
    [ "$got" -eq "$wanted" ] || { echo "    $got, not $wanted"; sed 's/^/    /' said.log | head -n 12; false; }
}

# A folder of its own, and ports; both that and what runs in it as $process go with the script.
workspace() {
    code=0 process= folder=$(mktemp -d) port=$((20000 + RANDOM % 12000))
    trap leave EXIT
    cd "$folder" || exit 1
    export PATH=$TEND_BIN:$PATH LC_ALL=C.UTF-8
}
stop() {
    [ -z "$process" ] || { kill "$process" && wait "$process"; } 2>/dev/null
    process=
}
leave() {
    stop
    rm -rf "$folder"
}

# All services by page/live.sh; they go with the script, and so does the chat.
live() {
    . "$common/../page/live.sh"
    code=0
    export PATH=$TEND_BIN:$PATH USER=tester LC_ALL=C.UTF-8
    trap 'chat_end; live_end' EXIT
}

# A chat that answers what answer(path, headers, body), given in Python on standard input, returns; its port is in
# chat.port.
chat=
chat_start() {
    cat >chat_answer.py
    python3 "$common/one_chat.py" &
    chat=$!
    wait_for 10 test -s chat.port
}
chat_end() { [ -z "$chat" ] || kill "$chat" 2>/dev/null; }
