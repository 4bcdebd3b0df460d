// signers.hpp: thresholds over distinct signers, for the checkers that ask who signed.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/fact.hpp"
#include "model/settings.hpp"

namespace headgate::checkers {

/// At least one, even where a policy was made without the loader: an empty demand is never met by nothing.
inline std::size_t needed(const SignerSet& set) { return std::max<std::size_t>(1, set.at_least); }

/// Who signed, of those whom a set names. Two signers are two names and two holders: a key is one holder under however many names, and
/// so is whom certificates name, who has a new key for every signature.
class SignersFound {
  public:
    explicit SignersFound(const SignerSet& set) : set_(set) {}

    /// Names that the set asks for: of `fact.signers`, which go with `fact.key_ids` item by item.
    template <typename Fact>
    std::vector<std::pair<std::string, std::string>> of(const Fact& fact) const {
        std::vector<std::pair<std::string, std::string>> found;
        for (std::size_t i = 0; i < fact.signers.size() && i < fact.key_ids.size(); ++i) {
            if (std::find(set_.of.begin(), set_.of.end(), fact.signers[i]) == set_.of.end()) continue;
            const bool certified = fact.identity && fact.identity->key_id == fact.key_ids[i];
            found.emplace_back(fact.signers[i], certified ? fact.identity->issuer + '\n' + fact.identity->subject : fact.key_ids[i]);
        }
        return found;
    }
    void add(const std::vector<std::pair<std::string, std::string>>& found) {
        for (const auto& [name, holder] : found) holders_[name].insert(holder);
    }

    bool enough() const { return count() >= needed(set_); }
    /// The most pairs of a name and a holder of which no two share either.
    std::size_t count() const {
        std::map<std::string, std::string> taken;  // holder -> name
        std::size_t pairs = 0;
        for (const auto& [name, holders] : holders_) {
            std::set<std::string> tried;
            pairs += give(name, taken, tried) ? 1U : 0U;
        }
        return pairs;
    }

  private:
    // A holder for `name`, by moving others to theirs where that helps; each holder is tried once, so the depth is bounded.
    bool give(const std::string& name, std::map<std::string, std::string>& taken, std::set<std::string>& tried) const {
        for (const std::string& holder : holders_.at(name)) {
            if (!tried.insert(holder).second) continue;
            const auto owner = taken.find(holder);
            if (owner != taken.end() && !give(owner->second, taken, tried)) continue;
            taken[holder] = name;
            return true;
        }
        return false;
    }

    const SignerSet& set_;
    std::map<std::string, std::set<std::string>> holders_;  // name -> who signed under it
};

inline std::string list_of(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    return list;
}

inline std::string demand(const SignerSet& set) {
    return needed(set) == 1 ? (set.of.size() == 1 ? set.of.front() : "any of " + list_of(set.of))
                            : "at least " + std::to_string(needed(set)) + " of " + list_of(set.of);
}

}  // namespace headgate::checkers
