// pickle_facts.hpp: what the pickle machine has to say, each thing once: imports, calls with the shape of their arguments,
// findings. Bounded: a stream of a million equal calls records one, one of a million different calls records the common
// shape ("str" and "int" stand for values that differ too often to list).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "formats/parser.hpp"

namespace headgate::formats {

class PickleFacts {
  public:
    static constexpr std::size_t kSpelled = 64;      // bytes of a text argument that is spelled out
    static constexpr std::size_t kDistinct = 64;     // values of one argument position that are spelled out
    static constexpr std::uint32_t kMostOfOne = 20;  // findings of one id

    explicit PickleFacts(ParseContext& context) : context_(context) {}

    /// Number of the import, recorded at its first use. Names are mapped as Python 3 does below protocol 3.
    std::uint32_t import(std::string_view module, std::string_view name, int protocol, std::uint64_t offset);
    const std::string& import_name(std::uint32_t number) const { return names_[number]; }

    struct Argument {
        std::string_view shape;          // "none", "tuple", ..., or the prefix "str:", "int:", "global:"
        std::string value;               // what follows the prefix
    };
    /// `callee`: number of an import, or Value::kNoGlobal.
    void call(Call::How how, std::uint32_t callee, const std::vector<Argument>& arguments, std::uint64_t offset);

    /// Finding `pickle.<thing>` at an offset, severity high unless said otherwise.
    void finding(std::string_view thing, std::string message, std::uint64_t offset, std::string_view why,
                 Severity severity = Severity::high);
    void unscannable(std::string message, std::uint64_t offset);

    bool full() const { return full_; }
    ParseContext& context() { return context_; }

  private:
    bool room(std::uint64_t offset);
    bool spelled(std::uint64_t position, const std::string& value);

    ParseContext& context_;
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::vector<std::string> names_;
    std::unordered_set<std::string> calls_;
    std::unordered_map<std::uint64_t, std::unordered_set<std::string>> values_;
    std::unordered_map<std::string, std::uint32_t> counts_;
    std::size_t recorded_ = 0;
    bool full_ = false;
};

}  // namespace headgate::formats
