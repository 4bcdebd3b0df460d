#!/usr/bin/env bash
# Parsers in processes of their own: with a bug planted in them (tests/planted), whoever writes the file runs code there, and gets no
# further: each deed is `unscannable` for that subject, which is denied, and the other subject of the run is judged as ever. Then
# the programs themselves: the same verdicts with --isolate, and a refusal where a kernel could not contain them.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

release=$(dirname "$HEADGATE")
here=$(dirname "${BASH_SOURCE[0]}")
here=$(cd "$here" && pwd)
without=("$PYTHON" "$here/without.py")
kLandlock=444 kSeccomp=317

# The program with the bug, of the same libraries as the release.
g++ -std=c++20 -O1 -D_GLIBCXX_ASSERTIONS -I"$root/gate" -I"$root/tests" "$root/tests/planted/main.cpp" -o "$scratch/planted" \
    -Wl,--start-group "$release"/libheadgate_*.a -Wl,--end-group \
    -lcrypto -lssl -lseccomp -lz -lbz2 -llzma -llz4 -lzstd -lyaml-cpp -lre2 -lexpat -lpthread 2>"$scratch/built" ||
    { not_ok "the program with the planted bug builds" "$(tail -n 5 "$scratch/built")"; exit; }

for program in "$HEADGATE" "$release/headgate-serve"; do
    if grep -aq -e 'planted:' -e 'write-host-memory' "$program"; then
        not_ok "$(basename "$program") holds no planted bug" "it does"
    else
        ok "$(basename "$program") holds no planted bug"
    fi
done
expect "and the program with it does" 0 grep -aq 'planted:' "$scratch/planted"

mkdir "$scratch/work" "$scratch/marks"
chmod 777 "$scratch/work" "$scratch/marks"
chmod 755 "$scratch"
cd "$scratch/work" || exit 1
make_model good.safetensors
mark=$scratch/marks/mark

# A port that somebody listens on.
"$PYTHON" -c 'import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(8); print(s.getsockname()[1], flush=True); time.sleep(600)' >"$scratch/port" &
listener=$!
stop_listener() { kill "$listener" 2>/dev/null; wait "$listener" 2>/dev/null; }
cleanup_hooks+=(stop_listener)
wait_for test -s "$scratch/port"
port=$(cat "$scratch/port")

word_of() {
    case $1 in
        create | exec | unlink) echo " $mark" ;;
        connect) echo " $port" ;;
    esac
}

# Without containment the deeds work: the bug is a bug.
for deed in open create stat connect fork "exec" code-in-memory memfd sleep session; do
    rm -f "$mark"
    word=$(word_of "$deed")
    run "$scratch/planted" --alone "$deed" ${word:+"${word# }"}
    if [ "$deed" = exec ]; then
        expect "alone, exec runs a program" 0 test -e "$mark"
    else
        says "alone, $deed is done" '^done$'
    fi
done
rm -f "$mark"

# contained KIND DEED: the hostile file first, then as part of a run where the good one comes first.
contained() {
    local kind=$1 deed=$2
    printf 'planted:%s%s\n' "$deed" "$(word_of "$deed")" >hostile.safetensors
    expect "$kind $deed: denied, and the run goes on" 1 "$scratch/planted" hostile.safetensors good.safetensors hostile.safetensors || return
    cp "$scratch/out" "$scratch/report"
    # shellcheck disable=SC2016
    expect "$kind $deed: unscannable, and nothing else changes" 0 jq -e --arg sha "$(sha256sum hostile.safetensors | cut -c 1-64)" '
        (.subjects | length == 3) and
        (.subjects[1].decision == "allow") and
        ([.subjects[0], .subjects[2]] | all(.decision == "deny" and .digest.sha256 == $sha and ([.findings[].id] | any(. == "file.unscannable"))))' "$scratch/report"
    [ ! -e "$mark" ] || not_ok "$kind $deed: nothing was written" "$mark is there"
}
while read -r kind deed; do
    contained "$kind" "$deed"
    if [ "$kind" = forbidden ]; then expect "$deed: by its system call" 0 grep -q 'signal 31' "$scratch/report"; fi
done < <("$scratch/planted" --list)

# A lie is about the liar's own file; the digest is the host's.
printf 'planted:lie\n' >hostile.safetensors
run "$scratch/planted" hostile.safetensors good.safetensors
# shellcheck disable=SC2016
expect "a lie: the digest is that of the bytes" 0 jq -e --arg sha "$(sha256sum hostile.safetensors | cut -c 1-64)" \
    '.subjects[0].digest.sha256 == $sha and .subjects[1].decision == "allow"' "$scratch/out"

