#include "attest/oms.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace headgate::attest {
namespace {

constexpr std::array<std::string_view, 4> kDefaultIgnored = {".git", ".gitignore", ".gitattributes", ".github"};

// Left out by default or by the signed list. Asked by the folders of a path, so that neither count makes the other dear.
class IgnoreList {
  public:
    explicit IgnoreList(const OmsManifest& manifest) : paths_(kDefaultIgnored.begin(), kDefaultIgnored.end()) {
        paths_.insert(manifest.ignore_paths.begin(), manifest.ignore_paths.end());
    }
    bool covers(std::string_view path) const {
        for (std::size_t end = path.find('/'); end != std::string_view::npos; end = path.find('/', end + 1)) {
            if (paths_.contains(path.substr(0, end))) return true;
        }
        return paths_.contains(path);
    }

  private:
    std::unordered_set<std::string_view> paths_;
};

// The files by the names under which a manifest lists them.
class FileIndex {
  public:
    FileIndex(bool is_folder, std::span<const OmsFile> files) {
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (is_folder) {
                files_.emplace(files[i].path, i);
            } else {
                files_.emplace(std::string_view(files[i].path).substr(files[i].path.rfind('/') + 1), i);
                files_.emplace(".", i);
            }
        }
    }
    std::optional<std::size_t> find(std::string_view path) const {
        const auto found = files_.find(path);
        return found == files_.end() ? std::nullopt : std::optional<std::size_t>(found->second);
    }

  private:
    std::unordered_map<std::string_view, std::size_t> files_;
};

// Shards of one file, by where they begin: from 0, without gap, each of shard_size except the last, which ends the file.
std::string problem_of_shards(const OmsManifest& manifest, const OmsFile& file, const OmsDemand& demand) {
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < demand.ranges.size(); ++i) {
        const ByteRange& range = demand.ranges[i];
        const bool last = i + 1 == demand.ranges.size();
        const std::uint64_t length = range.end - range.begin;
        if (range.begin != expected || length > manifest.shard_size || (!last && length != manifest.shard_size)) {
            return "the signed shards of " + file.path + " do not follow one another";
        }
        expected = range.end;
    }
    if (expected == file.size) return "";
    return file.path + " has " + std::to_string(file.size) + " bytes, the signed shards end at " + std::to_string(expected);
}

std::string names_some(const std::vector<std::string>& paths) {
    return paths.size() == 1 ? "" : " (and " + std::to_string(paths.size() - 1) + " more)";
}

OmsCoverage coverage_of(OmsMatch match) {
    OmsCoverage coverage;
    coverage.missing = std::move(match.missing);
    coverage.unlisted = std::move(match.unlisted);
    coverage.unsigned_files = std::move(match.ignored);
    if (!match.problems.empty()) {
        coverage.problem = std::move(match.problems.front().what);
        coverage.problem_path = std::move(match.problems.front().path);
        const std::vector<std::string>& all = coverage.missing.empty() ? coverage.unlisted : coverage.missing;
        if (!all.empty() && all.front() == coverage.problem_path) coverage.problem += names_some(all);
    }
    return coverage;
}

// Which of the shards: where in the file the first difference lies.
std::string where_in(const OmsManifest& manifest, const ByteRange& range) {
    if (!manifest.shards) return "";
    return " (between bytes " + std::to_string(range.begin) + " and " + std::to_string(range.end) + ")";
}

}  // namespace

std::span<const std::string_view> default_ignored_paths() { return kDefaultIgnored; }

bool lies_in(std::string_view path, std::string_view folder) {
    return path == folder || (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

OmsMatch match_names(const OmsManifest& manifest, bool is_folder, std::span<const OmsFile> files) {
    OmsMatch match;
    const FileIndex index(is_folder, files);
    const IgnoreList ignore_list(manifest);
    std::map<std::size_t, OmsDemand> demands;    // by file
    std::map<std::size_t, std::string_view> named;
    for (const OmsResource& resource : manifest.resources) {
        const auto file = index.find(resource.path);
        if (!file) {
            match.missing.push_back(resource.path);
            continue;
        }
        // "." and the base name are one file, which no list may name twice.
        if (named.emplace(*file, resource.path).first->second != resource.path) {
            match.problems.push_back({files[*file].path + " is listed under two names", files[*file].path});
            continue;
        }
        OmsDemand& demand = demands[*file];
        demand.file = *file;
        demand.resources.push_back(&resource);
    }
    std::sort(match.missing.begin(), match.missing.end());  // shards name their file again and again
    match.missing.erase(std::unique(match.missing.begin(), match.missing.end()), match.missing.end());
    for (const std::string& path : match.missing) match.problems.push_back({path + " was signed, but is not there", path});
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto found = demands.find(i);
        if (found == demands.end()) {
            if (manifest.shards && files[i].size == 0) continue;  // has no shard
            if (is_folder && ignore_list.covers(files[i].path)) {
                match.ignored.push_back(files[i].path);
            } else {
                match.unlisted.push_back(files[i].path);
                match.problems.push_back({files[i].path + " is there, but was not signed", files[i].path});
            }
            continue;
        }
        OmsDemand& demand = found->second;
        if (manifest.shards) {
            std::sort(demand.resources.begin(), demand.resources.end(), [](const auto* a, const auto* b) { return a->begin < b->begin; });
            for (const OmsResource* shard : demand.resources) demand.ranges.push_back({shard->begin, shard->end});
            std::string problem = problem_of_shards(manifest, files[i], demand);
            if (!problem.empty()) match.problems.push_back({std::move(problem), files[i].path});
        } else {
            demand.ranges.push_back({0, files[i].size});
        }
        match.demands.push_back(std::move(demand));
    }
    if (match.demands.empty() && match.problems.empty()) match.problems.push_back({"no file is covered", ""});
    return match;
}

Result<OmsCoverage> oms_coverage(const OmsManifest& manifest, bool is_folder, std::span<const OmsFile> files, const HashDemands& hash) {
    OmsMatch match = match_names(manifest, is_folder, files);
    if (!match.problems.empty()) return coverage_of(std::move(match));
    const std::vector<OmsDemand> demands = std::move(match.demands);
    const auto digests = TRY(hash(demands));
    OmsCoverage coverage = coverage_of(std::move(match));
    for (std::size_t i = 0; i < demands.size(); ++i) {
        const std::string& path = files[demands[i].file].path;
        for (std::size_t part = 0; part < demands[i].resources.size(); ++part) {
            if (digests.at(i).at(part) == demands[i].resources[part]->digest) continue;
            if (coverage.differing.empty()) {
                coverage.problem = path + " differs from what was signed" + where_in(manifest, demands[i].ranges[part]);
                coverage.problem_path = path;
            }
            coverage.differing.push_back(path);
            break;
        }
    }
    if (coverage.differing.size() > 1) coverage.problem += names_some(coverage.differing);
    coverage.covers = coverage.problem.empty();
    return coverage;
}

}  // namespace headgate::attest
