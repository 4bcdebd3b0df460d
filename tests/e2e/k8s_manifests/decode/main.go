// Decodes every document of a stream of YAML into the type that Kubernetes has for it, strictly: an unknown, misspelt or repeated field, or a
// value of another type, is an error. Prints one line "KIND NAME" a document.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	admission "k8s.io/api/admissionregistration/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

type object interface {
	meta.Object
}

var types = map[string]func() object{
	"v1/Namespace":                           func() object { return &core.Namespace{} },
	"v1/ServiceAccount":                      func() object { return &core.ServiceAccount{} },
	"v1/ConfigMap":                           func() object { return &core.ConfigMap{} },
	"v1/Service":                             func() object { return &core.Service{} },
	"apps/v1/Deployment":                     func() object { return &apps.Deployment{} },
	"policy/v1/PodDisruptionBudget":          func() object { return &policy.PodDisruptionBudget{} },
	"autoscaling/v2/HorizontalPodAutoscaler": func() object { return &autoscaling.HorizontalPodAutoscaler{} },
	"networking.k8s.io/v1/NetworkPolicy":     func() object { return &networking.NetworkPolicy{} },
	"admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy": func() object { return &admission.ValidatingAdmissionPolicy{} },
	"admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding": func() object {
		return &admission.ValidatingAdmissionPolicyBinding{}
	},
	"admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration": func() object { return &admission.ValidatingWebhookConfiguration{} },
	"admissionregistration.k8s.io/v1/MutatingWebhookConfiguration":   func() object { return &admission.MutatingWebhookConfiguration{} },
}

func decode(document []byte) error {
	var kind meta.TypeMeta
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return err
	}
	make, known := types[kind.APIVersion+"/"+kind.Kind]
	if !known {
		return fmt.Errorf("%s %s is not expected", kind.APIVersion, kind.Kind)
	}
	into := make()
	if err := yaml.UnmarshalStrict(document, into); err != nil {
		return fmt.Errorf("%s: %w", kind.Kind, err)
	}
	fmt.Println(kind.Kind, into.GetName())
	return nil
}

func main() {
	stream, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	for _, document := range bytes.Split(append([]byte("\n"), stream...), []byte("\n---\n")) {
		if len(bytes.TrimSpace(document)) == 0 {
			continue
		}
		if err := decode(document); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
