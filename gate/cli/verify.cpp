// verify.cpp: the table of `headgate verify`.
#include "cli/verify.hpp"

#include <array>
#include <utility>
#include <vector>

#include "cli/parse.hpp"

namespace headgate::cli {
namespace {

constexpr std::array kKinds = {
    VerifyKind{"bundle", "a Sigstore bundle, or a DSSE envelope under a key: who signed it, and when", declare_verify_bundle},
    VerifyKind{"image", "signatures and attestations of a container image (cosign, Sigstore bundles, Notation)", declare_verify_image},
    VerifyKind{"model", "a model folder or file against its OpenSSF Model Signing signature", declare_verify_model},
    VerifyKind{"package", "what a package index hands out: PEP 740, npm and GitHub attestations", declare_verify_package},
    VerifyKind{"provenance", "SLSA provenance of a named builder, source and ref, or a verification summary", declare_verify_provenance},
    VerifyKind{"verdict", "a verdict attestation (in-toto VSA: DSSE or Sigstore bundle)", declare_verify_verdict},
};

}  // namespace

int run_verify(const Arguments& arguments) {
    CLI::App app("Verify a signature or a statement, offline (an oci: image at its registry). Exit 0 only if it is by whom you name, about exactly these bytes.",
                 "headgate verify");
    app.require_subcommand(1);
    std::vector<std::pair<CLI::App*, VerifyRun>> kinds;
    for (const VerifyKind& kind : kKinds) {
        CLI::App* const sub = app.add_subcommand(std::string(kind.name), std::string(kind.help));
        kinds.emplace_back(sub, kind.declare(*sub));
    }
    if (const auto code = parse_arguments(app, arguments)) return *code;
    for (const auto& [sub, run] : kinds) {
        if (!sub->parsed()) continue;
        const auto code = run();
        return code.ok() ? *code : fail(code.error());
    }
    return kUsage;
}

}  // namespace headgate::cli
