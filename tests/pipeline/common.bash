# For the scripts here and those of chats/: what holds, and waiting for facts. The caller starts with code=0 and ends with
# it.

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
