#!/usr/bin/env bash
# Models that Headgate signs verify with the public model-signing, and the reverse: by key and by certificate, files and shards.
# What only Headgate does is tried without it.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
here="$root/tests/e2e/model_signing"
# shellcheck source=certificates.sh
. "$here/certificates.sh"
peer=""
if python_tools "$here" >"$scratch/install" 2>&1; then
    peer="$python_tools/model_signing"
else
    skip "model-signing takes part" "it cannot be installed here: $(tr '\n' ' ' <"$scratch/install" | head -c 300)"
fi
cd "$scratch" || exit 1

# model NAME: a folder with files of every kind that is signed.
model() {
    mkdir -p "$1/sub/deeper"
    make_model "$1/model.safetensors"
    echo '{"a": 1}' >"$1/config.json"
    echo words >"$1/sub/deeper/naïve - 名.txt"
    head -c 100000 /dev/zero | tr '\0' 'a' >"$1/sub/long.txt"
    : >"$1/sub/empty.txt"
}
theirs() { # theirs NAME CODE ARGUMENT...: the public tool, where there is one
    local name=$1 code=$2
    shift 2
    [ -n "$peer" ] || return 0
    expect "$name" "$code" "$peer" "$@"
}
ours() { # ours NAME CODE MODEL ARGUMENT...
    local name=$1 code=$2
    shift 2
    expect "$name" "$code" "$HEADGATE" verify model "$@"
}

for curve in P-256 P-384 P-521; do
    openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$curve" -out "$curve.key" 2>/dev/null
    openssl pkey -in "$curve.key" -pubout -out "$curve.pub"
    model "$curve"
    expect "$curve: headgate signs" 0 "$HEADGATE" sign "$curve" --key "$curve.key"
    ours "$curve: headgate takes its own" 0 "$curve" --key "$curve.pub"
    theirs "$curve: model-signing takes ours" 0 verify key --public_key "$curve.pub" --signature "$curve/model.sig" "$curve"
    [ -z "$peer" ] || expect "$curve: model-signing signs" 0 "$peer" sign key --private_key "$curve.key" --signature "$curve/model.sig" "$curve"
    ours "$curve: headgate takes theirs" 0 "$curve" --key "$curve.pub"
    printf x >>"$curve/sub/long.txt"
    theirs "$curve: model-signing sees the change" 1 verify key --public_key "$curve.pub" --signature "$curve/model.sig" "$curve"
    ours "$curve: headgate sees the change" 1 "$curve" --key "$curve.pub"
    says "$curve: and names the file" '"reason":"sub/long.txt differs from what was signed"'
done
ours "another key is refused" 1 P-256 --key P-384.pub
"$HEADGATE" sign P-256 --key P-256.key >/dev/null
for option in --tlog-threshold --tsa-threshold --times-threshold --sct-threshold; do
    ours "by key, $option could never be met" 4 P-256 --key P-256.pub $option 1
    ours "by key, $option 0 asks nothing" 0 P-256 --key P-256.pub $option 0
done

# Certificates of an authority of one's own.
authority root
authority stranger
issue middle root 3650 basicConstraints=critical,CA:TRUE,pathlen:0 keyUsage=critical,keyCertSign
issue signer middle 1 basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature extendedKeyUsage=codeSigning
issue web middle 1 basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature extendedKeyUsage=serverAuth
model certified
expect "headgate signs with a certificate" 0 "$HEADGATE" sign certified --key signer.key --certificate-chain signer.pem --certificate-chain middle.pem
ours "headgate takes its own certificate" 0 certified --certificate-chain root.pem
says "and says whose it is" '"subject":"CN=signer,O=Acme"'
theirs "model-signing takes our certificate" 0 verify certificate --certificate_chain root.pem --signature certified/model.sig certified
ours "another authority is refused" 1 certified --certificate-chain stranger.pem
theirs "by model-signing too" 1 verify certificate --certificate_chain stranger.pem --signature certified/model.sig certified
ours "a certificate is no key" 1 certified --key P-256.pub
for bad in web middle; do
    expect "signing with the certificate $bad is refused" 2 "$HEADGATE" sign certified --key $bad.key --certificate-chain $bad.pem
    says "because it is for something else: $bad" "not for code signing"
done
expect "a certificate of another key is refused" 2 "$HEADGATE" sign certified --key P-256.key --certificate-chain signer.pem
cp certified/model.sig ours.sig
if [ -n "$peer" ]; then
    expect "model-signing signs with a certificate" 0 "$peer" sign certificate --private_key signer.key --signing_certificate signer.pem \
        --certificate_chain middle.pem --signature certified/model.sig certified
    ours "headgate takes their certificate" 0 certified --certificate-chain root.pem
    # The reference takes what is no code signing certificate in some versions; we never do.
    run "$peer" sign certificate --private_key web.key --signing_certificate web.pem --certificate_chain middle.pem --signature certified/model.sig certified
    [ "$status" -ne 0 ] || ours "a certificate for web servers is refused" 1 certified --certificate-chain root.pem
