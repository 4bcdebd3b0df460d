#!/usr/bin/env bash
# What bad input gets: a clear error, never a pass, never a crash, nothing half-written.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
chmod 755 "$scratch"
umask 022
# A copy that another user can reach, wherever the project lies.
cp "$HEADGATE" "$scratch/headgate"
chmod 755 headgate
check=("$scratch/headgate" check)
make_key key.pem
chmod 644 key.pem
names_in() { find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | tr '\n' ' '; }

# --- Files that cannot be read -------------------------------------------------------------------------------------
mkdir unreadable
make_model unreadable/model.safetensors
chmod 000 unreadable/model.safetensors
expect "an unreadable file is no pass" "2" "${unprivileged[@]}" "${check[@]}" unreadable/model.safetensors
says "and is named" 'model\.safetensors.*(permission|denied|read)|(permission|denied|read).*model\.safetensors'
expect "an unreadable file in a folder is no pass" "1|2" "${unprivileged[@]}" "${check[@]}" unreadable
says "and is named there too" 'model\.safetensors'
mkdir locked
make_model locked/model.safetensors
chmod 000 locked
expect "an unreadable folder is no pass" 2 "${unprivileged[@]}" "${check[@]}" locked
chmod 755 locked

# --- Links, FIFOs, devices -----------------------------------------------------------------------------------------
mkdir dangling outside loop fifo
for folder in dangling outside loop fifo; do make_model "$folder/model.safetensors"; done
ln -s nowhere.safetensors dangling/extra.safetensors
expect "a dangling link in a folder is denied" 1 "${check[@]}" dangling
says "and is named" 'extra\.safetensors'
expect "a dangling link named is no pass" "1|2" "${check[@]}" dangling/extra.safetensors
make_model elsewhere.safetensors
ln -s ../elsewhere.safetensors outside/extra.safetensors
expect "a link out of the folder is denied" 1 "${check[@]}" outside
says "and is named" 'extra\.safetensors'
ln -s . loop/again
expect "a link to the folder itself is no pass" "1|2" "${check[@]}" loop
mkfifo fifo/pipe.safetensors
limit=20
expect "a FIFO in a folder is no pass and does not hang" "1|2" "${check[@]}" fifo
says "and is named" 'pipe\.safetensors'
expect "a FIFO named is no pass and does not hang" "1|2" "${check[@]}" fifo/pipe.safetensors
expect "a device named is no pass and does not hang" "1|2" "${check[@]}" /dev/zero
mkdir device
make_model device/model.safetensors
if [ "$(id -u)" -eq 0 ] && mknod device/zero.safetensors c 1 5 2>/dev/null; then
    expect "a device in a folder is no pass and does not hang" "1|2" "${check[@]}" device
    says "and is named" 'zero\.safetensors'
else
    skip "a device in a folder" "mknod is not allowed here"
fi
limit=60

# --- Depth, size, names --------------------------------------------------------------------------------------------
make=("$PYTHON" "$root/tests/e2e/make.py")
"${make[@]}" deep-json deep.json
"${make[@]}" deep-safetensors deep.safetensors
expect "1,000,000-deep JSON is no pass" 1 "${check[@]}" deep.json
expect "a 1,000,000-deep safetensors header is denied" 1 "${check[@]}" deep.safetensors
mkdir deep-lock
cp deep.json deep-lock/package-lock.json
expect "a 1,000,000-deep lockfile is denied" 1 "${check[@]}" deep-lock
expect "a 1,000,000-deep policy is invalid" 4 "${check[@]}" --policy deep.json elsewhere.safetensors
"${make[@]}" sparse sparse.safetensors 10
limit=120
# Four GB of address space: what is read is not kept.
expect "a 10 GB sparse file is denied, in bounded memory" 1 bash -c 'ulimit -v 4000000; exec "$@"' _ "${check[@]}" sparse.safetensors
rm sparse.safetensors
"${make[@]}" sparse sparse.pkl 10
expect "so is one with another name" 1 bash -c 'ulimit -v 4000000; exec "$@"' _ "${check[@]}" sparse.pkl
rm sparse.pkl
limit=60

mkdir names
make_attack "names/"$'evil\e[31m\e]0;owned\a\r\nheadgate: ALLOW\u202egnp.pkl'
for format in text json sarif; do
    expect "a name with control characters is denied ($format)" 1 "${check[@]}" --output "$format" names
    # Text that turns around is for people's eyes only: JSON may hold it as it is.
    if LC_ALL=C grep -aq $'[\x01-\x08\x0b-\x1f\x7f]' "$scratch/out" "$scratch/err" || { [ "$format" = text ] && grep -aq $'\u202e' "$scratch/out"; } || grep -aq '^headgate: ALLOW' "$scratch/out"; then
        not_ok "and reaches nobody's terminal ($format)" "control characters in the output"
    else
        ok "and reaches nobody's terminal ($format)"
    fi
