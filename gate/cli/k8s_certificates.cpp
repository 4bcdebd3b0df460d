// k8s_certificates.cpp: `headgate k8s certificates`: an authority of one's own and the webhook's certificate, made and renewed in a folder.
#include <algorithm>
#include <cstdio>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cli/k8s.hpp"
#include "crypto/x509.hpp"
#include "io/certificate_folder.hpp"
#include "io/file_source.hpp"
#include "report/kubernetes_manifests.hpp"

namespace headgate::cli {
namespace {

constexpr std::uint64_t kMostFile = 256ULL << 10U;
constexpr std::string_view kHost = "headgate.", kService = ".svc", kUsualNamespace = "headgate-system";

struct Options {
    io::CertificateFolder folder;
    std::string name_space;                  // "": what the certificate that is renewed says, or the usual one
    std::string output = "text";
    bool renew = false;
};

Result<Instant> end_of(const std::string& path) {
    const Bytes pem = TRY(io::read_file(path, kMostFile));
    const auto list = TRY(crypto::Certificate::list_from_pem(as_text(pem)));
    if (list.empty()) return Error{ErrorCode::key, path + ": holds no certificate"};
    // Of a bundle the newest authority, which signs, is the last.
    return list.back().not_after();
}

// As the Deployment mounts it. With the private key: for kubectl, through a pipe.
Result<void> print_secret(const Options& options) {
    const Bytes certificate = TRY(io::read_file(options.folder.certificate(), kMostFile));
    const Bytes key = TRY(io::read_file(options.folder.private_key(), kMostFile));
    std::printf("apiVersion: v1\nkind: Secret\nmetadata:\n  name: headgate-tls\n  namespace: %s\ntype: kubernetes.io/tls\ndata:\n  tls.crt: %s\n  tls.key: %s\n",
                options.name_space.c_str(), to_base64(certificate).c_str(), to_base64(key).c_str());
    return {};
}

// "headgate.NAMESPACE.svc", of a certificate's names; "" when none is that.
std::string namespace_in(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (!name.starts_with(kHost) || !name.ends_with(kService)) continue;
        const std::string_view between = std::string_view(name).substr(kHost.size(), name.size() - kHost.size());
        const std::string found(between.substr(0, between.size() - std::min(between.size(), kService.size())));
        if (report::is_namespace_name(found)) return found;
    }
    return {};
}

// What is renewed keeps its names, said again or not; what is said besides is added. To take one away is to make the certificate anew, without --renew.
void settle_names(Options& options) {
    std::vector<std::string> names;
    if (options.renew) names = io::names_in_certificate(options.folder);
    const bool kept = !names.empty();
    std::vector<std::string> said = options.folder.names;
    const bool of_namespace = !kept || !options.name_space.empty();
    if (options.name_space.empty()) options.name_space = namespace_in(names);
    if (options.name_space.empty()) options.name_space = kUsualNamespace;
    const std::string service = std::string(kHost) + options.name_space + std::string(kService);
    if (of_namespace) said.insert(said.begin(), {service, service + ".cluster.local"});
    for (std::string& name : said) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
    options.folder.names = std::move(names);
}

Result<int> run(Options& options) {
    io::CertificateFolder& folder = options.folder;
    if (!options.name_space.empty() && !report::is_namespace_name(options.name_space)) {
        return Error{ErrorCode::usage, "--namespace " + options.name_space + ": no name of a namespace"};
    }
    settle_names(options);
    if (!options.renew) TRY_VOID(io::make_certificate_folder(folder));
    const io::RenewedCertificates made = TRY(options.renew ? io::renew_server_certificate(folder, io::now()) : io::renew_certificates(folder, io::now()));
    const bool secret = options.output == "secret";
    std::FILE* const told = secret ? stderr : stdout;
    std::fprintf(told, "%s: the authority is %s, until %s; the certificate is %s, until %s\n", escape_terminal(folder.folder).c_str(),
                 made.authority ? "new" : "as it was", format_instant(TRY(end_of(folder.bundle()))).c_str(), made.server ? "new" : "as it was",
                 format_instant(TRY(end_of(folder.certificate()))).c_str());
    if (made.authority) std::fprintf(told, "publish %s (--ca-bundle) before the next renewal\n", escape_terminal(folder.bundle()).c_str());
    if (secret) TRY_VOID(print_secret(options));
    return kAllow;
}

}  // namespace

Subcommand k8s_certificates(CLI::App& parent) {
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("certificates", "make an authority and the webhook's certificate in a folder; renew what is due");
    app->add_option("DIR", options->folder.folder, "where ca.crt, ca.key, tls.crt and tls.key lie")->type_name("DIR")->required();
    app->add_option("--namespace", options->name_space, "where Headgate runs (headgate-system; with --renew, what the certificate says)")->type_name("NAME");
    app->add_option("--name", options->folder.names,
                    "further name or address of the server (repeatable; with --renew, beside those of the certificate)")->type_name("NAME")->allow_extra_args(false);
    app->add_flag("--renew", options->renew, "only the certificate, once less than a third of its life is left, and under the authority that is there");
    one_of(app->add_option("--output", options->output, "what was done, or the Secret for kubectl, with its private key")->capture_default_str(), {"text", "secret"});
    return {app, [options]() -> Result<int> { return run(*options); }};
}

}  // namespace headgate::cli
