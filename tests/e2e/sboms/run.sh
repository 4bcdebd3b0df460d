#!/usr/bin/env bash
# Bills of materials, and what composer, conda and setuptools leave behind, judged like lockfiles through the command line: a bad one
# and its benign twin each.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 1
zeros=$(printf '%064d' 0)
commit=$(printf 'c%.0s' {1..40})

cat >policy.yaml <<'POLICY'
headgate: 1
policy: acme/sboms
extends: [builtin:baseline]
names:
  internal:
    pypi: { packages: ["acme-*"], index: "https://pypi.acme.example/simple" }
    composer: { packages: ["acme/*"], index: "https://packages.acme.example" }
registries:
  composer: { mirrors: ["https://archives.forge.example", "https://git.forge.example"] }
  pypi: { mirrors: ["https://files.mirror.example"] }
  conda: { mirrors: ["https://conda.mirror.example"] }
rules:
  - { id: package.registry, with: { allow: [public, internal] } }
  - { id: package.pinned, mode: enforce }
POLICY
check=("$HEADGATE" check --policy policy.yaml)
mkdir -p bad good

# cyclonedx COMPONENT...: a document of these.
cyclonedx() {
    local IFS=,
    printf '{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"application","name":"app","version":"1"}},"components":[%s]}\n' "$*"
}
# library NAME PURL: a component with a hash.
library() { printf '{"type":"library","name":"%s","version":"2.31.0","purl":"%s","hashes":[{"alg":"SHA-256","content":"%s"}]}' "$1" "$2" "$zeros"; }
# spdx PACKAGES MORE: a document of these.
spdx() { printf '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[%s]%s}\n' "$1" "$2"; }
package() { printf '{"SPDXID":"SPDXRef-%s","name":"%s","versionInfo":"2.31.0","downloadLocation":"%s","checksums":[{"algorithm":"SHA256","checksumValue":"%s"}],"externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"%s"}]}' "$1" "$1" "$3" "$zeros" "$2"; }

good=$(library requests pkg:pypi/requests@2.31.0)
cyclonedx "$(library reqeusts pkg:pypi/reqeusts@2.31.0)" >bad/bom.json
cyclonedx "$good" '{"type":"operating-system","name":"debian","version":"12"}' >good/bom.json
twin "CycloneDX with a squat" bom.json 'swapped characters'
expect "a line of the finding" 1 "${check[@]}" --output json bad/bom.json
says "the member is a package" 'pkg:pypi/reqeusts@2\.31\.0'

cat >image.yaml <<'POLICY'
headgate: 1
policy: acme/images
owner: acme
tiers:
  - { tier: untrusted, match: ["**"] }
rules:
  - { id: package.registry, for: [package], check: registry, with: { allow: [public, "pkg:deb/debian/**"] }, why: w, fix: f }
  - { id: package.integrity, for: [package], check: integrity, why: w, fix: f }
POLICY
cyclonedx "$good" "$(library openssl 'pkg:deb/evil/openssl@2.31.0?arch=amd64')" >bad/image.cdx.json
cyclonedx "$good" "$(library openssl 'pkg:deb/debian/openssl@2.31.0?arch=amd64')" >good/image.cdx.json
expect "a package of a distribution that nobody allowed" 1 "$HEADGATE" check --policy image.yaml bad/image.cdx.json
says "it names it" 'pkg:deb/evil/openssl'
expect "a pattern allows those of one" 0 "$HEADGATE" check --policy image.yaml good/image.cdx.json