done
# A name that is not UTF-8.
mkdir bytes
make_attack "bytes/"$'\xff\xfe.pkl'
expect "a name that is not UTF-8 is denied" 1 "${check[@]}" --output json bytes
expect "and the JSON is valid" 0 jq -e . out

# --- A file that changes while it is read --------------------------------------------------------------------------
make_model changing.safetensors 800
(for _ in $(seq 400); do printf x | dd of=changing.safetensors bs=1 seek=700000000 conv=notrunc status=none; sleep 0.005; done) &
writer=$!
cleanup_hooks+=(stop_writer)
stop_writer() { kill "$writer" 2>/dev/null; }
expect "a file that changes while it is read is no pass" "1|2" "${check[@]}" --attest changing.jsonl --key key.pem changing.safetensors
says "and the report says so" 'chang'
stop_writer
wait "$writer" 2>/dev/null
if [ -e changing.jsonl ] && jq -se '[.[] | .payload | @base64d | fromjson | .predicate.verificationResult?] | any(. == "PASSED")' changing.jsonl >jq.out 2>&1; then
    not_ok "and nothing attests it as passed" "there is a PASSED statement"
else
    ok "and nothing attests it as passed"
fi

# --- Output that cannot be written ---------------------------------------------------------------------------------
mkdir readonly
chmod 555 readonly
expect "no permission to write the attestation is exit 2" 2 "${unprivileged[@]}" "${check[@]}" --attest readonly/v.jsonl --key key.pem elsewhere.safetensors
says "and says where" 'readonly'
same "and leaves nothing" "$(ls -A readonly)" ""
expect "no permission to write a report is exit 2" 2 "${unprivileged[@]}" "${check[@]}" --output json=readonly/r.json elsewhere.safetensors
expect "an attestation in a folder that is not there is exit 2" 2 "${check[@]}" --attest absent/v.jsonl --key key.pem elsewhere.safetensors
expect "a key that is not there is no pass" "2|4" "${check[@]}" --attest v.jsonl --key absent.pem elsewhere.safetensors
expect "a key that is none is no pass" "2|4" "${check[@]}" --attest v.jsonl --key elsewhere.safetensors elsewhere.safetensors
same "and no attestation is written" "$(ls v.jsonl 2>/dev/null)" ""

mkdir full
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64k headgate-test full 2>/dev/null; then
    cleanup_hooks+=(unmount_full)
    unmount_full() { umount "$scratch/full"; }
    echo "an earlier verdict" >full/v.jsonl
    dd if=/dev/zero of=full/filler bs=4k status=none 2>/dev/null
    expect "a full disk is exit 2" 2 "${check[@]}" --attest full/v.jsonl --key key.pem elsewhere.safetensors
    says "and says so" 'space|full|write'
    same "and leaves the earlier file as it was" "$(cat full/v.jsonl)" "an earlier verdict"
    same "and no temporary file" "$(names_in full)" "filler v.jsonl "
    expect "a report on a full disk is exit 2" 2 "${check[@]}" --output json=full/r.json elsewhere.safetensors
    same "and leaves no half report" "$(names_in full)" "filler v.jsonl "
else
    skip "a full disk" "mounting a small tmpfs is not allowed here; /dev/full stands in for it"
fi
status=0
"${check[@]}" elsewhere.safetensors >/dev/full 2>err || status=$?
same "a report that cannot be printed is exit 2" "$status" 2

# --- A signal in the middle ----------------------------------------------------------------------------------------
make_model long.safetensors 3000
for signal in INT TERM; do
    mkdir -p signalled
    # Not "&" from this shell, which would have SIGINT ignored.
    "$PYTHON" - "$signal" "${check[@]}" --attest signalled/v.jsonl --key key.pem --output json=signalled/r.json long.safetensors >out 2>err <<'PY'
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
process = subprocess.Popen(sys.argv[2:])
time.sleep(0.3)
process.send_signal(getattr(signal, "SIG" + sys.argv[1]))
print(process.wait(timeout=20))
PY
    number=$(kill -l "$signal")
    same "SIG$signal in the middle ends it by that signal" "$(tail -n 1 out)" "-$number"
    same "and leaves nothing half-written" "$(ls -A signalled)" ""
    rm -rf signalled
done
rm long.safetensors changing.safetensors

