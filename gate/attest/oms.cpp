#include "attest/oms.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>

#include "attest/oms_manifest.hpp"
#include "base/text.hpp"

namespace headgate::attest {
namespace {

// Left out by every implementation, at the top only; `.git` is no part of a subject anyway.
constexpr std::array<std::string_view, 4> kDefaultIgnored = {".git", ".gitignore", ".gitattributes", ".github"};

bool lies_in(std::string_view path, std::string_view folder) {
    return path == folder || (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

bool is_ignored(const OmsManifest& manifest, std::string_view path) {
    const auto inside = [&](std::string_view folder) { return lies_in(path, folder); };
    return std::any_of(kDefaultIgnored.begin(), kDefaultIgnored.end(), inside) ||
           std::any_of(manifest.ignore_paths.begin(), manifest.ignore_paths.end(), inside);
}

OmsCoverage not_covered(std::string problem, std::string path = {}) {
    return {false, std::move(problem), std::move(path), {}};
}

// The files by the names under which a manifest lists them: "." or the base name for a single file.
class FileIndex {
  public:
    FileIndex(const Subject& subject, std::span<const FileRecord> files) {
        for (const FileRecord& file : files) {
            if (subject.is_folder) {
                files_.emplace(file.path, &file);
            } else if (!file.evidence) {
                files_.emplace(std::string_view(file.path).substr(file.path.rfind('/') + 1), &file);
                files_.emplace(".", &file);
            }
        }
    }
    const FileRecord* find(std::string_view path) const {
        const auto found = files_.find(path);
        return found == files_.end() ? nullptr : found->second;
    }

  private:
    std::map<std::string_view, const FileRecord*> files_;
};

// Shards of one file, by where they begin: from 0, without gap, each of shard_size except the last, which ends the file.
OmsCoverage check_shards(const OmsManifest& manifest, const FileRecord& file, const std::vector<const OmsResource*>& shards) {
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < shards.size(); ++i) {
        const OmsResource& shard = *shards[i];
        const bool last = i + 1 == shards.size();
        const std::uint64_t length = shard.end - shard.begin;
        if (shard.begin != expected || length > manifest.shard_size || (!last && length != manifest.shard_size)) {
            return not_covered("the signed shards of " + file.path + " do not follow one another", file.path);
        }
        expected = shard.end;
    }
    if (expected != file.size) {
        return not_covered(file.path + " has " + std::to_string(file.size) + " bytes, the signed shards end at " +
                               std::to_string(expected),
                           file.path);
    }
    if (shards.size() > 1) {
        return not_covered(file.path + " is signed in " + std::to_string(shards.size()) +
                               " shards, which this build does not hash: sign with the method \"files\"",
                           file.path);
    }
    if (shards.front()->sha256 != file.sha256) return not_covered(file.path + " differs from what was signed", file.path);
    return {true, {}, {}, {}};
}

using Listed = std::map<std::string_view, std::vector<const OmsResource*>>;

OmsCoverage check_listed(const OmsManifest& manifest, const Listed& listed, const FileIndex& index) {
    for (const auto& [path, resources] : listed) {
        const FileRecord* const file = index.find(path);
        if (file == nullptr) {
            return not_covered(std::string(path) + " was signed, but is not there", std::string(path));
        }
        if (manifest.shards) {
            OmsCoverage result = check_shards(manifest, *file, resources);
            if (!result.covers) return result;
        } else if (resources.front()->sha256 != file->sha256) {
            return not_covered(file->path + " differs from what was signed", file->path);
        }
    }
    return {true, {}, {}, {}};
}

}  // namespace

OmsCoverage oms_coverage(const Envelope& envelope, const Subject& subject, std::span<const FileRecord> files) {
    if (!envelope.bundle) return not_covered("a model signature must be a Sigstore bundle");
    if (envelope.payload_type != kInTotoPayload) return not_covered("the payload type is not " + std::string(kInTotoPayload));
    const auto statement = parse_statement(envelope.payload);
    if (!statement.ok()) return not_covered("the signed statement is not valid: " + statement.error().message);
    if (statement->predicate_type != kModelSigningPredicate) return not_covered("the signed statement is no model signature");
    const auto manifest = read_oms_manifest(*statement);
    if (!manifest.ok() && manifest.error().code == ErrorCode::unsupported) return not_covered(manifest.error().message);
    if (!manifest.ok()) return not_covered("the signed statement is not valid: " + manifest.error().message);

    const FileIndex index(subject, files);
    Listed listed;
    for (const OmsResource& resource : manifest->resources) listed[resource.path].push_back(&resource);
    for (auto& [path, resources] : listed) {
        std::sort(resources.begin(), resources.end(), [](const auto* a, const auto* b) { return a->begin < b->begin; });
    }
    OmsCoverage result = check_listed(*manifest, listed, index);
    if (!result.covers) return result;
    std::unordered_set<std::string_view> covered;
    for (const auto& [path, resources] : listed) covered.insert(index.find(path)->path);
    for (const FileRecord& file : files) {
        if (file.evidence || covered.contains(file.path)) continue;
        if (manifest->shards && file.size == 0) continue;  // has no shard
        if (!subject.is_folder || !is_ignored(*manifest, file.path)) {
            return not_covered(file.path + " is there, but was not signed", file.path);
        }
        result.unsigned_files.push_back(file.path);
    }
    if (covered.empty()) return not_covered("no file is covered");
    return result;
}

}  // namespace headgate::attest
