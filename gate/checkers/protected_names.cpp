#include "checkers/protected_names.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "checkers/name_forms.hpp"

namespace headgate::checkers {
namespace {

constexpr std::size_t kMostNames = 0xFFFF;

bool is_of(const ProtectedNames& names, std::string_view ecosystem) {
    return names.ecosystem == ecosystem || (ecosystem == "cargo" && names.ecosystem == "crates");
}

/// The index of what a policy adds. A lockfile asks for it once a package, so the last one of each ecosystem is kept: what it was made
/// of is compared, so that nothing of one policy is used for another.
class OwnIndex {
  public:
    ByteView of(const Policy& policy, std::string_view ecosystem) {
        if (is_made_of(policy, ecosystem)) return bytes_;
        made_of_.clear();
        for (const ProtectedNames& names : policy.protected_names) {
            if (is_of(names, ecosystem)) made_of_.insert(made_of_.end(), names.extra.begin(), names.extra.end());
        }
        std::vector<std::string> folded;
        folded.reserve(made_of_.size());
        for (const std::string& name : made_of_) folded.push_back(fold_name(ecosystem, name));
        std::sort(folded.begin(), folded.end());
        folded.erase(std::unique(folded.begin(), folded.end()), folded.end());
        bytes_ = folded.empty() || folded.size() > kMostNames ? Bytes() : build_name_index(ecosystem, folded, {});
        too_many_ = folded.size() > kMostNames;
        return bytes_;
    }
    bool too_many() const { return too_many_; }

  private:
    bool is_made_of(const Policy& policy, std::string_view ecosystem) const {
        auto known = made_of_.begin();
        for (const ProtectedNames& names : policy.protected_names) {
            if (!is_of(names, ecosystem)) continue;
            if (names.extra.size() > static_cast<std::size_t>(made_of_.end() - known)) return false;
            if (!std::equal(names.extra.begin(), names.extra.end(), known)) return false;
            known += static_cast<std::ptrdiff_t>(names.extra.size());
        }
        return known == made_of_.end();
    }

    std::vector<std::string> made_of_;
    Bytes bytes_;
    bool too_many_ = false;
};

}  // namespace

Result<std::optional<NameIndex>> open_list(const RuleData& data, std::string_view list) {
    const std::string path = "names/" + std::string(list) + ".idx";
    const auto bytes = data.file(path);
    if (!bytes) return std::optional<NameIndex>();
    auto index = NameIndex::open(*bytes);
    if (!index) return Error{ErrorCode::internal, path + " is no index of this version"};
    return index;
}

Result<ProtectedList> ProtectedList::of(const CheckInput& input, std::string_view ecosystem) {
    ProtectedList list;
    list.ecosystem_ = ecosystem;
    bool builtin = true;
    for (const ProtectedNames& names : input.policy.protected_names) {
        if (is_of(names, ecosystem)) builtin = names.builtin;
    }
    if (builtin) list.popular_ = TRY(open_list(input.data, ecosystem));
    thread_local std::map<std::string, OwnIndex, std::less<>> indexes;
    auto own = indexes.find(ecosystem);
    if (own == indexes.end()) own = indexes.emplace(ecosystem, OwnIndex()).first;
    const ByteView bytes = own->second.of(input.policy, ecosystem);
    if (own->second.too_many()) return Error{ErrorCode::policy, "names.protected." + std::string(ecosystem) + ": more than 65,535 names"};
    if (!bytes.empty()) list.own_ = NameIndex::open(bytes);
    return list;
}

std::optional<NearName> ProtectedList::near(std::string_view folded) const {
    if (is_popular(folded)) return std::nullopt;
    std::optional<NearName> best;
    if (popular_) best = nearest_protected(*popular_, ecosystem_, folded);
    if (!own_) return best;
    const auto own = nearest_protected(*own_, ecosystem_, folded);
    return own && (!best || own->severity > best->severity) ? own : best;
}

}  // namespace headgate::checkers
