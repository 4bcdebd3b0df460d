// signers.hpp: thresholds over distinct key material, for the checkers that ask who signed.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "model/settings.hpp"

namespace headgate::checkers {

/// Key ids of those of `signers` that the set names. The two lists go together, item by item.
inline std::vector<std::string> keys_of(const SignerSet& set, const std::vector<std::string>& signers,
                                        const std::vector<std::string>& key_ids) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < signers.size() && i < key_ids.size(); ++i) {
        if (std::find(set.of.begin(), set.of.end(), signers[i]) != set.of.end()) keys.push_back(key_ids[i]);
    }
    return keys;
}

/// At least one, even where a policy was made without the loader: an empty demand is never met by nothing.
inline std::size_t needed(const SignerSet& set) { return std::max<std::size_t>(1, set.at_least); }

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