# --- A hostile policy in the judged folder -------------------------------------------------------------------------
mkdir -p hostile/.headgate hostile/rules
make_attack hostile/bad.pkl
cat >permissive.yaml <<'YAML'
headgate: 1
policy: hostile/everything-goes
defaults: { mode: monitor, on-error: warn, on-unmatched: warn, on-skipped: warn }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.from-somewhere
    for: [model]
    check: registry
    with: { allow: ["**"] }
    why: Everything goes.
YAML
for name in headgate.yaml .headgate.yaml headgate.yml policy.yaml .headgate/policy.yaml .headgate/config.yaml rules/baseline.yaml baseline.yaml; do
    cp permissive.yaml "hostile/$name"
done
expect "a policy in the judged folder is not used" 1 "${check[@]}" hostile
expect "nor from inside that folder" 1 env -C hostile "${check[@]}" .
"${check[@]}" --output json hostile >report.json 2>err
same "the policy that judged is the built-in one" "$(jq -r .policy.name report.json)" "$(cd / && "${check[@]}" --output json "$scratch/elsewhere.safetensors" 2>/dev/null | jq -r .policy.name)"
make_policy hostile/strict.yaml
expect "a policy inside the judged folder, named, is used" 1 "${check[@]}" --policy hostile/strict.yaml hostile
expect "but cannot be attested" "2|4" "${check[@]}" --policy hostile/strict.yaml --attest inside.jsonl --key key.pem hostile
same "and nothing is written" "$(ls inside.jsonl 2>/dev/null)" ""
expect "unless it is pinned" 1 "${check[@]}" --policy hostile/strict.yaml --policy-sha256 "$(sha256sum hostile/strict.yaml | cut -d' ' -f1)" --attest inside.jsonl --key key.pem hostile
expect "then the denial is attested" 0 test -s inside.jsonl
expect "a wrong pin is refused" "2|4" "${check[@]}" --policy hostile/strict.yaml --policy-sha256 "$(printf x | sha256sum | cut -d' ' -f1)" elsewhere.safetensors

# --- an operator that no runtime brings is the model's fault, and not a question that cannot be decided
cp "$root/tests/fuzz/seeds/tflite/flex" flex.tflite
expect "TensorFlow's own operators in a Lite model come in" 0 "${check[@]}" flex.tflite
sed 's/FlexAbs/MyOwnOp/' flex.tflite >custom.tflite
expect "an operator of one's own does not" 1 "${check[@]}" custom.tflite
says "and is named" "tflite:custom.MyOwnOp"
cp "$root/tests/fuzz/seeds/catboost/walk" trees.cbm
expect "trees of CatBoost come in" 0 "${check[@]}" trees.cbm
{ cat trees.cbm; printf 'cposix\nsystem\n'; } >more.cbm
expect "with something behind them they do not" 1 "${check[@]}" more.cbm
says "and it is said what" "14 bytes follow the model"
cp "$root/tests/fuzz/seeds/coreml/network" network.mlmodel
expect "a layer of the application's own does not come in with a CoreML model" 1 "${check[@]}" network.mlmodel
says "and is named" "coreml:custom.MyLayer"
cp "$root/tests/fuzz/seeds/paddle/program" program.pdmodel
expect "Paddle's py_func does not come in" 1 "${check[@]}" program.pdmodel
says "and what it does is said" "paddle:py_func: runs a Python function"
cp "$root/tests/fuzz/seeds/paddle/params" params.pdiparams
expect "Paddle's parameters come in" 0 "${check[@]}" params.pdiparams
printf 'ptrt\0\0\0\0machine code' >gpu.engine
expect "a TensorRT engine does not come in" 1 "${check[@]}" gpu.engine
says "and what to publish instead is said" "publish the ONNX model"
printf 'X\n\0\0\0\3\0\4\3\0' | gzip -n >forest.rds
expect "R data does not come in, compressed as R writes it" 1 "${check[@]}" forest.rds
says "and why is said" "CVE-2024-27322"

expect "an empty folder is exit 3" 3 "${check[@]}" "$(mkdir nothing && echo nothing)"

# --- a cryptographic library that cannot make a digest: no verdict at all, least of all over zeros
printf 'int EVP_DigestInit_ex(void *c, const void *t, void *e) { (void)c; (void)t; (void)e; return 0; }\n' >"$scratch/nodigest.c"
cc -shared -fPIC -o "$scratch/nodigest.so" "$scratch/nodigest.c"
make_model "$scratch/plain.safetensors"
expect "a digest that cannot be made ends the run" 134 env LD_PRELOAD="$scratch/nodigest.so" "$HEADGATE" check "$scratch/plain.safetensors"
says "and says so" "the cryptographic library failed"
