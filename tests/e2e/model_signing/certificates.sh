# shellcheck shell=bash
# certificates.sh: an authority of one's own, made with openssl in the current folder. $here is this folder.
# shellcheck disable=SC2154

# authority NAME: NAME.pem and NAME.key, self-signed.
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/O=Acme/CN=$1" -keyout "$1.key" -out "$1.pem" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
}
# issue NAME ISSUER DAYS EXTENSION...: NAME.pem for NAME.key (made if it is not there), signed by ISSUER.
issue() {
    local name=$1 issuer=$2 days=$3
    shift 3
    [ -e "$name.key" ] || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$name.key" 2>/dev/null
    openssl req -new -key "$name.key" -subj "/O=Acme/CN=$name" -out "$name.csr"
    printf '%s\n' "$@" "subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid" >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -CAcreateserial -days "$days" -extfile "$name.ext" \
        -out "$name.pem" 2>/dev/null
}
# stamp BUNDLE SIGNER CERTIFICATE: adds a timestamp over the bundle's signature.
stamp() {
    "$PYTHON" "$here/material.py" signature "$1" >signature.bin
    printf '%s\n' "[t]" "serial=tsa.serial" "crypto_device=builtin" "signer_digest=sha256" "default_policy=1.2.3.4" "digests=sha256" >tsa.cnf
    echo 01 >tsa.serial
    openssl ts -query -data signature.bin -sha256 -out query.tsq 2>/dev/null
    openssl ts -reply -config tsa.cnf -section t -queryfile query.tsq -signer "$3" -inkey "$2" -out reply.tsr 2>/dev/null
    "$PYTHON" "$here/material.py" timestamp "$1" reply.tsr
}
