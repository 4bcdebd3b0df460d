// rule_data.cpp: the data of rules/: embedded in the binary, or from the folder that HEADGATE_RULES names.
#include <cstdlib>
#include <map>
#include <mutex>

#include "crypto/sha256.hpp"
#include "io/directory.hpp"
#include "io/file_source.hpp"
#include "model/rule_data.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/embedded.hpp"
#include "pipeline/rule_files.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxRulesFile = 64ULL << 20U;
constexpr std::size_t kMaxRulesFiles = 10'000;

class EmbeddedRules final : public RuleData {
  public:
    std::optional<ByteView> file(std::string_view path) const override {
        for (const EmbeddedFile& embedded : embedded_files()) {
            if (embedded.path == path) return embedded.bytes();
        }
        return std::nullopt;
    }
    std::vector<std::string> below(std::string_view folder) const override {
        std::vector<std::string> paths;
        for (const EmbeddedFile& embedded : embedded_files()) {
            if (embedded.path.starts_with(folder)) paths.emplace_back(embedded.path);
        }
        return paths;
    }
};

// Files are read once and kept; a file that is not in the folder comes from the binary.
class FolderRules final : public RuleData {
  public:
    explicit FolderRules(std::string folder) : folder_(std::move(folder)) {}

    std::optional<ByteView> file(std::string_view path) const override {
        const std::scoped_lock lock(mutex_);
        auto known = read_.find(path);
        if (known == read_.end()) {
            auto bytes = io::read_file(folder_ + "/" + std::string(path), kMaxRulesFile);
            if (!bytes.ok()) return embedded_.file(path);
            known = read_.emplace(std::string(path), std::move(bytes).value()).first;
        }
        return ByteView(known->second);
    }
    std::vector<std::string> below(std::string_view folder) const override { return embedded_.below(folder); }

  private:
    std::string folder_;
    EmbeddedRules embedded_;
    mutable std::mutex mutex_;
    mutable std::map<std::string, Bytes, std::less<>> read_;
};

// "" when nothing is replaced.
const std::string& replacing_folder() {
    static const char* const variable = std::getenv(kRulesVariable.data());  // a literal: it ends in NUL
    static const std::string folder = variable == nullptr ? "" : variable;
    return folder;
}

}  // namespace

const RuleData& rule_data() {
    static const EmbeddedRules embedded;
    static const FolderRules overriding(replacing_folder());
    if (replacing_folder().empty()) return embedded;
    return overriding;
}

Result<std::vector<NamedFile>> replaced_rules() {
    std::vector<NamedFile> files;
    const std::string& folder = replacing_folder();
    if (folder.empty()) return files;
    const auto failed = [&](const std::string& why) { return Error{ErrorCode::policy, std::string(kRulesVariable) + "=" + folder + ": " + why}; };
    auto root = io::Directory::open(folder);
    if (!root.ok()) return failed(root.error().message);
    auto entries = (*root)->walk("", kMaxRulesFiles);
    if (!entries.ok()) return failed(entries.error().message);
    for (const io::Entry& entry : *entries) {
        if (entry.type == io::Entry::Type::folder) continue;
        // The bytes that are judged by, which are read once: a file that changes later is not what this digest says.
        const auto bytes = rule_data().file(entry.path);
        if (!bytes) return failed(entry.path + " cannot be read");
        files.push_back({std::string(kRulesVariable) + "/" + entry.path, folder + "/" + entry.path, crypto::sha256_hex(*bytes), false});
    }
    return files;
}

}  // namespace headgate::pipeline
