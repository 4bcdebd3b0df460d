// package_fixture.hpp: the lists of rules/content as the product ships them, for what looks into packages.
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "formats/package_words.hpp"

namespace headgate::tests {

class ShippedRules final : public RuleData {
  public:
    std::optional<ByteView> file(std::string_view path) const override {
        const auto changed = changed_.find(path);
        if (changed != changed_.end()) return as_bytes(changed->second);
        auto known = read_.find(path);
        if (known == read_.end()) {
            std::ifstream in(std::string(HEADGATE_RULES_FOLDER) + "/" + std::string(path), std::ios::binary);
            if (!in) return std::nullopt;
            known = read_.emplace(std::string(path), std::string(std::istreambuf_iterator<char>(in), {})).first;
        }
        return as_bytes(known->second);
    }
    void change(std::string path, std::string text) { changed_[std::move(path)] = std::move(text); }

  private:
    std::map<std::string, std::string, std::less<>> changed_;
    mutable std::map<std::string, std::string, std::less<>> read_;
};

inline const formats::PackageWords* shipped_words() {
    static const ShippedRules rules;
    static const Result<formats::PackageWords> words = formats::PackageWords::load(rules);
    return words.ok() ? &words.value() : nullptr;
}

}  // namespace headgate::tests
