#!/usr/bin/env bash
# The short form of tests/bench/soak.sh: 20,000 admission reviews while policies and certificates change under them. In some twelve seconds.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

if ! command -v g++ >/dev/null; then skip "a soak of reviews" "g++ is not installed"; exit; fi
limit=120
expect "no answer is wrong, no memory and no file is lost" 0 bash "$root/tests/bench/soak.sh" 20000 2500
says "every one was answered" '^requests +20000 in '
says "none was wrong" '^wrong +0$'
says "policies came and went, and some did not load" '^policies .* loaded [1-9][0-9]* times, refused [1-9]'
says "certificates, too" '^certificates +[1-9]'