cyclonedx "$good" '{"type":"library","name":"nobody-knows","version":"1"}' >bad/unknown.cdx.json
cyclonedx "$good" '{"type":"file","name":"a.py"}' >good/unknown.cdx.json
twin "a component without a purl" unknown.cdx.json 'nobody-knows.* has no purl'
cyclonedx "$(library requests pkg:pypi/evil@2.31.0)" >bad/name.cdx.json
cyclonedx "$(library Requests pkg:pypi/requests@2.31.0)" >good/name.cdx.json
twin "a name other than the purl's" name.cdx.json "is pkg:pypi/evil@2.31.0 by its purl"
cyclonedx "$(library acme-billing pkg:pypi/acme-billing@2.31.0)" >bad/internal.cdx.json
cyclonedx "$(library acme-billing 'pkg:pypi/acme-billing@2.31.0?repository_url=https%3A%2F%2Fpypi.acme.example%2Fsimple')" >good/internal.cdx.json
twin "an internal name" internal.cdx.json 'acme-billing is an internal name'
cyclonedx "{\"type\":\"library\",\"name\":\"requests\",\"version\":\"2.31.0\",\"purl\":\"pkg:pypi/requests@2.31.0\",\"hashes\":[{\"alg\":\"MD5\",\"content\":\"$(printf '%032d' 0)\"}]}" >bad/hash.cdx.json
cyclonedx "$good" >good/hash.cdx.json
twin "a hash that can be forged" hash.cdx.json 'only a hash that can be forged'
cyclonedx "$(library requests pkg:pypi/requests@2.31.0)" | sed 's/1\.6/2.0/' >bad/version.cdx.json
cyclonedx "$good" >good/version.cdx.json
twin "a version that is not known" version.cdx.json 'specVersion.* is not 1\.2 to 1\.7'
xml='<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component type="library"><name>%s</name><version>2.31.0</version><hashes><hash alg="SHA-256">%s</hash></hashes><purl>pkg:pypi/%s@2.31.0</purl></component></components></bom>\n'
# shellcheck disable=SC2059  # the text is the format
printf "$xml" reqeusts "$zeros" reqeusts >bad/bom.xml
# shellcheck disable=SC2059
printf "$xml" requests "$zeros" requests >good/bom.xml
twin "CycloneDX as XML" bom.xml 'swapped characters'

cyclonedx '{"type":"machine-learning-model","name":"m","purl":"pkg:huggingface/acme/m@'"$commit"'"}' '{"type":"container","name":"app","purl":"pkg:oci/app@sha256%3A'"$zeros"'?repository_url=docker.io%2Facme%2Fapp"}' >models.cdx.json
expect "models and images in a bill of materials" 0 "${check[@]}" --output json models.cdx.json
says "the model is one of a hub" "hf:acme/m@$commit"
says "the image is an image" "oci:docker.io/acme/app@sha256:$zeros"

root='{"SPDXID":"SPDXRef-root","name":"app","downloadLocation":"NOASSERTION"}'
describes=',"documentDescribes":["SPDXRef-root"]'
spdx "$root,$(package a pkg:pypi/reqeusts@2.31.0 NOASSERTION)" "$describes" >bad/x.spdx.json
spdx "$root,$(package a pkg:pypi/requests@2.31.0 NOASSERTION)" "$describes" >good/x.spdx.json
twin "SPDX with a squat" x.spdx.json 'swapped characters'
spdx "$root,$(package a pkg:pypi/requests@2.31.0 https://evil.example/requests.whl)" "$describes" >bad/place.spdx.json
spdx "$root,$(package a pkg:pypi/requests@2.31.0 https://files.mirror.example/requests.whl)" "$describes" >good/place.spdx.json
twin "SPDX and where it was downloaded from" place.spdx.json 'evil\.example'
spdx "$(package a pkg:pypi/requests@2.31.0 NONE)" ',"relationships":[{"spdxElementId":"SPDXRef-a","relationshipType":"DEPENDS_ON","relatedSpdxElement":"DocumentRef-x:SPDXRef-y"}]' >bad/other.spdx.json
spdx "$(package a pkg:pypi/requests@2.31.0 NONE)" ',"relationships":[{"spdxElementId":"SPDXRef-a","relationshipType":"DEPENDS_ON","relatedSpdxElement":"NONE"}]' >good/other.spdx.json
twin "SPDX that leaves parts to another document" other.spdx.json 'another document lists it'
tags='SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 2.31.0\nPackageDownloadLocation: NONE\nPackageChecksum: SHA256: %s\nExternalRef: PACKAGE-MANAGER purl pkg:pypi/%s@2.31.0\n'
# shellcheck disable=SC2059
printf "$tags" "$zeros" reqeusts >bad/x.spdx
# shellcheck disable=SC2059
printf "$tags" "$zeros" requests >good/x.spdx
twin "SPDX as tag-value" x.spdx 'swapped characters'
graph='{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"software_Package","spdxId":"urn:a","name":"a","software_packageUrl":"pkg:pypi/%s@2.31.0","verifiedUsing":[{"type":"Hash","algorithm":"sha256","hashValue":"%s"}]}]}\n'
# shellcheck disable=SC2059
printf "$graph" reqeusts "$zeros" >bad/x.spdx3.json
# shellcheck disable=SC2059
printf "$graph" requests "$zeros" >good/x.spdx3.json
twin "SPDX 3" x.spdx3.json 'swapped characters'
printf '<rdf:RDF/>\n' >x.spdx.rdf
expect "SPDX as RDF is refused" 1 "${check[@]}" x.spdx.rdf
says "and says what to do" 'Convert it to SPDX JSON'

