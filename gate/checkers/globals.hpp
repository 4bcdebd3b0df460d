// globals.hpp: the lists of names below rules/globals: what a profile allows, and what is known to be dangerous. The format
// is described at the head of each file; a line that breaks it is an Error, never skipped.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "model/fact.hpp"
#include "model/rule_data.hpp"

namespace headgate::checkers {

/// Ways in which a pickle may use an allowed name, as bits.
enum Use : unsigned {
    kValue = 1,      // only as a value: a class or constant that is passed on
    kCall = 2,       // REDUCE, OBJ, INST
    kNew = 4,        // NEWOBJ: cls.__new__
    kBuild = 8,      // BUILD: __setstate__ or attributes of its objects
    kFill = 16,      // APPEND, SETITEM, ADDITEMS on its objects
    kStorage = 32,   // class of a storage in a persistent id
};

/// Names allowed by the chosen profiles and by `allow-globals`.
class AllowedGlobals {
  public:
    /// Reads rules/globals/<profile>.txt.
    Result<void> add_profile(const RuleData& data, std::string_view profile);
    void add_name(std::string_view name) { uses_[std::string(name)] |= kCall | kNew | kBuild | kFill | kValue; }
    bool allows(const std::string& name) const { return uses_.count(name) != 0; }
    bool allows(const std::string& name, unsigned use) const {
        const auto found = uses_.find(name);
        return found != uses_.end() && (found->second & use) != 0;
    }

  private:
    std::unordered_map<std::string, unsigned> uses_;
};

/// Names that are known to run code, reach files or the network, or load further objects. Only raises severity.
class DangerousGlobals {
  public:
    static Result<DangerousGlobals> load(const RuleData& data);
    /// Why it is dangerous, "" when it is not listed. `*` covers a module with everything below it.
    std::string_view reason(std::string_view module, std::string_view name) const;

  private:
    std::unordered_map<std::string, std::string> names_;    // "module name" or "module *"
};

}  // namespace headgate::checkers
