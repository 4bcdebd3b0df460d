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

/// A name that signed, by which key, and whom a certificate of that key names ("" without one).
struct SignerFound {
    std::string name;
    std::string key_id;
    std::string person;
};

/// Who signed, of those whom a set names. Two signers are two names and two holders. A key is one holder under however many names; whom
/// certificates name has a new key for every signature, and is one holder with all of them; and so are two who are named for one key, or
/// a key that counts by itself and whoever has a certificate of it: what was added says which keys and persons belong together.
class SignersFound {
  public:
    explicit SignersFound(const SignerSet& set) : set_(set) {}

    /// Names that the set asks for: of `fact.signers`, which go with `fact.key_ids` item by item.
    template <typename Fact>
    std::vector<SignerFound> of(const Fact& fact) const {
        std::vector<SignerFound> found;
        for (std::size_t i = 0; i < fact.signers.size() && i < fact.key_ids.size(); ++i) {
            if (std::find(set_.of.begin(), set_.of.end(), fact.signers[i]) == set_.of.end()) continue;
            const bool certified = fact.identity && fact.identity->key_id == fact.key_ids[i];
            found.push_back({fact.signers[i], fact.key_ids[i], certified ? fact.identity->issuer + '\n' + fact.identity->subject : ""});
        }
        return found;
    }
    void add(const std::vector<SignerFound>& found) {
        for (const SignerFound& one : found) {
            const std::string key = "key " + one.key_id;
            keys_of_[one.name].insert(key);
            if (!one.person.empty()) join(key, "person " + one.person);
        }
    }

    bool enough() const { return count() >= needed(set_); }
    /// The most pairs of a name and a holder of which no two share either.
    std::size_t count() const {
        Holders holders;
        for (const auto& [name, keys] : keys_of_) {
            for (const std::string& key : keys) holders[name].insert(holder_of(key));
        }
        std::map<std::string, std::string> taken;  // holder -> name
        std::size_t pairs = 0;
        for (const auto& [name, of_name] : holders) {
            std::set<std::string> tried;
            pairs += give(name, holders, taken, tried) ? 1U : 0U;
        }
        return pairs;
    }

  private:
    using Holders = std::map<std::string, std::set<std::string>>;  // name -> who signed under it

    // Keys and persons that belong together have one end, which stands for all of them.
    const std::string& holder_of(const std::string& one) const {
        const std::string* at = &one;
        for (auto up = above_.find(*at); up != above_.end(); up = above_.find(*at)) at = &up->second;
        return *at;
    }
    void join(const std::string& a, const std::string& b) {
        const std::string end = holder_of(a);
        const std::string other = holder_of(b);
        if (end != other) above_.emplace(end, other);
    }

    // A holder for `name`, by moving others to theirs where that helps; each holder is tried once, so the depth is bounded.
    static bool give(const std::string& name, const Holders& holders, std::map<std::string, std::string>& taken, std::set<std::string>& tried) {
        for (const std::string& holder : holders.at(name)) {
            if (!tried.insert(holder).second) continue;
            const auto owner = taken.find(holder);
            if (owner != taken.end() && !give(owner->second, holders, taken, tried)) continue;
            taken[holder] = name;
            return true;
        }
        return false;
    }

    const SignerSet& set_;
    Holders keys_of_;
    std::map<std::string, std::string> above_;  // one of those that belong together -> the next; no entry: the end
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
