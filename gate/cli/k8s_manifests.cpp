// k8s_manifests.cpp: `headgate k8s manifests`: what to apply to a cluster, on stdout.
#include <cstdio>

#include "base/text.hpp"
#include "cli/k8s.hpp"
#include "cli/kubernetes_templates.hpp"
#include "crypto/certificates.hpp"
#include "io/file_source.hpp"
#include "model/reference.hpp"
#include "report/kubernetes_manifests.hpp"
#include "report/kubernetes_static_policy.hpp"

namespace headgate::cli {
namespace {

constexpr std::uint64_t kMaxPolicyFile = 1ULL << 20U;
constexpr std::uint64_t kMaxBundle = 256ULL << 10U;

struct Options {
    report::ManifestOptions manifests;
    std::string policy;
    std::string policy_sha256;
    std::string policy_signed_by;
    std::string ca_bundle;
};

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

/// The policy and the files that it names, as keys of one ConfigMap: which has no folders.
Result<std::vector<std::pair<std::string, std::string>>> files_of(const pipeline::LoadedPolicy& loaded) {
    std::vector<std::pair<std::string, std::string>> files;
    const auto add = [&](const std::string& name, const std::string& path) -> Result<void> {
        const Bytes bytes = TRY(io::read_file(path, kMaxPolicyFile));
        files.emplace_back(name, std::string(as_text(bytes)));
        return {};
    };
    TRY_VOID(add("policy.yaml", loaded.path));
    const std::string folder = folder_of(loaded.path);
    for (const pipeline::NamedFile& file : loaded.files) {
        const std::string path = TRY(io::real_path(file.path));
        const std::string name = path.substr(folder_of(path).size());
        if (folder_of(path) != folder || name == "policy.yaml") {
            return Error{ErrorCode::usage, file.name + " does not lie in the policy's folder: one ConfigMap cannot hold both; bring them together, or mount them yourself"};
        }
        TRY_VOID(add(name, path));
    }
    return files;
}

/// Only certificates: a bundle into which a private key slipped would be readable by everybody.
Result<std::string> read_bundle(const std::string& path) {
    const Bytes bytes = TRY(io::read_file(path, kMaxBundle));
    std::string pem(as_text(bytes));
    const auto facts = crypto::certificate_facts(pem);
    if (!facts.ok()) return Error{ErrorCode::key, path + ": " + facts.error().message};
    return pem;
}

Result<int> print(Options& options) {
    report::ManifestOptions& manifests = options.manifests;
    const bool of_folder = manifests.static_url.empty();
    if (of_folder && manifests.image.empty()) return Error{ErrorCode::usage, "--image is needed: the image of Headgate, by digest"};
    if (of_folder) {
        const auto image = parse_reference("oci:" + manifests.image);
        if (!image.ok()) return Error{ErrorCode::usage, "--image " + escape_terminal(manifests.image, 200) + ": " + image.error().message};
    }
    if (of_folder && manifests.image.find("@sha256:") == std::string::npos) {
        std::fprintf(stderr, "headgate: %s is named without a digest: what runs as the gate may change\n", escape_terminal(manifests.image).c_str());
    }
    if (!options.ca_bundle.empty()) manifests.ca_bundle = TRY(read_bundle(options.ca_bundle));

    const std::string policy = options.policy.empty() ? "builtin:kubernetes" : options.policy;
    const pipeline::PolicyPin pin = TRY(make_pin(options.policy_sha256, options.policy_signed_by));
    const pipeline::LoadedPolicy loaded = TRY(pipeline::load_policy(policy, pin));
    if (!loaded.path.empty()) {
        manifests.policy_files = TRY(files_of(loaded));
    } else if (!options.policy.empty()) {
        manifests.policy_files = {{"policy.yaml", "headgate: 1\npolicy: cluster/admission\nextends: [ { builtin: " + policy.substr(policy.find(':') + 1) + " } ]\n"}};
    }

    const report::StaticPart part = report::static_part(loaded.policy);
    for (const std::string& left_out : part.left_out) {
        std::fprintf(stderr, "headgate: not in the static policy: %s\n", escape_terminal(left_out).c_str());
    }
    report::StaticPolicyOptions fixed;
    if (!of_folder) fixed.name += ".static.k8s.io";
    fixed.excluded = report::excluded_namespaces(manifests);
    fixed.armed = manifests.armed;
    const std::string stream = TRY(report::write_manifests(kKubernetesTemplates, manifests, report::static_admission_policy(part, fixed)));
    std::fwrite(stream.data(), 1, stream.size(), stdout);
    if (std::fflush(stdout) != 0) return Error{ErrorCode::io, "the manifests could not be written"};
    return kAllow;
}

}  // namespace

Subcommand k8s_manifests(CLI::App& parent) {
    auto options = std::make_shared<Options>();
    report::ManifestOptions& manifests = options->manifests;
    CLI::App* app = parent.add_subcommand("manifests", "print what to apply: the deployment, and webhooks that are asked nothing until --armed");
    app->add_option("--namespace", manifests.name_space, "where Headgate runs")->type_name("NAME")->capture_default_str();
    app->add_option("--image", manifests.image, "its image, by digest")->type_name("REF");
    app->add_option("--replicas", manifests.replicas, "pods at least")->type_name("N")->check(CLI::Range(1, 1000))->capture_default_str();
    one_of(app->add_option("--failure-policy", manifests.failure_policy, "what a review comes to that nobody answers"), {"Fail", "Ignore"})
        ->capture_default_str();
    app->add_option("--exclude-namespace", manifests.excluded, "not asked about, besides its own and kube-system (repeatable)")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app->add_option("--skip-namespace", manifests.skippable, "may bear the label admission.headgate.dev/skip (repeatable)")
        ->type_name("NAME")
        ->allow_extra_args(false);
    add_policy_options(*app, options->policy, options->policy_sha256, options->policy_signed_by);
    app->add_option("--ca-bundle", options->ca_bundle, "certificates (PEM) that the API server trusts the gate by")->type_name("FILE");
    app->add_flag("--armed", manifests.armed, "with the rules of the webhooks: once the pods are ready");
    app->add_flag("--mutate", manifests.mutate, "tags become the digests that were judged");
    app->add_option("--static", manifests.static_url, "for the API server's folder of static manifests (1.37): the gate's https:// address")
        ->type_name("URL");
    return {app, [options] { return print(*options); }};
}

}  // namespace headgate::cli
