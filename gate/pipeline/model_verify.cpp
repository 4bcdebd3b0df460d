// model_verify.cpp: verify_model() of model_signing.hpp.
#include <algorithm>
#include <unordered_set>

#include "attest/oms.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "checkers/signature.hpp"
#include "formats/parser.hpp"
#include "io/file_source.hpp"
#include "io/hash_files.hpp"
#include "io/model_tree.hpp"
#include "pipeline/model_signing.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxSignature = 16ULL << 20U;

bool names(const attest::OmsManifest& manifest, std::string_view folder) {
    return std::any_of(manifest.resources.begin(), manifest.resources.end(),
                       [&](const attest::OmsResource& resource) { return attest::lies_in(resource.path, folder); });
}

// What is not looked at: the signature itself, what the caller says, and the default paths where the manifest lists nothing in
// them.
io::TreeOptions tree_options(const ModelVerification& request, const attest::OmsManifest& manifest) {
    io::TreeOptions options;
    options.leave_out = request.ignore_paths;
    const std::string own = io::path_in_model(request.model, request.signature);
    if (!own.empty()) options.leave_out.push_back(own);
    for (const std::string_view path : attest::default_ignored_paths()) {
        if (!names(manifest, path)) options.leave_out.emplace_back(path);
    }
    options.ignored = manifest.ignore_paths;
    options.follow_links = manifest.follows_links && request.allow_links;
    return options;
}

// Name and content, as the checker `signature` asks.
bool is_harmless(const ModelVerification& request, const io::ModelTree& tree, const io::ModelFile& file) {
    auto descriptor = tree.root->open_file(file.open_path);
    if (!descriptor.ok()) return false;
    const auto source = io::FileSource::open(std::move(descriptor).value(), file.path);
    if (!source.ok()) return false;
    Evidence evidence;
    Budget budget(request.limits);
    formats::ParseContext context{request.limits, budget, evidence, file.path, {}, 0};
    const bool whole = formats::examine(**source, context) == formats::Examined::whole;
    return whole && evidence.findings.empty() && evidence.opaques.empty() &&
           checkers::is_harmless_documentation(evidence, file.path);
}

class Verifier {
  public:
    explicit Verifier(const ModelVerification& request) : request_(request) {}

    Result<ModelResult> run() {
        const Bytes bundle = TRY(io::read_file(request_.signature, kMaxSignature));
        auto signed_model = attest::verify_model_signature(bundle, request_.trust);
        if (!signed_model.ok()) {
            if (signed_model.error().code == ErrorCode::usage) return signed_model.error();
            return refuse(signed_model.error().message);
        }
        result_.signature = std::move(signed_model).value();
        const attest::OmsManifest& manifest = result_.signature->manifest;
        for (const std::string& path : request_.ignore_paths) {
            if (names(manifest, path)) return refuse(path + " is to be ignored, but was signed: leave it out of --ignore-paths");
        }
        if (manifest.follows_links && !request_.allow_links) {
            return refuse("the signature lets symbolic links stand for what they lead to: allow it with --allow-symlinks");
        }
        auto tree = io::model_tree(request_.model, tree_options(request_, manifest));
        if (!tree.ok()) {
            if (tree.error().code != ErrorCode::malformed) return tree.error();
            return refuse(tree.error().message);
        }
        result_.ignored = tree->left_out;
        return compare(*tree, manifest);
    }

  private:
    ModelResult refuse(std::string reason) {
        result_.reason = std::move(reason);
        return std::move(result_);
    }

    Result<ModelResult> compare(io::ModelTree& tree, const attest::OmsManifest& manifest) {
        if (request_.ignore_unsigned) set_unlisted_aside(tree, manifest);
        std::vector<attest::OmsFile> files;
        files.reserve(tree.files.size());
        for (const io::ModelFile& file : tree.files) files.push_back({file.path, file.size});
        auto coverage = TRY(attest::oms_coverage(manifest, tree.is_folder, files, [&](std::span<const attest::OmsDemand> demands) {
            return hash(tree, manifest, demands);
        }));
        result_.missing = std::move(coverage.missing);
        result_.differing = std::move(coverage.differing);
        result_.unlisted.insert(result_.unlisted.end(), coverage.unlisted.begin(), coverage.unlisted.end());
        if (!coverage.covers) return refuse(std::move(coverage.problem));
        std::vector<std::string> unsigned_files = std::move(coverage.unsigned_files);
        unsigned_files.insert(unsigned_files.end(), tree.odd.begin(), tree.odd.end());
        result_.ignored.insert(result_.ignored.end(), unsigned_files.begin(), unsigned_files.end());
        for (const std::string& path : unsigned_files) {
            if (may_be_ignored(tree, path)) continue;
            result_.unlisted.push_back(path);
        }
        if (!request_.ignore_unsigned && !result_.unlisted.empty()) {
            return refuse(result_.unlisted.front() +
                          " is left out by the ignore list of the signature, so nobody signed it; if that is meant, name it with "
                          "--ignore-paths, or say what may be left out with --may-ignore");
        }
        result_.verified = true;
        return std::move(result_);
    }

    void set_unlisted_aside(io::ModelTree& tree, const attest::OmsManifest& manifest) {
        std::unordered_set<std::string_view> listed;
        for (const attest::OmsResource& resource : manifest.resources) listed.insert(resource.path);
        const auto is_listed = [&](const io::ModelFile& file) { return !tree.is_folder || listed.contains(file.path); };
        const auto kept = std::stable_partition(tree.files.begin(), tree.files.end(), is_listed);
        for (auto file = kept; file != tree.files.end(); ++file) result_.unlisted.push_back(file->path);
        tree.files.erase(kept, tree.files.end());
    }

    bool may_be_ignored(const io::ModelTree& tree, const std::string& path) const {
        if (request_.may_ignore != MayIgnore::documentation) return request_.may_ignore == MayIgnore::anything;
        const auto file = std::lower_bound(tree.files.begin(), tree.files.end(), path,
                                           [](const io::ModelFile& item, const std::string& wanted) { return item.path < wanted; });
        return file != tree.files.end() && file->path == path && is_harmless(request_, tree, *file);
    }

    Result<std::vector<std::vector<std::string>>> hash(const io::ModelTree& tree, const attest::OmsManifest& manifest,
                                                       std::span<const attest::OmsDemand> demands) {
        std::vector<io::HashJob> work;
        for (const attest::OmsDemand& demand : demands) {
            const io::ModelFile& file = tree.files[demand.file];
            io::HashJob job{tree.root, file.open_path, file.path, file.size, {}, false};
            for (const attest::ByteRange& range : demand.ranges) job.ranges.push_back({range.begin, range.end});
            work.push_back(std::move(job));
            result_.bytes += file.size;
        }
        result_.files = demands.size();
        std::vector<std::vector<std::string>> digests;
        for (const io::FileHashes& hashes : TRY(io::hash_files(work, manifest.hash, request_.jobs))) {
            std::vector<std::string>& texts = digests.emplace_back();
            for (const Bytes& digest : hashes.ranges) texts.push_back(to_hex(digest));
        }
        return digests;
    }

    const ModelVerification& request_;
    ModelResult result_;
};

}  // namespace

Result<ModelResult> verify_model(const ModelVerification& request) { return Verifier(request).run(); }

}  // namespace headgate::pipeline
