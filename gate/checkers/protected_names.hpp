// protected_names.hpp: the names of one ecosystem that must not be mistaken: the popular ones (rules/names/), and what the policy adds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "checkers/near_names.hpp"
#include "model/checker.hpp"

namespace headgate::checkers {

class ProtectedList {
  public:
    /// Error{internal} if a list of rules/ is none of this version. Lives no longer than `input`.
    static Result<ProtectedList> of(const CheckInput& input, std::string_view ecosystem);

    /// The folded name is one of them.
    bool holds(std::string_view folded) const { return is_popular(folded) || (own_ && own_->find(folded)); }
    /// What the folded name, which is not popular itself, looks like.
    std::optional<NearName> near(std::string_view folded) const;

  private:
    // A name that a policy adds is protected, too; that makes it no better a look-alike of a popular one.
    bool is_popular(std::string_view folded) const { return popular_ && popular_->find(folded); }

    std::string_view ecosystem_;
    std::optional<NameIndex> popular_;   // nullopt: `builtin` is off, or there is no list for the ecosystem
    std::optional<NameIndex> own_;       // what the policy adds
};

/// "names/<list>.idx"; nullopt where there is none.
Result<std::optional<NameIndex>> open_list(const RuleData& data, std::string_view list);

}  // namespace headgate::checkers
