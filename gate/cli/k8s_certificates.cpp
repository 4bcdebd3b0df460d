// k8s_certificates.cpp: `headgate k8s certificates`: an authority of one's own and the webhook's certificate, made and renewed in a folder.
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/text.hpp"
#include "cli/k8s.hpp"
#include "io/certificate_folder.hpp"
#include "report/kubernetes_manifests.hpp"

namespace headgate::cli {

Subcommand k8s_certificates(CLI::App& parent) {
    struct Options {
        io::CertificateFolder folder;
        std::string name_space = "headgate-system";
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("certificates", "make an authority and the webhook's certificate in a folder; renew what is due");
    app->add_option("DIR", options->folder.folder, "where ca.crt, ca.key, tls.crt and tls.key lie")->type_name("DIR")->required();
    app->add_option("--namespace", options->name_space, "where Headgate runs")->type_name("NAME")->capture_default_str();
    app->add_option("--name", options->folder.names, "further name or address of the server (repeatable)")->type_name("NAME")->allow_extra_args(false);
    return {app, [options]() -> Result<int> {
        io::CertificateFolder& folder = options->folder;
        if (!report::is_namespace_name(options->name_space)) return Error{ErrorCode::usage, "--namespace " + options->name_space + ": no name of a namespace"};
        const std::string service = "headgate." + options->name_space + ".svc";
        folder.names.insert(folder.names.begin(), {service, service + ".cluster.local"});
        if (::mkdir(folder.folder.c_str(), 0700) != 0 && errno != EEXIST) return Error{ErrorCode::io, folder.folder + ": " + std::strerror(errno)};
        const io::RenewedCertificates made = TRY(io::renew_certificates(folder, io::now()));
        std::printf("%s: the authority is %s, the certificate is %s\n", escape_terminal(folder.folder).c_str(), made.authority ? "new" : "as it was",
                    made.server ? "new" : "as it was");
        if (made.authority) std::printf("publish %s (--ca-bundle) before the next renewal\n", escape_terminal(folder.bundle()).c_str());
        return kAllow;
    }};
}

}  // namespace headgate::cli
