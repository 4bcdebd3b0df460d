#!/usr/bin/env bash
# Every output format against its golden page in tests/cases/report, on one small supply chain with every kind of outcome:
# allowed, denied, waived, upcoming, overridden, undecided, members. Digests and the program's version are masked.
#   UPDATE=1 run.sh     writes the golden pages anew; read the difference before you commit it
# shellcheck source=tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
golden="$root/tests/cases/report"
mkdir "$scratch/work" && cd "$scratch/work" || exit 2

make_model good.safetensors
make_attack evil.pkl
printf 'cbuiltins\neval\n(S"1"\ntR.' >waived.pkl
printf 'requests==2.31.0\nreqeusts==1.0\nacme-core==1.0\n' >requirements.txt
digest=$(sha256sum waived.pkl | cut -d' ' -f1)
cat >../policy.yaml <<END
headgate: 1
policy: acme/golden
revision: "3"
owner: platform@acme.example
extends: [builtin:baseline]
names: { internal: { pypi: { packages: ["acme-*"], index: "https://pypi.acme.example/simple" } } }
rules:
  - { id: model.hashed-name, for: [model], check: card, effective-on: "2027-01-01", why: Cards are asked for from 2027 on., controls: [ACME-9] }
overrides:
  - { rule: package.registry, key: deny-at, value: critical, reason: the mirror moves, owner: jane, expires: "2026-12-01" }
waivers:
  - id: WVR-1
    rule: model.safe-format
    subject: { digest: "sha256:$digest" }
    findings: [serialization.executes-code]
    reason: Loaded in a sandbox until it is converted.
    owner: jane@acme.example
    approved-by: joe@acme.example
    created: "2026-10-01"
    expires: "2026-12-01"
    ticket: SEC-1
END

masked() { sed -E -e 's/[0-9a-f]{64}/<sha256>/g' -e 's/sha256:[0-9a-f]{12}\b/sha256:<12>/g' -e 's/"version": ?"[0-9]+\.[0-9]+\.[0-9]+"/"version":"<version>"/g' \
    -e 's/"(semanticVersion|headgate\/v1|primaryLocationLineHash)": ?"[^"]*"/"\1":"<masked>"/g'; }

for format in text json sarif; do
    status=0
    "$HEADGATE" check --policy ../policy.yaml --at 2026-11-23T10:00:00Z --output "$format" good.safetensors evil.pkl waived.pkl requirements.txt absent.bin >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
    [ "$status" -eq 1 ] || not_ok "$format: exit 1" "exit $status: $(head -c 300 "$scratch/err")"
    if [ "$format" = text ]; then masked <"$scratch/out" >got; else "$PYTHON" -m json.tool --no-ensure-ascii "$scratch/out" | masked >got; fi
    [ -n "${UPDATE:-}" ] && cp got "$golden/$format.golden"
    if cmp -s got "$golden/$format.golden"; then ok "$format"; else not_ok "$format" "$(diff "$golden/$format.golden" got | head -n 20)"; fi
done
