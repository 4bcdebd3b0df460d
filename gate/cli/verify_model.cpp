// verify_model.cpp: `headgate verify model`: is this folder or file what its OpenSSF Model Signing signature says?
#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "cli/parse.hpp"
#include "cli/trust_options.hpp"
#include "cli/verify.hpp"
#include "codec/json.hpp"
#include "io/file_source.hpp"
#include "pipeline/model_signing.hpp"

namespace headgate::cli {
namespace {

using codec::Json;

constexpr std::uint64_t kMaxPem = 1U << 20U;
constexpr std::size_t kMaxShown = 100;           // paths of one list

struct ModelOptions {
    TrustOptions trust;
    std::string model;
    std::string signature;
    std::vector<std::string> chain;
    std::vector<std::string> ignore_paths;
    std::string may_ignore = "documentation";
    bool allow_symlinks = false;
    bool ignore_unsigned = false;
    bool insecure_v0_2 = false;
    unsigned jobs = 0;
};

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

// What no signature of this method has cannot be counted, and so not be met.
Result<void> cannot_meet(std::initializer_list<std::pair<std::string_view, std::optional<std::size_t>>> asked, const std::string& why) {
    for (const auto& [option, count] : asked) {
        if (count.value_or(0) > 0) return usage(std::string(option) + ": " + why);
    }
    return {};
}

Result<attest::OmsTrust> trust_by_certificate(const ModelOptions& options) {
    if (!options.trust.key.empty() || options.trust.identity || options.trust.issuer) {
        return usage("--certificate-chain: give certificates, a key, or an identity with its issuer, not two of them");
    }
    TRY_VOID(cannot_meet({{"--tlog-threshold", options.trust.log_threshold}, {"--sct-threshold", options.trust.sct_threshold}},
                         "no log knows a model signature by the certificate of your own authority; timestamps are counted (--tsa-threshold)"));
    const std::size_t timestamps = std::max(options.trust.timestamp_threshold.value_or(0), options.trust.times_threshold.value_or(0));
    if (timestamps > 0 && options.trust.trusted_roots.empty()) {
        return usage("--tsa-threshold, --times-threshold: no timestamp counts without a --trusted-root that names its authority");
    }
    attest::OmsTrust trust;
    trust.now = TRY(options.trust.instant());
    trust.roots = TRY(options.trust.roots());
    trust.timestamps = timestamps;
    trust.anchors.emplace();
    for (const std::string& path : options.chain) {
        const Bytes pem = TRY(io::read_file(path, kMaxPem));
        const auto certificates = crypto::Certificate::list_from_pem(as_text(pem));
        if (!certificates.ok()) return Error{ErrorCode::key, path + ": " + certificates.error().message};
        trust.anchors->insert(trust.anchors->end(), certificates->begin(), certificates->end());
    }
    return trust;
}

Result<attest::OmsTrust> trust_of(const ModelOptions& options) {
    if (!options.chain.empty()) return trust_by_certificate(options);
    if (!options.trust.key.empty() && !options.trust.trusted_roots.empty()) {
        return usage("--trusted-root: says nothing about a model signature by --key");
    }
    if (!options.trust.key.empty()) {
        TRY_VOID(cannot_meet({{"--tlog-threshold", options.trust.log_threshold}, {"--tsa-threshold", options.trust.timestamp_threshold},
                              {"--times-threshold", options.trust.times_threshold}, {"--sct-threshold", options.trust.sct_threshold}},
                             "a model signature by --key is verified by itself: no log entry or time beside it counts, so that it could never be met"));
    }
    auto request = TRY(options.trust.request());
    attest::OmsTrust trust;
    trust.now = request.now;
    trust.roots = std::move(request.trust.roots);
    trust.thresholds = request.thresholds;
    if (request.trust.key) {
        trust.key = request.trust.key->key;
    } else {
        trust.keyless = {*options.trust.identity, *options.trust.issuer};
    }
    return trust;
}

Json list_of(const std::vector<std::string>& paths) {
    Json list = Json::array();
    for (const std::string& path : std::span(paths).first(std::min(paths.size(), kMaxShown))) list.push(Json::of(path));
    return list;
}

void add_list(Json& json, std::string key, const std::vector<std::string>& paths) {
    if (!paths.empty()) json.add(std::move(key), list_of(paths));
}

Json answer_of(const attest::SignedModel& signature) {
    Json answer = describe(signature.signer);
    if (signature.signer.certificate) {
        Json& certificate = answer.add("certificate", Json::object());
        certificate.add("sha256", Json::of(signature.signer.certificate->sha256()));
        certificate.add("subject", Json::of(signature.signer.certificate->subject()));
    }
    const attest::OmsManifest& manifest = signature.manifest;
    answer.add("version", Json::of(signature.v0_2 ? "0.2" : "1.0"));
    if (!manifest.root.empty()) answer.add("root", Json::of("sha256:" + manifest.root));
    answer.add("serialization", Json::of(manifest.shards ? "shards" : "files"));
    answer.add("hash", Json::of(crypto::to_string(manifest.hash)));
    return answer;
}

int print_result(const pipeline::ModelResult& result) {
    Json answer = result.signature ? answer_of(*result.signature) : Json::object();
    if (result.verified) {
        answer.add("files", Json::of(static_cast<std::int64_t>(result.files)));
        answer.add("bytes", Json::of(static_cast<std::int64_t>(result.bytes)));
    }
    add_list(answer, "differing", result.differing);
    add_list(answer, "missing", result.missing);
    add_list(answer, "unsigned", result.unlisted);
    add_list(answer, "ignored", result.ignored);
    return result.verified ? print_verified(std::move(answer)) : print_refused(result.reason, std::move(answer));
}

Result<int> run(const ModelOptions& options) {
    auto trust = trust_of(options);
    // Under a key or certificate that is none nothing verifies.
    if (!trust.ok() && trust.error().code == ErrorCode::key) return print_refused(trust.error().message);
    pipeline::ModelVerification request;
    request.trust = TRY(std::move(trust));
    request.model = options.model;
    request.signature = options.signature.empty() ? TRY(pipeline::default_signature_path(options.model)) : options.signature;
    request.ignore_paths = TRY(pipeline::ignored_by_caller(options.model, options.ignore_paths));
    request.may_ignore = options.may_ignore == "nothing"    ? pipeline::MayIgnore::nothing
                         : options.may_ignore == "anything" ? pipeline::MayIgnore::anything
                                                            : pipeline::MayIgnore::documentation;
    request.allow_links = options.allow_symlinks;
    request.ignore_unsigned = options.ignore_unsigned;
    request.trust.insecure_v0_2 = options.insecure_v0_2;
    request.jobs = options.jobs;
    return print_result(TRY(pipeline::verify_model(request)));
}

}  // namespace

VerifyRun declare_verify_model(CLI::App& app) {
    const auto options = std::make_shared<ModelOptions>();
    app.add_option("MODEL", options->model, "folder or single file")->type_name("FILE|DIR")->required();
    app.add_option("--signature", options->signature, "the bundle (default: model.sig in the folder, FILE.sig beside a file)")
        ->type_name("FILE");
    app.add_option("--certificate-chain", options->chain,
                   "certificates (PEM) of your own authority that the signer's chain must end in, instead of a key or an identity; the "
                   "timestamp authorities of --trusted-root may then say when it was signed; repeatable")
        ->type_name("FILE")
        ->allow_extra_args(false);
    options->trust.add_to(app);
    app.add_option("--ignore-paths", options->ignore_paths, "file or folder of the model that does not matter; repeatable")
        ->type_name("FILE|DIR")
        ->allow_extra_args(false);
    one_of(app.add_option("--may-ignore", options->may_ignore, "what the signature's own ignore list may leave out"),
           {"nothing", "documentation", "anything"})
        ->capture_default_str();
    app.add_flag("--allow-symlinks", options->allow_symlinks, "follow links inside the folder, where the signature does too");
    app.add_flag("--ignore-unsigned-files", options->ignore_unsigned, "files that were not signed do not matter (they are listed)");
    app.add_flag("--insecure-v0.2", options->insecure_v0_2, "also take the broken format of model_signing 0.2");
    app.add_option("--jobs", options->jobs, "threads that hash (default: as many as cores)")->type_name("N");
    return [options] { return run(*options); };
}

}  // namespace headgate::cli
