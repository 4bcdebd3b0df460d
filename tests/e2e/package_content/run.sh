#!/usr/bin/env bash
# Packages that hide, or that do something by themselves: each is refused under baseline by the finding that is meant, and its twin, made of
# the same words where they do no harm, is let in.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
mkdir files && run "$PYTHON" "$root/tests/e2e/package_content/make.py" files
[ "$status" -eq 0 ] || { not_ok "the files are made" "$(cat err)"; exit 1; }
cd files || exit 1
while IFS=$'\t' read -r finding bad twin; do
    expect "$finding: $bad" 1 "$HEADGATE" check "$bad" --output json
    if jq -e --arg id "$finding" '.subjects[0] | .kind == "package" and any(.findings[]; .id == $id and .rule == "package.content")' "$scratch/out" >/dev/null; then
        ok "$finding: it is what is found"
    else
        not_ok "$finding: it is what is found" "$(jq -c '[.subjects[0].kind, .subjects[0].findings[].id]' "$scratch/out")"
    fi
    expect "$finding: its twin $twin" 0 "$HEADGATE" check "$twin"
done <rows.tsv
if [ "$(wc -l <rows.tsv)" -ge 20 ]; then ok "at least 20 pairs are judged"; else not_ok "at least 20 pairs are judged" "$(wc -l <rows.tsv)"; fi

# A worker opens no file: the lists are there before it is made.
read -r _ bad twin < <(head -n 1 rows.tsv)
expect "the same in a process of its own" 1 "$HEADGATE" check "$bad" --isolate=best-effort
says "and for the same reason" 'content\.decoded-code-at-import'
expect "and its twin" 0 "$HEADGATE" check "$twin" --isolate=best-effort

# The lists are data: what replaces them counts, and what is broken is nobody's fault but the operator's.
mkdir -p "$scratch/rules/content"
grep -v 'base64' "$root/rules/content/python.txt" >"$scratch/rules/content/python.txt"
expect "a list that does not know the call" 0 env HEADGATE_RULES="$scratch/rules" "$HEADGATE" check "$bad"
expect "and in a process of its own" 0 env HEADGATE_RULES="$scratch/rules" "$HEADGATE" check "$bad" --isolate=best-effort
echo 'no-such-deed exec' >>"$scratch/rules/content/python.txt"
expect "a list with a broken line decides nothing" 2 env HEADGATE_RULES="$scratch/rules" "$HEADGATE" check "$twin"
says "and the line is named" 'rules/content/python\.txt:[0-9]+: .no-such-deed. is no deed'
