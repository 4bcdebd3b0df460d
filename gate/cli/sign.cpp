// sign.cpp: `headgate sign`: an OpenSSF Model Signing signature over a model or dataset folder, or one file.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "cli/parse.hpp"
#include "cli/private_key.hpp"
#include "crypto/x509.hpp"
#include "io/atomic_file.hpp"
#include "io/clock.hpp"
#include "io/file_source.hpp"
#include "pipeline/model_signing.hpp"

namespace headgate::cli {
namespace {

constexpr std::uint64_t kMaxPem = 1U << 20U;

struct Options {
    std::string model;
    std::string key;
    std::vector<std::string> chain;
    std::string signature;
    std::vector<std::string> ignore_paths;
    std::string hash = "sha256";
    std::uint64_t shard_size = 0;
    bool shards = false;
    bool allow_symlinks = false;
    unsigned jobs = 0;
};

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

// Leaf first. Roots at the end are left out: a verifier has its own. What nobody would accept is not signed with.
Result<std::vector<crypto::Certificate>> read_chain(const std::vector<std::string>& paths, const crypto::PrivateKey& key, Instant now) {
    std::vector<crypto::Certificate> chain;
    for (const std::string& path : paths) {
        const Bytes pem = TRY(io::read_file(path, kMaxPem));
        const auto certificates = crypto::Certificate::list_from_pem(as_text(pem));
        if (!certificates.ok()) return Error{ErrorCode::key, path + ": " + certificates.error().message};
        chain.insert(chain.end(), certificates->begin(), certificates->end());
    }
    if (chain.empty()) return chain;
    const crypto::Certificate& leaf = chain.front();
    const auto unfit = [&](const std::string& why) { return Error{ErrorCode::key, paths.front() + ": the certificate " + why}; };
    if (leaf.spki_sha256() != key.public_key().spki_sha256()) {
        return unfit("(" + leaf.subject() + ") is not the key's; the signer's own certificate comes first");
    }
    if (!leaf.has_extended_key_usage(crypto::kEkuCodeSigning)) return unfit("is not for code signing (extended key usage codeSigning)");
    const auto usage = leaf.key_usage();
    if (usage && !usage->digital_signature) return unfit("has a key usage without digitalSignature");
    if (!leaf.valid_at(now)) {
        return unfit("is valid from " + format_instant(leaf.not_before()) + " to " + format_instant(leaf.not_after()) + ", not now");
    }
    while (chain.size() > 1 && chain.back().self_issued()) chain.pop_back();
    return chain;
}

Result<int> sign(const Options& options) {
    if (options.shards && options.shard_size == 0) return usage("--shard-size 0: expected a number of bytes, at least 1");
    const crypto::PrivateKey key = TRY(read_private_key(options.key));
    if (key.type() == crypto::KeyType::ed25519 || key.type() == crypto::KeyType::rsa) {
        return Error{ErrorCode::key, key_name(options.key) + ": a key of the kind " + std::string(crypto::to_string(key.type())) +
                                         "; model signatures are made with ECDSA over P-256, P-384 or P-521"};
    }
    const auto chain = TRY(read_chain(options.chain, key, io::now()));
    pipeline::ModelSigning request;
    request.model = options.model;
    request.signature = options.signature.empty() ? TRY(pipeline::default_signature_path(options.model)) : options.signature;
    request.ignore_paths = TRY(pipeline::ignored_by_caller(options.model, options.ignore_paths));
    request.hash = options.hash == "blake2b" ? crypto::FileHash::blake2b : crypto::FileHash::sha256;
    request.shard_size = options.shard_size;
    request.follow_links = options.allow_symlinks;
    request.chain = chain;
    request.jobs = options.jobs;
    const auto made = TRY(pipeline::sign_model(request, key));
    TRY_VOID(io::write_file_atomically(request.signature, made.bundle));
    std::printf("signed %s: %llu files, %llu bytes, root sha256:%s, into %s\n", escape_terminal(options.model).c_str(),
                static_cast<unsigned long long>(made.files), static_cast<unsigned long long>(made.bytes), made.root.c_str(),
                escape_terminal(request.signature).c_str());
    return kAllow;
}

}  // namespace

int run_sign(const Arguments& arguments) {
    CLI::App app("Sign a model or dataset (OpenSSF Model Signing): every file of a folder, or one file.", "headgate sign");
    Options options;
    app.add_option("MODEL", options.model, "folder or single file")->type_name("FILE|DIR")->required();
    app.add_option("--key", options.key, "private key (PEM, ECDSA; passphrase from HEADGATE_KEY_PASSPHRASE), or pkcs11: URI (PIN from HEADGATE_KEY_PIN)")
        ->type_name("FILE")
        ->required();
    app.add_option("--certificate-chain", options.chain, "certificates (PEM) of the key: the signer's own first; repeatable")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_option("--signature", options.signature, "where to write it (default: model.sig in the folder, FILE.sig beside a file)")
        ->type_name("FILE");
    app.add_option("--ignore-paths", options.ignore_paths, "file or folder of the model to leave out; repeatable")
        ->type_name("FILE|DIR")
        ->allow_extra_args(false);
    one_of(app.add_option("--hash", options.hash, "what files are listed by"), {"sha256", "blake2b"})->capture_default_str();
    CLI::Option* const shards =
        app.add_option("--shard-size", options.shard_size, "list pieces of so many bytes instead of whole files")->type_name("N");
    app.add_flag("--allow-symlinks", options.allow_symlinks, "follow links that stay inside the folder");
    app.add_option("--jobs", options.jobs, "threads that hash (default: as many as cores)")->type_name("N");
    if (const auto code = parse_arguments(app, arguments)) return *code;
    options.shards = shards->count() > 0;
    const auto code = sign(options);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace headgate::cli
