#!/usr/bin/env bash
# Exit codes 0 to 4, each produced, and their order over several subjects: 4, 1, 2, 3, 0.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
make_model good.safetensors
make_model also-good.safetensors
make_attack bad.pkl
mkdir empty text
echo "nothing to judge" >text/notes.txt
check=("$HEADGATE" check)

expect "0: an honest model" 0 "${check[@]}" good.safetensors
expect "0: two honest models" 0 "${check[@]}" good.safetensors also-good.safetensors
expect "1: a model that runs code" 1 "${check[@]}" bad.pkl
expect "2: a path that is not there" 2 "${check[@]}" absent.safetensors
says "and the message names it" 'absent\.safetensors'
expect "3: an empty folder" 3 "${check[@]}" empty
expect "3: a folder without subjects" 3 "${check[@]}" text
expect "3: an empty list on stdin" 3 "${check[@]}" -
expect "3: no argument means the current folder" 3 env -C "$scratch/empty" "${check[@]}"

expect "4: an unknown option" 4 "${check[@]}" --no-such-option good.safetensors
expect "4: an unknown command" 4 "$HEADGATE" chekc good.safetensors
expect "4: an unknown output format" 4 "${check[@]}" --output yaml good.safetensors
expect "4: an unknown kind" 4 "${check[@]}" --kind sculpture good.safetensors
expect "4: an unknown built-in policy" 4 "${check[@]}" --policy builtin:absent good.safetensors
printf 'headgate: 1\npolicy: t\nrulse: []\n' >broken.yaml
expect "4: a policy with a misspelt key" 4 "${check[@]}" --policy broken.yaml good.safetensors
says "and the message has file, line and the nearest key" 'broken\.yaml:3.*rules'
expect "4: a mirror that is no mirror" 4 "${check[@]}" --registry-mirror docker.io good.safetensors
expect "4: a host that is a URL" 4 "${check[@]}" --registry-plain-http http://registry.example good.safetensors
expect "4: a token service without TLS" 4 "${check[@]}" --registry-token-service http://auth.example good.safetensors
expect "2: credentials that are not there" 2 "${check[@]}" --registry-config absent.json good.safetensors
expect "4: --at with --attest" 4 "${check[@]}" --at 2026-01-01T00:00:00Z --attest v.jsonl --key k.pem good.safetensors
expect "4: a time that is none" 4 "${check[@]}" --at yesterday good.safetensors

cat >looks-up.yaml <<'EOF'
headgate: 1
policy: t
tiers: [ { tier: any, match: ["**"] } ]
rules:
  - { id: container.name, for: [container], check: typosquat, network: allow, why: What a name leads to is judged. }
EOF
printf 'FROM registry.example/acme/app:1\n' >Dockerfile
looks_up=("${check[@]}" --policy looks-up.yaml)
expect "2: an image that the policy wants looked up, and nobody may be asked" 2 "${looks_up[@]}" --offline oci:registry.example/acme/app:1
expect "2: the same in a Dockerfile" 2 "${looks_up[@]}" --offline Dockerfile
expect "2: names alone are no answer to it" 2 "${looks_up[@]}" --names-only oci:registry.example/acme/app:1
expect "2: a registry that is not there" 2 "${looks_up[@]}" oci:localhost:1/acme/app:1

expect "order: 4 before 1" 4 "${check[@]}" --output yaml bad.pkl
expect "order: 1 before 2" 1 "${check[@]}" absent.safetensors bad.pkl good.safetensors
expect "order: 1 before 3" 1 "${check[@]}" empty bad.pkl
expect "order: 2 before 3" 2 "${check[@]}" empty absent.safetensors
expect "order: 2 before 0" 2 "${check[@]}" good.safetensors absent.safetensors
expect "order: 3 before 0" 3 "${check[@]}" good.safetensors empty
expect "order: 1 before 0" 1 "${check[@]}" good.safetensors bad.pkl

expect "--exit-zero turns 1 into 0" 0 "${check[@]}" --exit-zero bad.pkl
expect "--exit-zero leaves 2" 2 "${check[@]}" --exit-zero absent.safetensors
expect "--exit-zero leaves 3" 3 "${check[@]}" --exit-zero empty
expect "--allow-empty turns 3 into 0" 0 "${check[@]}" --allow-empty empty
expect "--allow-empty leaves 1" 1 "${check[@]}" --allow-empty empty bad.pkl

# The list on stdin is judged as arguments are.
printf 'good.safetensors\nbad.pkl\n' >list
status=0
"${check[@]}" - <list >out 2>err || status=$?
if [ "$status" -eq 1 ]; then ok "1: a list on stdin"; else not_ok "1: a list on stdin" "exit $status: $(tail -n 3 out err)"; fi

# Every form of the report agrees with the exit code.
for subject in good.safetensors bad.pkl; do
    code=0
    "${check[@]}" --output json=r.json --output sarif=r.sarif --output text=r.txt "$subject" >out 2>err || code=$?
    decision=$(jq -r .decision r.json)
    results=$(jq '[.runs[].results[]] | length | if . > 0 then 1 else 0 end' r.sarif)
    tally=$(grep -aoE '[0-9]+ allowed, [0-9]+ denied' r.txt)
    case $code in
        0) wanted="allow 0 1 allowed, 0 denied" ;;
        1) wanted="deny 1 0 allowed, 1 denied" ;;
        *) wanted="exit 0 or 1" ;;
    esac
    got="$decision $results $tally"
    if [ "$got" = "$wanted" ]; then ok "text, JSON and SARIF agree on $subject"; else not_ok "text, JSON and SARIF agree on $subject" "$got, exit $code"; fi
done

expect "the demo ends as foretold" 0 "$HEADGATE" demo
expect "--version answers" 0 "$HEADGATE" --version
expect "--help answers" 0 "$HEADGATE" --help