# In a folder, one file's worker speaks of no other.
mkdir folder
cp good.safetensors folder/good.safetensors
printf 'planted:other-file\n' >folder/hostile.bin
expect "a file that speaks of another in its folder is unscannable" 1 "$scratch/planted" folder
says "and says so" 'a fact about another file'

leftover() { pgrep -f "$scratch/planted" >/dev/null; }
if leftover; then not_ok "no worker outlives its host" "$(pgrep -af "$scratch/planted")"; else ok "no worker outlives its host"; fi

# The program itself.
make_attack attack.pkl
make_model large.safetensors 40
printf 'requests==2.31.0\n-r more.txt\n' >requirements.txt
printf 'reqeusts==2.31.0\n' >more.txt
mkdir mixed
cp attack.pkl requirements.txt more.txt good.safetensors mixed/
echo '{"model_type": "x"}' >mixed/config.json
for subject in good.safetensors attack.pkl large.safetensors requirements.txt mixed folder . ; do
    run "$HEADGATE" check --at 2026-11-30T00:00:00Z --output json "$subject"
    here_status=$status
    cp "$scratch/out" "$scratch/here"
    expect "$subject: the same exit code with --isolate" "$here_status" "$HEADGATE" check --isolate --at 2026-11-30T00:00:00Z --output json "$subject"
    cp "$scratch/out" "$scratch/there"
    expect "$subject: the same verdict, byte for byte" 0 cmp "$scratch/here" "$scratch/there"
    run "$HEADGATE" facts "$subject"
    cp "$scratch/out" "$scratch/here"
    run "$HEADGATE" facts --isolate "$subject"
    cp "$scratch/out" "$scratch/there"
    expect "$subject: the same facts" 0 cmp "$scratch/here" "$scratch/there"
done
expect "compared with a base, too" 0 "$HEADGATE" check --isolate --compare-base good.safetensors good.safetensors
expect "why takes it" 1 "$HEADGATE" why --isolate attack.pkl
for word in sometimes false true; do
    expect "--isolate=$word is a mistake" 4 "$HEADGATE" check "--isolate=$word" good.safetensors
done

# As another user than root, and where root may not become one.
cp "$HEADGATE" "$scratch/headgate" && chmod 755 "$scratch/headgate"
expect "an unprivileged host has workers, too" 0 "${unprivileged[@]}" "$scratch/headgate" check --isolate good.safetensors
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    expect "root without capabilities has them, too" 0 setpriv --bounding-set=-all --inh-caps=-all "$HEADGATE" check --isolate good.safetensors
fi

# A kernel without a part of it.
for missing in "$kLandlock Landlock" "$kSeccomp seccomp"; do
    number=${missing% *} name=${missing#* }
    expect "without $name nothing is judged" 2 "${without[@]}" "$number" "$HEADGATE" check --isolate --output json good.safetensors
    says "without $name: it is named" "lacks $name"
    expect "without $name: no value is no way out" 2 "${without[@]}" "$number" "$HEADGATE" check --isolate= good.safetensors
    if [ -s "$scratch/out" ]; then not_ok "without $name there is no verdict" "$(head -c 200 "$scratch/out")"; else ok "without $name there is no verdict"; fi
    expect "without $name, best-effort judges" 0 "${without[@]}" "$number" "$HEADGATE" check --isolate=best-effort good.safetensors
    says "without $name, best-effort says so" "lacks $name"
    expect "without $name serve does not serve" 2 "${without[@]}" "$number" "$HEADGATE" serve --listen 127.0.0.1:0 --health-listen 127.0.0.1:0
    says "without $name serve says why" "lacks $name"
done

# In serve they are there from the start; once they are lost, it ends.
start_server --root "$scratch/work"
for subject in good.safetensors attack.pkl mixed; do
    run "$HEADGATE" check --output json "$subject"
    jq '.subjects' "$scratch/out" >"$scratch/here"
    run curl -sS --max-time 20 "http://$url/v1/evaluate" -d "{\"subjects\":[{\"path\":\"$subject\"}]}"
    jq '.subjects' "$scratch/out" >"$scratch/there"
    expect "serve: $subject as the command has it" 0 cmp "$scratch/here" "$scratch/there"
done
zygote=$(pgrep -P "$server" | head -n 1)
kill -KILL "$zygote"
status=0
wait "$server" || status=$?
server=
if [ "$status" -eq 2 ]; then ok "serve ends with 2 when it cannot parse any more"; else not_ok "serve ends with 2 when it cannot parse any more" "exit $status"; fi
expect "and its log says why" 0 grep -q '"event":"parsers lost"' "$scratch/log"
