#!/usr/bin/env bash
# What leaves for each chat, and what our ears take for a chat's own word, judged by packages of others that only the
# tests use, and by the vendors' rules written down once more: judges/.
#
#     tests/chats/judges.sh     TEND_TESTS: where the test programs are, build/tests-gcc/tests unless told
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1

here=tests/chats/judges
folder=build/tests-npm-judges
posts=${TEND_TESTS:-build/tests-gcc/tests}/chats_posts

if ! [ -x "$posts" ]; then
    echo "$posts is not there: build the tests first"
    echo 'not ok judges: the program that writes the posts is there'
    exit 1
fi
if ! $here/install $folder; then
    echo 'npm could not install the judges (see above); without them nobody judges the posts.'
    echo 'not ok judges: they are there'
    exit 1
fi
NODE_PATH=$PWD/$folder/node_modules exec node $here/judge.js "$posts" $folder
