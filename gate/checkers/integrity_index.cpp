#include "checkers/integrity_index.hpp"

#include <map>
#include <set>
#include <string_view>

namespace headgate::checkers {
namespace {

constexpr std::string_view kWhy =
    "A loader that follows the index would miss weights, load others than reviewed, or fail half-way.";

using Names = std::set<std::string_view>;

struct Index {
    Location where;
    std::map<std::string, Names> files;  // path within the artifact -> tensors said to be there
};

std::string folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash + 1));
}

bool stays_beside(std::string_view file) {
    return !file.empty() && file != ".." && file.find_first_of("/\\") == std::string_view::npos;
}

std::string counted(std::size_t count, std::string_view first) {
    std::string text = "tensor '" + std::string(first) + "'";
    if (count > 1) text += " and " + std::to_string(count - 1) + " more";
    return text;
}

}  // namespace

void check_tensor_indexes(const Evidence& evidence, std::vector<Finding>& findings) {
    if (evidence.index_entries.empty()) return;
    const auto add = [&](std::string id, Severity severity, std::string message, const Location& where) {
        findings.push_back({std::move(id), severity, std::move(message), where, std::string(kWhy),
                            "Fetch the artifact again, whole, or write the index anew."});
    };
    std::set<std::string_view> present;
    for (const FileRecord& file : evidence.files) present.insert(file.path);
    std::map<std::string_view, Names> tensors;
    for (const Tensor& tensor : evidence.tensors) {
        if (tensor.where.member.empty()) tensors[tensor.where.path].insert(tensor.name);
    }
    std::map<std::string, Index> indexes;
    for (const IndexEntry& entry : evidence.index_entries) {
        if (entry.offset) continue;  // byte ranges: integrity_ranges.hpp
        Index& index = indexes[entry.where.path];
        index.where = {entry.where.path, {}, {}, {}};
        if (!stays_beside(entry.file)) {
            if (index.files[entry.file].empty()) {
                add("integrity.shard-outside", Severity::high, "the index names the file '" + entry.file + "', which is not beside it", entry.where);
            }
            index.files[entry.file].insert(entry.tensor);
            continue;
        }
        index.files[folder_of(entry.where.path) + entry.file].insert(entry.tensor);
    }
    for (const auto& [path, index] : indexes) {
        for (const auto& [file, said] : index.files) {
            if (!stays_beside(std::string_view(file).substr(std::min(folder_of(path).size(), file.size())))) continue;
            if (!present.contains(file)) {
                add("integrity.shard-missing", Severity::high, "the index names " + file + ", which is not there", index.where);
                continue;
            }
            if (!file.ends_with(".safetensors")) continue;  // tensors of other formats are not facts
            const Names& there = tensors[file];
            Names absent;
            Names unlisted;
            for (const std::string_view name : said) {
                if (!there.contains(name)) absent.insert(name);
            }
            for (const std::string_view name : there) {
                if (!said.contains(name)) unlisted.insert(name);
            }
            if (!absent.empty()) {
                add("integrity.tensor-missing", Severity::high, file + " lacks " + counted(absent.size(), *absent.begin()) + " that the index places there", index.where);
            }
            if (!unlisted.empty()) {
                add("integrity.tensor-unlisted", Severity::high, file + " holds " + counted(unlisted.size(), *unlisted.begin()) + " that the index does not mention", index.where);
            }
        }
    }
}

}  // namespace headgate::checkers
