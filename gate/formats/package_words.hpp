// package_words.hpp: the lists below rules/content: which calls, commands and names say something about a package. What a list means
// stands at its head; a line that breaks its form is an Error, never skipped.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.hpp"
#include "model/rule_data.hpp"

namespace headgate::formats {

/// What a call does, as bits: the deeds of the lists, and what the text of a call shows by itself.
enum Deed : unsigned {
    kCode = 1U << 0U,
    kLoad = 1U << 1U,
    kDecode = 1U << 2U,
    kNetwork = 1U << 3U,
    kProcess = 1U << 4U,
    kEnvironment = 1U << 5U,
    kIdentity = 1U << 6U,
    kTerminal = 1U << 7U,
    kInstall = 1U << 8U,
    kCalls = 1U << 9U,
    kHidden = 1U << 10U,     // a text of escapes, or read backwards
    kNumbers = 1U << 11U,    // a list of many numbers, which may be letters
};

/// Dotted names and their deeds.
class NamedDeeds {
  public:
    Result<void> load(const RuleData& data, std::string_view path);
    /// The deeds of a name, 0 for one that is not listed.
    unsigned of(std::string_view name) const;
    /// Deeds of the longest listed name that `name` is, or goes on from behind `separator`.
    unsigned of_beginning(std::string_view name, std::string_view separator) const;
    /// A listed name goes on from "module.".
    bool has_below(std::string_view module) const { return modules_.contains(module); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, unsigned, Hash, std::equal_to<>> deeds_;
    std::unordered_map<std::string, unsigned, Hash, std::equal_to<>> below_;   // of "module.*", without the star
    std::unordered_set<std::string, Hash, std::equal_to<>> modules_;           // whatever stands before a dot of one
};

class PackageWords {
  public:
    static Result<PackageWords> load(const RuleData& data);

    const NamedDeeds& python() const { return python_; }
    const NamedDeeds& javascript() const { return javascript_; }
    const NamedDeeds& rust() const { return rust_; }

    /// Whether a command line fetches something and runs it.
    bool fetches_and_runs(std::string_view command) const;
    /// A step of an install that everybody knows, and nothing besides but options without a value ("--release").
    bool is_plain_step(std::string_view command) const;
    /// A command that people call without a path.
    bool is_program(std::string_view name) const { return programs_.contains(std::string(name)); }
    /// An encoding under which a source is what a reader sees. `name` as it is written.
    bool is_plain_encoding(std::string_view name) const;

  private:
    Result<void> load_commands(const RuleData& data);

    NamedDeeds python_;
    NamedDeeds javascript_;
    NamedDeeds rust_;
    std::vector<std::string> fetch_;
    std::vector<std::string> run_;
    std::vector<std::string> both_;
    std::unordered_set<std::string> plain_;
    std::unordered_set<std::string> programs_;
    std::unordered_set<std::string> encodings_;
};

}  // namespace headgate::formats
