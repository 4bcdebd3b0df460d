package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sort"
	"syscall"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

const runs = 201

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// The median of the wall clock and the mean of the processor's time, of all threads.
func measure(name string, once func() error) error {
	times := make([]time.Duration, runs)
	before := processorTime()
	for i := range times {
		start := time.Now()
		if err := once(); err != nil {
			return err
		}
		times[i] = time.Since(start)
	}
	spent := processorTime() - before
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	fmt.Printf("%s %.3f %.3f\n", name, times[runs/2].Seconds()*1e3, spent.Seconds()*1e3/runs)
	return nil
}

func verifierOf(trusted *root.TrustedRoot) (*verify.Verifier, error) {
	return verify.NewVerifier(trusted, verify.WithSignedCertificateTimestamps(1), verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1))
}

// BUNDLE ARTIFACT TRUSTED-ROOT IDENTITY ISSUER: the bundle is read and verified, with a new verifier and with one that is kept.
func doTime(arguments []string) error {
	var files [3][]byte
	for i := range files {
		data, err := os.ReadFile(arguments[i])
		if err != nil {
			return err
		}
		files[i] = data
	}
	trusted, err := root.NewTrustedRootFromJSON(files[2])
	if err != nil {
		return err
	}
	who, err := verify.NewShortCertificateIdentity(arguments[4], "", arguments[3], "")
	if err != nil {
		return err
	}
	once := func(judge *verify.Verifier, artifact []byte) error {
		var signed bundle.Bundle
		if err := signed.UnmarshalJSON(files[0]); err != nil {
			return err
		}
		_, err := judge.Verify(&signed, verify.NewPolicy(verify.WithArtifact(bytes.NewReader(artifact)), verify.WithCertificateIdentity(who)))
		return err
	}
	kept, err := verifierOf(trusted)
	if err != nil {
		return err
	}
	// What accepts everything would be measured as fast.
	if once(kept, append([]byte("x"), files[1]...)) == nil {
		return errors.New("other bytes are accepted")
	}
	if err := measure("cold", func() error {
		judge, err := verifierOf(trusted)
		if err != nil {
			return err
		}
		return once(judge, files[1])
	}); err != nil {
		return err
	}
	return measure("kept", func() error { return once(kept, files[1]) })
}