fi

# Time: an expired certificate needs a timestamp by an authority that the verifier trusts.
later=$(date -u -d "+10 days" +%Y-%m-%dT%H:%M:%SZ)
cp ours.sig certified/model.sig
ours "an expired certificate is refused" 1 certified --certificate-chain root.pem --verify-at "$later"
says "because it expired" "expired"
for authority in root stranger; do
    issue "time-$authority" $authority 3650 basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature extendedKeyUsage=critical,timeStamping
done
"$PYTHON" "$here/material.py" trusted-root time-root.pem root.pem >time.json
stamp certified/model.sig time-root.key time-root.pem
ours "a timestamp that nobody was told to trust does not help" 1 certified --certificate-chain root.pem --verify-at "$later"
ours "a trusted timestamp says when it was signed" 0 certified --certificate-chain root.pem --trusted-root time.json --verify-at "$later"
says "and is reported" '"source":"timestamp"'
stamped=(certified --certificate-chain root.pem --trusted-root time.json)
for option in --tsa-threshold --times-threshold; do
    ours "one timestamp meets $option 1" 0 "${stamped[@]}" $option 1
    ours "and not $option 2" 1 "${stamped[@]}" $option 2
    says "which it says ($option)" "1 timestamps of distinct authorities verified, at least 2 needed"
    ours "without a trusted root $option could never be met" 4 certified --certificate-chain root.pem $option 1
done
for option in --tlog-threshold --sct-threshold; do ours "by certificate, $option could never be met" 4 "${stamped[@]}" $option 1; done
cp ours.sig certified/model.sig
ours "no timestamp does not meet --tsa-threshold 1" 1 "${stamped[@]}" --tsa-threshold 1
stamp certified/model.sig time-stranger.key time-stranger.pem
ours "nor does a stranger's" 1 "${stamped[@]}" --tsa-threshold 1
says "whose reason is told" "a timestamp does not count"
ours "a timestamp that anybody made does not help" 1 certified --certificate-chain root.pem --trusted-root time.json --verify-at "$later"

# Shards, other hashes, files left out.
model shards
expect "headgate signs shards" 0 "$HEADGATE" sign shards --key P-256.key --shard-size 4096
for size in 0 9007199254740993 18446744073709551615; do
    expect "a shard size of $size is refused" 4 "$HEADGATE" sign shards --key P-256.key --shard-size "$size" --signature odd.sig
    says "with what it may be" "--shard-size $size: expected a number of bytes, 1 to"
done
ours "headgate takes its own shards" 0 shards --key P-256.pub
if [ -n "$peer" ]; then
    expect "model-signing signs shards" 0 "$python_tools/python" "$here/peer.py" sign-shards "$PWD/shards" P-256.key "$PWD/shards/model.sig" 4096
    ours "headgate takes their shards" 0 shards --key P-256.pub
    says "as shards" '"serialization":"shards"'
fi
cp shards/model.sig sharded.sig
printf y | dd of=shards/sub/long.txt bs=1 seek=50000 conv=notrunc 2>/dev/null
ours "a change in a shard is seen" 1 shards --key P-256.pub
says "and where" "sub/long.txt differs from what was signed .between bytes 49152 and 53248."
model blake
expect "headgate signs by BLAKE2b" 0 "$HEADGATE" sign blake --key P-256.key --hash blake2b
ours "headgate takes its own BLAKE2b" 0 blake --key P-256.pub
model ignoring
mkdir ignoring/cache
echo 'print("headgate")' >ignoring/cache/code.py
expect "headgate leaves out what it is told to" 0 "$HEADGATE" sign ignoring --key P-256.key --ignore-paths cache
ours "unsigned code is refused whatever the signer ignores" 1 ignoring --key P-256.pub
ours "unless the verifier ignores it" 0 ignoring --key P-256.pub --ignore-paths cache
theirs "model-signing takes a list of ignored paths of ours" 0 verify key --public_key P-256.pub --signature ignoring/model.sig ignoring
[ -z "$peer" ] || expect "model-signing leaves it out too" 0 "$peer" sign key --private_key P-256.key --signature ignoring/model.sig --ignore-paths ignoring/cache ignoring
ours "theirs is judged the same" 1 ignoring --key P-256.pub
ours "and passes the same" 0 ignoring --key P-256.pub --ignore-paths "$PWD/ignoring/cache"
for path in . "" .. '*'; do
    expect "ignoring '$path' is a mistake" 4 "$HEADGATE" verify model ignoring --key P-256.pub --ignore-paths "$path"
done

