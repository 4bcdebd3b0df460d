// model_sign.cpp: sign_model() of model_signing.hpp, and what signing and verifying share: names of paths.
#include <algorithm>

#include "attest/dsse.hpp"
#include "attest/oms.hpp"
#include "attest/oms_emit.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"
#include "io/hash_files.hpp"
#include "io/model_tree.hpp"
#include "pipeline/model_signing.hpp"

namespace headgate::pipeline {
namespace {

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

// [0, size) in pieces of `shard_size`; an empty file has none, as the specification has it.
std::vector<io::HashRange> ranges_of(std::uint64_t size, std::uint64_t shard_size) {
    if (shard_size == 0) return {{0, size}};
    std::vector<io::HashRange> ranges;
    for (std::uint64_t at = 0; at < size;) {
        const std::uint64_t length = std::min(shard_size, size - at);
        ranges.push_back({at, at + length});
        at += length;
    }
    return ranges;
}

}  // namespace

Result<std::string> default_signature_path(const std::string& model) {
    const bool folder = TRY(io::path_type(model)) == io::Entry::Type::folder;
    std::string path = model;
    if (folder && !path.ends_with('/')) path += '/';
    return path.append(folder ? "model.sig" : ".sig");
}

Result<std::vector<std::string>> ignored_by_caller(const std::string& model, const std::vector<std::string>& given) {
    std::vector<std::string> ignored;
    for (const std::string& path : given) {
        std::string relative = path;
        while (relative.size() > 1 && relative.ends_with('/')) relative.pop_back();
        if (relative.starts_with('/')) {
            relative = io::path_in_model(model, relative);
            if (relative.empty()) return usage("--ignore-paths " + path + ": does not lie in " + model);
        }
        while (relative.starts_with("./")) relative.erase(0, 2);
        if (!attest::is_canonical_path(relative) || relative.find_first_of("*?") != std::string::npos) {
            return usage("--ignore-paths " + path + ": expected the path of a file or folder in the model, without patterns and \"..\"");
        }
        ignored.push_back(std::move(relative));
    }
    return ignored;
}

Result<SignedBundle> sign_model(const ModelSigning& request, const crypto::PrivateKey& key) {
    return sign_model(request, [&](std::string_view statement) { return attest::sign_model_bundle(statement, key, request.chain); });
}

Result<SignedBundle> sign_model(const ModelSigning& request, const attest::StatementSigner& sign) {
    io::TreeOptions options;
    for (const std::string_view path : attest::default_ignored_paths()) options.leave_out.emplace_back(path);
    options.leave_out.insert(options.leave_out.end(), request.ignore_paths.begin(), request.ignore_paths.end());
    const std::string own = io::path_in_model(request.model, request.signature);
    if (!own.empty()) options.leave_out.push_back(own);
    options.follow_links = request.follow_links;
    auto tree = io::model_tree(request.model, options);
    if (!tree.ok()) {
        const bool fault = tree.error().code == ErrorCode::malformed;
        return fault ? Error{ErrorCode::malformed, request.model + " cannot be signed: " + tree.error().message} : tree.error();
    }

    attest::OmsManifest manifest;
    manifest.name = tree->name;
    manifest.shards = request.shard_size != 0;
    manifest.shard_size = request.shard_size;
    manifest.hash = request.hash;
    manifest.follows_links = !tree->links.empty();
    std::sort(options.leave_out.begin(), options.leave_out.end());
    options.leave_out.erase(std::unique(options.leave_out.begin(), options.leave_out.end()), options.leave_out.end());
    if (tree->is_folder) manifest.ignore_paths = std::move(options.leave_out);

    std::vector<io::HashJob> work;
    SignedBundle answer;
    for (const io::ModelFile& file : tree->files) {
        work.push_back({tree->root, file.open_path, file.path, file.size, ranges_of(file.size, request.shard_size), false});
        answer.bytes += file.size;
    }
    answer.files = work.size();
    const auto hashes = TRY(io::hash_files(work, request.hash, request.jobs));
    for (std::size_t i = 0; i < work.size(); ++i) {
        for (std::size_t part = 0; part < work[i].ranges.size(); ++part) {
            const io::HashRange& range = work[i].ranges[part];
            manifest.resources.push_back({work[i].name, to_hex(hashes[i].ranges[part]), range.begin, range.end});
        }
    }
    if (manifest.resources.empty()) return Error{ErrorCode::malformed, request.model + ": there is nothing to sign"};
    const std::string statement = TRY(attest::oms_statement(manifest));
    answer.root = TRY(attest::parse_statement(as_bytes(statement))).subjects.front().digest.sha256;
    answer.bundle = TRY(sign(statement));
    return answer;
}

}  // namespace headgate::pipeline
