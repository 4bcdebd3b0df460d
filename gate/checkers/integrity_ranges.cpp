#include "checkers/integrity_ranges.hpp"

#include <map>
#include <string_view>

namespace headgate::checkers {
namespace {

struct Named {
    const IndexEntry* first = nullptr;
    const IndexEntry* beyond = nullptr;  // the first whose range does not lie inside the file
    std::uint64_t size = 0;
    bool present = false;
};

std::string path_of(const IndexEntry& entry) {
    const std::size_t slash = entry.where.path.rfind('/');
    return (slash == std::string::npos ? std::string() : entry.where.path.substr(0, slash + 1)) + entry.file;
}

std::string missing_message(const std::string& path, const Named& named, bool is_folder) {
    std::string text = named.first->where.path + " keeps the values of tensor '" + named.first->tensor + "' in " + path + ", which is ";
    return text + (is_folder ? "not there" : "no part of what is judged: one file was given");
}

}  // namespace

void check_tensor_ranges(const Evidence& evidence, bool is_folder, std::vector<Finding>& findings) {
    std::map<std::string_view, std::uint64_t> sizes;
    for (const FileRecord& file : evidence.files) sizes.emplace(file.path, file.size);
    std::map<std::pair<std::string, std::string>, Named> by_file;  // (index, file)
    for (const IndexEntry& entry : evidence.index_entries) {
        if (!entry.offset) continue;
        const std::string path = path_of(entry);
        Named& named = by_file[{entry.where.path, path}];
        if (named.first == nullptr) {
            named.first = &entry;
            const auto found = sizes.find(path);
            named.present = found != sizes.end();
            named.size = named.present ? found->second : 0;
        }
        const std::uint64_t bytes = entry.bytes.value_or(0);
        if (*entry.offset > named.size || bytes > named.size - *entry.offset) {
            if (named.beyond == nullptr) named.beyond = &entry;
        }
    }
    for (const auto& [key, named] : by_file) {
        const std::string& path = key.second;
        if (!named.present) {
            findings.push_back({"integrity.shard-missing", Severity::high, missing_message(path, named, is_folder), named.first->where,
                                "A loader that follows the index would fail half-way, or take whatever lies there by then.",
                                is_folder ? "Fetch the artifact again, whole, or save it anew."
                                          : "Have the folder judged that holds the model and the file: headgate check FOLDER."});
        } else if (named.beyond != nullptr) {
            const std::uint64_t offset = *named.beyond->offset;
            findings.push_back({"integrity.tensor-outside", Severity::high,
                                named.beyond->where.path + " says that tensor '" + named.beyond->tensor + "' is " +
                                    std::to_string(named.beyond->bytes.value_or(0)) + " bytes at " + std::to_string(offset) + " of " + path +
                                    ", which has " + std::to_string(named.size),
                                named.beyond->where, "A loader that trusts the index reads past the end of the file.",
                                "Fetch the artifact again, whole, or save it anew."});
        }
    }
}

}  // namespace headgate::checkers