# One file, and where the signature goes.
expect "a single file is signed" 0 "$HEADGATE" sign P-256/model.safetensors --key P-256.key --signature one.sig
ours "and verified" 0 P-256/model.safetensors --key P-256.pub --signature one.sig
skip "model-signing takes our signature over a single file" "1.1.1 calls the file \".\", the specification calls it by its name"
[ -z "$peer" ] || expect "model-signing signs a single file" 0 "$peer" sign key --private_key P-256.key --signature one.sig P-256/model.safetensors
ours "headgate takes their single file" 0 P-256/model.safetensors --key P-256.pub --signature one.sig
expect "a signature that cannot be written is an error" 2 "$HEADGATE" sign P-384 --key P-384.key --signature absent/model.sig
if [ -e absent ] || compgen -G "P-384/model.sig.*" >/dev/null; then not_ok "nothing is left behind" "$(ls P-384)"; else ok "nothing is left behind"; fi

# What cannot be signed.
model linked && ln -s config.json linked/alias.json
expect "a link is not signed" 2 "$HEADGATE" sign linked --key P-256.key
says "and is named" "alias.json is a symbolic link"
expect "unless it is followed" 0 "$HEADGATE" sign linked --key P-256.key --allow-symlinks
ours "the verifier decides about links" 1 linked --key P-256.pub
ours "and may follow them" 0 linked --key P-256.pub --allow-symlinks
model piped && mkfifo piped/pipe
expect "a pipe is not signed" 2 "$HEADGATE" sign piped --key P-256.key
mkdir empty
expect "an empty folder is not signed" 2 "$HEADGATE" sign empty --key P-256.key
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key 2>/dev/null
expect "an RSA key does not sign models" 2 "$HEADGATE" sign P-256 --key rsa.key
openssl pkey -in P-256.key -aes256 -passout pass:secret -out locked.key
expect "an encrypted key needs its passphrase" 2 "$HEADGATE" sign P-256 --key locked.key
expect "and signs with it" 0 env HEADGATE_KEY_PASSPHRASE=secret "$HEADGATE" sign P-256 --key locked.key
ours "as itself" 0 P-256 --key P-256.pub
chmod 000 P-256/sub/deeper
expect "a folder that cannot be read is an error" 2 "${unprivileged[@]}" "$HEADGATE" verify model P-256 --key P-256.pub
chmod 755 P-256/sub/deeper

# The same signatures in a judgement.
cat >policy.yaml <<'YAML'
headgate: 1
policy: team/models
trust:
  keys:
    team: { public-key: P-256.pub }
tiers:
  - { tier: any, match: ["**"] }
rules:
  - id: model.signed
    for: [model]
    check: signature
    with: { any-of: [team] }
    why: Models leave the training pipeline signed.
YAML
judged() { expect "$1" "$2" "$HEADGATE" check "$3" --policy policy.yaml; }
printf a | dd of=shards/sub/long.txt bs=1 seek=50000 conv=notrunc 2>/dev/null
judged "shards count in a judgement" 0 shards
judged "BLAKE2b counts in a judgement" 0 blake
judged "links do not" 1 linked
judged "nor does code that the signer ignores" 1 ignoring
printf y | dd of=shards/sub/long.txt bs=1 seek=50000 conv=notrunc 2>/dev/null
judged "a change in a shard denies" 1 shards
says "and is named in the judgement" "sub/long.txt differs from what was signed"
printf y >>blake/config.json
judged "a change under BLAKE2b denies" 1 blake

# The client protocol of the public conformance suite.
model suite
adapter="$root/tests/conformance/oms"
touch suite/.cache
expect "the adapter signs" 0 "$adapter" sign-model --method key --model-path "$PWD/suite" --output-bundle "$PWD/suite.sig" --private-key P-256.key \
    --ignore-paths "$PWD/suite/.cache"
expect "the adapter verifies" 0 "$adapter" verify-model --method key --model-path "$PWD/suite" --bundle "$PWD/suite.sig" --public-key P-256.pub \
    --ignore-paths "$PWD/suite/.cache" --ignore-paths "$PWD/suite.sig"
expect "the adapter signs with a certificate" 0 "$adapter" sign-model --method certificate --model-path "$PWD/suite" --output-bundle "$PWD/suite/c.sig" \
    --private-key signer.key --signing-cert signer.pem --cert-chain middle.pem --cert-chain root.pem
expect "the adapter verifies a certificate" 0 "$adapter" verify-model --method certificate --model-path "$PWD/suite" --bundle "$PWD/suite/c.sig" --cert-chain root.pem
touch suite/extra
expect "the adapter sees an extra file" 1 "$adapter" verify-model --method key --model-path "$PWD/suite" --bundle "$PWD/suite.sig" --public-key P-256.pub
expect "the adapter can let it be" 0 "$adapter" verify-model --method key --model-path "$PWD/suite" --bundle "$PWD/suite.sig" --public-key P-256.pub --ignore-unsigned-files
