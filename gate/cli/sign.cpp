// sign.cpp: `headgate sign`: an OpenSSF Model Signing signature over a model or dataset folder, or one file; also a plain Sigstore signature over
// a file's bytes, and over an in-toto statement. With a key, or by identity.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "attest/statement.hpp"
#include "base/text.hpp"
#include "cli/outputs.hpp"
#include "cli/parse.hpp"
#include "cli/private_key.hpp"
#include "cli/signer.hpp"
#include "crypto/x509.hpp"
#include "io/atomic_file.hpp"
#include "io/clock.hpp"
#include "io/file_source.hpp"
#include "pipeline/model_signing.hpp"
#include "sigstore/pae.hpp"

namespace headgate::cli {
namespace {

constexpr std::uint64_t kMaxPem = 1U << 20U;
constexpr std::uint64_t kMaxShard = 1ULL << 53U;     // what every reader of JSON takes for a whole number
constexpr std::uint64_t kMaxBlob = 1U << 30U;        // bytes that are signed as they are are held in memory
constexpr std::uint64_t kMaxStatement = 8U << 20U;

struct Options {
    std::string model;
    SignerOptions signer;
    std::string content = "model";
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

std::string by_whom(const Signer& signer) {
    const std::string who = signer.signed_as();
    return who.empty() ? "" : ", " + escape_terminal(who);
}

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

// Where the signature goes when nobody says.
Result<std::string> signature_path(const Options& options) {
    if (!options.signature.empty()) return options.signature;
    if (options.content != "model") return options.model + ".sigstore.json";
    return pipeline::default_signature_path(options.model);
}

Result<void> check_paths(const Options& options) {
    std::vector<NamedPath> inputs = options.signer.files();
    inputs.push_back({"MODEL", options.model});
    for (const std::string& path : options.chain) inputs.push_back({"--certificate-chain", path});
    return check_outputs(inputs, {{"--signature", TRY(signature_path(options))}});
}

Result<int> sign_model(const Options& options, Signer& signer) {
    if (const auto& key = signer.key(); key && (key->type() == crypto::KeyType::ed25519 || key->type() == crypto::KeyType::rsa)) {
        return Error{ErrorCode::key, key_name(options.signer.key) + ": a key of the kind " + std::string(crypto::to_string(key->type())) +
                                         "; model signatures are made with ECDSA over P-256, P-384 or P-521"};
    }
    if (signer.keyless() && !options.chain.empty()) return usage("--certificate-chain goes with --key: --keyless gets a certificate of its own");
    const auto chain = signer.keyless() ? std::vector<crypto::Certificate>() : TRY(read_chain(options.chain, *signer.key(), io::now()));
    pipeline::ModelSigning request;
    request.model = options.model;
    request.signature = TRY(signature_path(options));
    request.ignore_paths = TRY(pipeline::ignored_by_caller(options.model, options.ignore_paths));
    request.hash = options.hash == "blake2b" ? crypto::FileHash::blake2b : crypto::FileHash::sha256;
    request.shard_size = options.shard_size;
    request.follow_links = options.allow_symlinks;
    request.jobs = options.jobs;
    const auto made = TRY(pipeline::sign_model(request, [&](std::string_view statement) { return signer.model_bundle(statement, chain); }));
    TRY_VOID(io::write_file_atomically(request.signature, made.bundle));
    std::printf("signed %s: %llu files, %llu bytes, root sha256:%s, into %s%s\n", escape_terminal(options.model).c_str(),
                static_cast<unsigned long long>(made.files), static_cast<unsigned long long>(made.bytes), made.root.c_str(),
                escape_terminal(request.signature).c_str(), by_whom(signer).c_str());
    return kAllow;
}

// One file, as it is: its bytes, or the statement that it holds.
Result<int> sign_file(const Options& options, Signer& signer) {
    const bool is_statement = options.content == "statement";
    const Bytes bytes = TRY(io::read_file(options.model, is_statement ? kMaxStatement : kMaxBlob));
    if (!is_statement && sigstore::begins_as_envelope(bytes)) {
        return usage(options.model + ": it begins as what the signature of a DSSE envelope is over (\"DSSEv1 \"), so that a signature over it would sign "
                     "that envelope; sign the statement itself: --content statement");
    }
    if (is_statement) {
        const auto statement = attest::parse_statement(bytes);
        if (!statement.ok()) return Error{statement.error().code, options.model + ": " + statement.error().message};
    }
    const std::string bundle = is_statement ? TRY(signer.bundle(as_text(bytes))) : TRY(signer.message_bundle(bytes));
    const std::string path = TRY(signature_path(options));
    TRY_VOID(io::write_file_atomically(path, bundle));
    std::printf("signed %s: %zu bytes, into %s%s\n", escape_terminal(options.model).c_str(), bytes.size(), escape_terminal(path).c_str(),
                by_whom(signer).c_str());
    return kAllow;
}

Result<int> sign(const Options& options) {
    if (options.shards && (options.shard_size == 0 || options.shard_size > kMaxShard)) {
        return usage("--shard-size " + std::to_string(options.shard_size) + ": expected a number of bytes, 1 to " + std::to_string(kMaxShard));
    }
    if (!options.signer.given()) return usage("sign with what? Give --key FILE, or --keyless");
    const bool of_model = options.content == "model";
    if (!of_model && (options.shards || options.allow_symlinks || !options.ignore_paths.empty() || !options.chain.empty() || options.hash != "sha256")) {
        return usage("--content " + options.content + " signs one file as it is: options about lists of files and certificates go with --content model");
    }
    TRY_VOID(check_paths(options));
    Signer signer = TRY(Signer::prepare(options.signer));
    return of_model ? sign_model(options, signer) : sign_file(options, signer);
}

}  // namespace

int run_sign(const Arguments& arguments) {
    CLI::App app("Sign a model or dataset (OpenSSF Model Signing): every file of a folder, or one file; by key, or by identity (keyless).", "headgate sign");
    Options options;
    app.add_option("MODEL", options.model, "folder or single file")->type_name("FILE|DIR")->required();
    one_of(app.add_option("--content", options.content, "what MODEL is signed as: a model's list of files, plain bytes, an in-toto statement"),
           {"model", "blob", "statement"})
        ->capture_default_str();
    options.signer.add_to(app);
    app.add_option("--certificate-chain", options.chain, "certificates (PEM) of the key: the signer's own first; repeatable")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_option("--signature", options.signature, "where to write it (default: model.sig in the folder, FILE.sig beside a file; FILE.sigstore.json for --content blob and statement)")
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
