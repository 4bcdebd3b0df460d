// rule_data.cpp: the data of rules/: embedded in the binary, or from the folder that HEADGATE_RULES names.
#include <cstdlib>
#include <map>
#include <mutex>

#include "io/file_source.hpp"
#include "model/rule_data.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/embedded.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxRulesFile = 64ULL << 20U;

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

}  // namespace

const RuleData& rule_data() {
    static const char* const folder = std::getenv("HEADGATE_RULES");
    static const EmbeddedRules embedded;
    static const FolderRules overriding(folder == nullptr ? "" : folder);
    if (folder == nullptr || *folder == '\0') return embedded;
    return overriding;
}

}  // namespace headgate::pipeline
