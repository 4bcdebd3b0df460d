// sigstore-go verify KEY BUNDLE FILE [PREDICATE-TYPE]: is the bundle a signature of this public key over the file, or over a
// statement about it? Prints what sigstore-go found; exit 1 with its reason otherwise.
// sigstore-go sign file|statement P-256|P-384|Ed25519 FILE BUNDLE KEY: signs the file as it is, or as a statement, with a new key;
// writes the bundle and the public key (PEM).
// sigstore-go time BUNDLE ARTIFACT TRUSTED-ROOT IDENTITY ISSUER: milliseconds that one verification takes (tests/bench/trust.sh).
package main

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
	"google.golang.org/protobuf/encoding/protojson"
)

type timeless struct{ signature.Verifier }

func (timeless) ValidAtTime(time.Time) bool { return true }

func verifier(path string) (signature.Verifier, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := cryptoutils.UnmarshalPEMToPublicKey(pem)
	if err != nil {
		return nil, err
	}
	hash := crypto.SHA256
	if ec, is := key.(*ecdsa.PublicKey); is && ec.Curve.Params().BitSize == 384 {
		hash = crypto.SHA384
	}
	return signature.LoadVerifier(key, hash)
}

func doVerify(arguments []string) error {
	key, err := verifier(arguments[0])
	if err != nil {
		return err
	}
	signed, err := bundle.LoadJSONFromPath(arguments[1])
	if err != nil {
		return err
	}
	file, err := os.Open(arguments[2])
	if err != nil {
		return err
	}
	defer file.Close()
	trusted := root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) { return timeless{key}, nil })
	judge, err := verify.NewVerifier(trusted, verify.WithNoObserverTimestamps())
	if err != nil {
		return err
	}
	result, err := judge.Verify(signed, verify.NewPolicy(verify.WithArtifact(file), verify.WithKey()))
	if err != nil {
		return err
	}
	if len(arguments) == 4 && (result.Statement == nil || result.Statement.PredicateType != arguments[3]) {
		return errors.New("another predicate type")
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

func doSign(arguments []string) error {
	algorithm, known := map[string]common.PublicKeyDetails{
		"P-256":   common.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256,
		"P-384":   common.PublicKeyDetails_PKIX_ECDSA_P384_SHA_384,
		"Ed25519": common.PublicKeyDetails_PKIX_ED25519,
	}[arguments[1]]
	if !known {
		return errors.New("no such algorithm")
	}
	data, err := os.ReadFile(arguments[2])
	if err != nil {
		return err
	}
	var content sign.Content = &sign.PlainData{Data: data}
	if arguments[0] == "statement" {
		content = &sign.DSSEData{Data: data, PayloadType: "application/vnd.in-toto+json"}
	}
	key, err := sign.NewEphemeralKeypair(&sign.EphemeralKeypairOptions{Algorithm: algorithm})
	if err != nil {
		return err
	}
	signed, err := sign.Bundle(content, key, sign.BundleOptions{})
	if err != nil {
		return err
	}
	text, err := protojson.Marshal(signed)
	if err != nil {
		return err
	}
	pem, err := key.GetPublicKeyPem()
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(arguments[3], text, 0o644), os.WriteFile(arguments[4], []byte(pem), 0o644))
}

func main() {
	arguments := os.Args[1:]
	err := errors.New("usage: verify KEY BUNDLE FILE [TYPE] | sign file|statement ALGORITHM FILE BUNDLE KEY | time BUNDLE ARTIFACT ROOT IDENTITY ISSUER")
	switch {
	case len(arguments) >= 4 && len(arguments) <= 5 && arguments[0] == "verify":
		err = doVerify(arguments[1:])
	case len(arguments) == 6 && arguments[0] == "sign":
		err = doSign(arguments[1:])
	case len(arguments) == 6 && arguments[0] == "time":
		err = doTime(arguments[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
