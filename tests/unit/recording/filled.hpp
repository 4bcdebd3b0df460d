// filled.hpp: a recording in which no field of any noun has its default value.
#pragma once

#include "recording/recording.hpp"

namespace recording_test {

using namespace headgate;

inline std::string hex(char digit) { return std::string(64, digit); }

inline Evidence filled_evidence() {
    const Location where{"dir/a.bin", "a.ckpt!data.pkl", 7, 9};
    const CertifiedIdentity identity{"https://issuer.example", "https://ci.example/x@refs/heads/main", {{"source-repository", "r"}},
                                     hex('1'), hex('2'), 1'763'000'000, 1'765'000'000};
    Evidence evidence;
    evidence.files = {{"dir/a.bin", UINT64_MAX, hex('a'), true, true}};
    evidence.formats = {{where, "pickle", true, true}};
    evidence.imports = {{where, "posix", "system", "os system"}};
    evidence.calls = {{where, Call::How::persistent, "posix.system", {"str:echo \"x\"\n", "none"}}};
    evidence.members = {{where, "data.pkl", 5, hex('b')}};
    evidence.tensors = {{where, "w", "F32", {2, UINT64_MAX}, 16, TensorStatistics{4, 1, 2, 3, 0.1, 3.4e38}}};
    evidence.requirements = {{where, parse_reference("pkg:pypi/requests@2.31.0").value(), "Requests", true, Requirement::Source::git,
                              "https://index.example/simple", {"sha256:" + hex('c'), "md5:" + std::string(32, 'd'), "h1:" + hex('e')}, true, true,
                              "python_version < '3.9'", {"https://files.example/a.whl"}, ">=2,<3", 1'760'000'000, true}};
    evidence.declared = evidence.requirements;
    evidence.traits = {{where, "runs-at-install", "node-gyp rebuild"}};
    evidence.index_options = {{where, IndexOption::Role::scoped, "pypi", "https://index.example", "--extra-index-url", "acme-*"}};
    evidence.digest_claims = {{where, "a.bin", DigestClaim::Outcome::unlisted}};
    evidence.signatures = {{where, "oms", {"ci"}, {hex('e'), hex('f')}, true, "it is about other bytes", "b.bin", {"README.md"},
                            hex('3'), identity, 1'764'000'000, "the key old is outside"}};
    evidence.statements = {{where, "https://in-toto.io/attestation/test-result/v0.1", {"ci"}, {hex('e')},
                            {{"/result", PredicateField::Type::boolean, "true"}}, 1'764'000'001, hex('4'), identity, 1'764'000'002}};
    evidence.provenances = {{where, "https://slsa.dev/provenance/v1", {"ci"}, {hex('e')}, "https://ci.example/builder@refs/tags/v1.0.0",
                             "https://ci.example/workflow/v1", "https://git.example/acme/model", "refs/heads/main", std::string(40, 'a'),
                             ".ci/release.yml", "https://ci.example/runs/1", {{"/inputs/x", PredicateField::Type::text, "y"}},
                             {{"git+https://git.example/acme/model", {"gitCommit:" + std::string(40, 'a')}}},
                             "https://ci.example/delegator@refs/tags/v1.0.0", "the certificate names another source", hex('5'), identity, 1'764'000'003}};
    evidence.cards = {{where, {{"license", "MIT"}}, "its front matter does not end"}};
    evidence.operators = {{where, "onnx", "com.microsoft", "Gelu"}};
    evidence.index_entries = {{where, "w", "weights.bin", 4096, 16}};
    evidence.configurations = {{where, "model", {{"/hidden_size", PredicateField::Type::number, "64"}}}};
    evidence.vocabularies = {{where, 100, 128}};
    evidence.comparisons = {{"base", {hex('6'), hex('7')},
                             {{where, "w", TensorRelation::Kind::low_rank, 8, 0.25, 0.5, 1e-9}},
                             {{where, "chat-template", "/chat_template", "{{ a }}", "{{ b }}"}}}};
    evidence.includes = {{where, "base.txt", true}};
    const SecurityContext security{true, true, true, true, true, 1000, "Localhost", "Localhost", "Unmasked", "container_t", "user_u", "role_r", {"CHOWN"}, {"ALL"}};
    Workload workload;
    workload.where = where;
    workload.object = "items[1]";
    workload.last_line = 20;
    workload.kind = "Pod", workload.name = "p", workload.space = "n", workload.os = "windows", workload.runtime_class = "gvisor", workload.service_account = "s";
    workload.host_network = workload.host_pid = workload.host_ipc = workload.shared_processes = true;
    workload.host_users = workload.token = true;
    workload.security = security;
    workload.sysctls = {"kernel.msgmax"};
    workload.apparmor = {{"container.apparmor.security.beta.kubernetes.io/c", "unconfined"}};
    workload.labels = {{"app", "x"}};
    workload.volumes = {{"v", {"hostPath"}, "/dev", true}};
    workload.containers = {{where, WorkloadContainer::Role::sidecar, "c", "image", security, {80}, {"h"}, {"memory"}, {{"HF_TOKEN", "x", "secretKeyRef"}}, {"--trust-remote-code"}, {{"v", "/m", true, "models/a"}}, {"d"}}};
    evidence.workloads = {workload};
    evidence.fences = {{where, "deny", "n", {{"app", "x"}}, true, true, true, true, true}};
    evidence.opaques = {{where, "compressed by nothing we know", 3}};
    evidence.findings = {{"pickle.malformed", Severity::critical, "ends early \x1b[31m", where, "why", "fix", {"GHSA-1", "CVE-2"}}};
    return evidence;
}

inline Subject filled_subject() {
    Subject subject;
    subject.ref = "oci-layout:dir:tag";
    subject.reference = parse_reference("oci:registry.example/acme/model:1@sha256:" + hex('a')).value();
    subject.kind = Kind::container;
    subject.origin = Origin::recorded;
    subject.digest = {hex('a'), hex('b')};
    subject.has_bytes = true;
    subject.is_folder = true;
    subject.is_manifest = true;
    subject.named_at = Location{"requirements.txt", "x", 1, 2};
    subject.named_as_image = true;
    subject.named_as_model = true;
    return subject;
}

inline Recording filled() { return {filled_subject(), filled_evidence(), {{filled_subject(), filled_evidence()}}}; }

}  // namespace recording_test
