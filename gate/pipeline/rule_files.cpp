#include "pipeline/rule_files.hpp"

#include <algorithm>

#include "checkers/confusables.hpp"
#include "checkers/malicious_names.hpp"
#include "checkers/name_index.hpp"
#include "codec/json.hpp"
#include "codec/yaml.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/embedded.hpp"
#include "pipeline/finding_catalogue.hpp"
#include "pipeline/package_lists.hpp"

namespace headgate::pipeline {
namespace {

std::string problem_of(const Result<void>& result) { return result.ok() ? "" : result.error().message; }

template <typename T>
Result<void> done(const Result<T>& result) {
    if (!result.ok()) return result.error();
    return {};
}

void read_index(ByteView bytes, RuleFile& file) {
    if (const auto names = checkers::MaliciousNames::open(bytes)) {
        file.as_of = names->as_of();
        return;
    }
    const auto index = checkers::NameIndex::open(bytes);
    if (!index) {
        file.problem = "not an index of names that this version reads";
    } else {
        file.as_of = index->as_of();
    }
}

// As its own reader does: a policy is loaded, the catalogue read, an index opened; other text must at least be there.
void read_as_its_reader_does(ByteView bytes, RuleFile& file) {
    const std::vector<std::string> pack_names = packs();
    const std::string name = file.path.substr(0, file.path.rfind('.'));
    if (bytes.empty()) {
        file.problem = "it is empty";
    } else if (file.path.starts_with("content/")) {
        file.problem = problem_of(package_lists_problem());
    } else if (file.path.ends_with(".idx")) {
        read_index(bytes, file);
    } else if (file.path == "names/confusables.bin") {
        if (!checkers::Confusables::open(bytes)) file.problem = "not a table of letters that this version reads";
    } else if (std::find(pack_names.begin(), pack_names.end(), name) != pack_names.end()) {
        file.problem = problem_of(done(load_policy("builtin:" + name)));
    } else if (file.path == "findings.yaml") {
        file.problem = problem_of(done(finding_catalogue()));
    } else if (file.path.ends_with(".yaml")) {
        file.problem = problem_of(done(codec::parse_yaml(bytes)));
    } else if (file.path.ends_with(".json")) {
        file.problem = problem_of(done(codec::parse_json(bytes)));
    }
}

}  // namespace

std::vector<std::string> profiles() {
    constexpr std::string_view kFolder = "globals/";
    constexpr std::string_view kSuffix = ".txt";
    std::vector<std::string> names;
    for (const EmbeddedFile& file : embedded_files()) {
        if (!file.path.starts_with(kFolder) || !file.path.ends_with(kSuffix) || file.path == "globals/dangerous.txt") continue;
        names.emplace_back(file.path.substr(kFolder.size(), file.path.size() - kFolder.size() - kSuffix.size()));
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<RuleFile> rule_files() {
    std::vector<RuleFile> files;
    for (const EmbeddedFile& embedded : embedded_files()) {
        RuleFile file{std::string(embedded.path), false, {}, {}};
        const auto bytes = rule_data().file(embedded.path);
        if (bytes) {
            file.overridden = bytes->data() != embedded.begin;
            read_as_its_reader_does(*bytes, file);
        } else {
            file.problem = "it is missing";
        }
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace headgate::pipeline