composer='{"packages":[{"name":"acme/lib","version":"1.0.0","source":{"type":"git","url":"https://git.forge.example/lib.git","reference":"%s"},"dist":{"type":"zip","url":"https://archives.%s.example/lib/%s","reference":"%s","shasum":"%s"}}]}\n'
lock=("$HEADGATE" check --policy lock.yaml)
sed -e '/package.pinned/d' -e '/composer: { packages/d' policy.yaml >lock.yaml
# shellcheck disable=SC2059
printf "$composer" "$commit" evil "$commit" "$commit" '' >bad/composer.lock
# shellcheck disable=SC2059
printf "$composer" "$commit" forge "$commit" "$commit" '' >good/composer.lock
expect "composer.lock with an archive from elsewhere" 1 "${lock[@]}" bad/composer.lock
says "it names the place" 'archives\.evil\.example'
expect "its twin is allowed" 0 "${lock[@]}" good/composer.lock
# shellcheck disable=SC2059
printf "$composer" "$commit" forge "${commit//c/d}" "$commit" '' >bad/composer.lock
expect "composer.lock whose archive is another commit" 1 "${lock[@]}" bad/composer.lock
says "it names both" 'is commit c+ by one field and d+ by another'
printf '{"require":{"acme/lib":"^1.0"}}\n' >bad/composer.json
printf '{"require":{"acme/lib":"^1.0"},"repositories":[{"type":"composer","url":"https://packages.acme.example","only":["acme/*"]}]}\n' >good/composer.json
sed '/package.pinned/d' policy.yaml >names.yaml
expect "composer.json with an internal name" 1 "$HEADGATE" check --policy names.yaml bad/composer.json
says "it says so" 'acme/lib is an internal name'
expect "its twin binds the name to a repository" 0 "$HEADGATE" check --policy names.yaml good/composer.json

mkdir -p {bad,good}/conda-meta
printf '{"name":"numpy","version":"1.26.0","url":"https://conda.mirror.example/forge/linux-64/nunpy-1.26.0-0.conda","sha256":"%s"}\n' "$zeros" >bad/conda-meta/numpy.json
printf '{"name":"numpy","version":"1.26.0","url":"https://conda.mirror.example/forge/linux-64/numpy-1.26.0-0.conda","sha256":"%s"}\n' "$zeros" >good/conda-meta/numpy.json
twin "conda-meta whose archive is another package" conda-meta/numpy.json 'which is another package'
printf '@EXPLICIT\nhttps://conda.evil.example/forge/numpy-1.26.0-0.conda#%s\n' "$zeros" >bad/conda-linux-64.lock
printf '@EXPLICIT\nhttps://conda.mirror.example/forge/numpy-1.26.0-0.conda#%s\n' "$zeros" >good/conda-linux-64.lock
twin "an explicit list of conda" conda-linux-64.lock 'conda\.evil\.example'

printf 'from setuptools import setup\nimport evil\nsetup(install_requires=["requests==2.31.0"])\n' >bad/setup.py
printf 'from setuptools import setup\nsetup(name="x", install_requires=["requests"])\n' >good/setup.py
expect "setup.py that does more" 1 "$HEADGATE" check bad/setup.py
says "it says that it was not run" 'only running it shows'
expect "setup.py that is a list" 0 "$HEADGATE" check good/setup.py
printf '[options]\ninstall_requires =\n  reqeusts\n' >bad/setup.cfg
printf '[options]\ninstall_requires =\n  requests\n[flake8]\nmax-line-length = 100\n' >good/setup.cfg
expect "setup.cfg with a squat" 1 "$HEADGATE" check bad/setup.cfg
says "it says so" 'swapped characters'
expect "its twin is allowed" 0 "$HEADGATE" check good/setup.cfg
