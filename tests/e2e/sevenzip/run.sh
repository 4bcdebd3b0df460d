#!/usr/bin/env bash
# 7z archives as the real 7z makes them: with each of its switches, an honest one is allowed (or, where nothing here can undo the method,
# refused as unscannable with the method's name), and the same with one inert gadget in it is refused by the gadget's place.
# shellcheck source=tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"
cd "$scratch" || exit 2
if ! command -v 7z >/dev/null; then
    skip "7z" "it is not installed (p7zip-full)"
    exit 0
fi
mkdir honest honest/sub honest/empty bad
make_model honest/model.safetensors
printf '{"hidden_size": 64}\n' >honest/sub/config.json
seq 20000 >honest/sub/numbers.txt
printf 'Grüße\n' >honest/sub/grüße-日本.txt
: >honest/nothing.txt
cp -r honest/. bad
make_attack bad/sub/x.pkl
check=("$HEADGATE" check)

# pack FOLDER ARCHIVE SWITCH...: all of the folder, without its own name.
pack() {
    local folder=$1 archive=$2
    shift 2
    (cd "$folder" && limit=60 run 7z a -bd -bso0 "$@" -- "$scratch/$archive" .)
    [ -s "$scratch/$archive" ] || not_ok "7z makes $archive" "$(tail -n 3 "$scratch/err")"
}

# allowed NAME SWITCH...: honest is allowed, and with the gadget refused for what it calls, where it stands.
allowed() {
    local name=$1
    shift
    pack honest "$name.7z" "$@"
    pack bad "$name-bad.7z" "$@"
    expect "7z $*: an honest archive is allowed" 0 "${check[@]}" "$name.7z"
    expect "7z $*: with a gadget it is refused" 1 "${check[@]}" "$name-bad.7z"
    says "7z $*: for what it calls" 'posix\.system|os\.system'
    says "7z $*: at its place" "where: $name-bad\.7z!sub/x\.pkl"
}

allowed default
for method in LZMA LZMA2 BZip2 Deflate Copy BCJ ARM ARMT ARM64 PPC SPARC IA64 Delta; do allowed "m0-$method" "-m0=$method"; done
allowed level9 -mx=9
allowed level1 -mx=1
allowed stored -mx=0
allowed single -ms=off
allowed blocks -ms=2f
allowed plain-header -mhc=off
allowed times -mtc=on -mta=on -mtm=on
allowed no-times -mtm=off
allowed no-attributes -mtr=off
allowed one-thread -mmt=off -m0=BZip2
allowed marked -m0=LZMA:eos=on
for filter in BCJ ARM ARM64 PPC SPARC Delta:4; do
    for method in LZMA LZMA2 Deflate BZip2 Copy; do allowed "chain-${filter%:*}-$method" "-m0=$filter" "-m1=$method"; done
done

# refused NAME ID WORDS SWITCH...: honest is refused, with this finding and this word, and nothing else is said.
refused() {
    local name=$1 id=$2 words=$3
    shift 3
    pack honest "$name.7z" "$@"
    expect "7z $*: refused" 1 "${check[@]}" "$name.7z"
    says "7z $*: with the reason" "\[$id\]"
    says "7z $*: in words" "$words"
}
refused ppmd sevenzip.unscannable 'packed with PPMd' -m0=PPMd
refused bcj2 sevenzip.unscannable 'packed with BCJ2' -m0=BCJ2 -m1=LZMA -m2=LZMA -m3=LZMA -mb0:1 -mb0s1:2 -mb0s2:3
refused deflate64 sevenzip.unscannable 'packed with Deflate64' -m0=Deflate64
refused password sevenzip.encrypted 'content of [0-9]+ members? is encrypted \(AES-256\)' -psecret
refused hidden sevenzip.encrypted 'its header, with the names of all members, is encrypted' -psecret -mhe=on

mkdir links && cp honest/model.safetensors links && ln -s model.safetensors links/link
pack links links.7z -snl
expect "a link is refused" 1 "${check[@]}" links.7z
says "as one" '\[sevenzip\.link\]'
7z a -bd -bso0 -si piped.7z <honest/sub/numbers.txt
expect "a file that came through a pipe is allowed" 0 "${check[@]}" piped.7z
7z a -bd -bso0 -sinumbers.txt named.7z <honest/sub/numbers.txt
expect "and so is one that was given a name" 0 "${check[@]}" named.7z

7z a -bd -bso0 -v10k -mx=0 split.7z honest/sub/numbers.txt
expect "the first part of a split archive is refused" 1 "${check[@]}" split.7z.001
says "and said to be one" 'first part of a split archive'
cp default.7z longer.7z && printf 'hidden' >>longer.7z
expect "bytes behind an archive are refused" 1 "${check[@]}" longer.7z
says "and counted" '6 bytes stand behind the header'
7z a -bd -bso0 zero.7z honest/nothing.txt
expect "an archive of one empty file is allowed" 0 "${check[@]}" zero.7z
cp default.7z updated.7z && cp bad/sub/x.pkl . && 7z a -bd -bso0 updated.7z x.pkl
expect "a gadget that was added later is found" 1 "${check[@]}" updated.7z
says "where it is" 'updated\.7z!x\.pkl'
7z d -bd -bso0 updated.7z x.pkl
expect "and gone when it was deleted" 0 "${check[@]}" updated.7z
(cd bad && 7z a -bd -bso0 -tzip "$scratch/inner.zip" sub/x.pkl)
7z a -bd -bso0 outer.7z inner.zip
expect "a gadget in a zip in a 7z is found" 1 "${check[@]}" outer.7z
says "by the chain of members" 'outer\.7z!inner\.zip!sub/x\.pkl'
