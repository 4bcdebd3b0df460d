// globals.hpp: the lists of names below rules/globals: what a profile allows, and what is known to be dangerous. The format
// is described at the head of each file; a line that breaks it is an Error, never skipped.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.hpp"
#include "model/fact.hpp"
#include "model/rule_data.hpp"

namespace headgate::checkers {

/// Ways in which a file may use an allowed name, as bits. All but the last are ways of pickles.
enum Use : unsigned {
    kValue = 1,      // only as a value: a class or constant that is passed on
    kCall = 2,       // REDUCE, OBJ, INST
    kNew = 4,        // NEWOBJ: cls.__new__
    kBuild = 8,      // BUILD: __setstate__ or attributes of its objects
    kFill = 16,      // APPEND, SETITEM, ADDITEMS on its objects
    kStorage = 32,   // class of a storage in a persistent id
    kConfig = 64,    // made from a configuration of Keras, where pickles have nothing to do with it
};

/// Names allowed by the chosen profiles and by `allow-globals`.
class AllowedGlobals {
  public:
    /// Reads rules/globals/<profile>.txt. A list whose head says "# only for configurations" has `config` rows and no others; it is
    /// passed over where the artifact has no configuration: a thousand rows that nothing would ask for, at every pickle.
    Result<void> add_profile(const RuleData& data, std::string_view profile, bool configurations);
    void add_name(std::string_view name) { uses_[std::string(name)] |= kCall | kNew | kBuild | kFill | kValue | kConfig; }
    /// Whether a pickle may import it.
    bool allows(const std::string& name) const { return allows(name, ~static_cast<unsigned>(kConfig)); }
    bool allows(const std::string& name, unsigned use) const {
        const auto found = uses_.find(name);
        return found != uses_.end() && (found->second & use) != 0;
    }

    /// Whether a configuration of Keras may name it. Module "keras" stands for the bare name of any class of Keras, module
    /// "builtins" for that of a built-in function (formats/keras_config.hpp).
    bool allows_config(const std::string& module, const std::string& name) const;

  private:
    std::unordered_map<std::string, unsigned> uses_;
    std::unordered_set<std::string> keras_names_;       // names of keras.* modules, bare
    std::unordered_set<std::string> keras_functions_;   // of the modules whose functions Keras writes as "builtins"
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
