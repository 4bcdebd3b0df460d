// gitlab_scope.hpp: the values that a variable of a GitLab pipeline may have. Private to intake/gitlab_ci.cpp.
//
// GitLab takes the first of: `rules: variables` of the job, its `parallel: matrix`, its own `variables` and those of the jobs that it
// extends, `workflow: rules: variables`, the `variables` of the file. Which rule holds and which row runs is known only when the
// pipeline does, so that every one of them is followed. What a project's settings or another file say is not known here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/tree.hpp"

namespace headgate::intake::gitlab {

using codec::Tree;

/// Tables of variables, the first of which that has a name decides.
using Scope = std::vector<const Tree*>;

class Scopes {
  public:
    explicit Scopes(const Tree& root);

    /// Behind "!reference [job, key]"; nullptr when nothing is there.
    const Tree* resolved(const Tree* node) const;
    /// The job, then those that it extends, nearest first. Where there are more than can be followed, the rest is left, and `complete` is false.
    std::vector<const Tree*> chain(const Tree& job, bool& complete);
    /// Of a job; without one, of what stands at the top. nullopt: more than can be followed.
    std::optional<std::vector<Scope>> of(const Tree* job);

    /// Every text that `text` may come to. An empty one in the list: there is a value that nobody knows here. nullopt: too many.
    std::optional<std::vector<std::optional<std::string>>> values(std::string_view text, const std::vector<Scope>& scopes);

  private:
    using Values = std::vector<std::optional<std::string>>;

    std::optional<Values> expand(std::string_view text, const Scope& scope, int depth);
    std::optional<Values> of_name(std::string_view name, const Scope& scope, int depth);
    void add_rules(const Tree* rules, std::vector<const Tree*>& tables, int depth);
    /// Jobs may share lists of any length: what is looked at is counted for the whole file.
    bool may_go_on(std::size_t more = 1);

    const Tree& root_;
    std::vector<const Tree*> workflow_;       // tables of its rules, and nullptr for none of them
    std::size_t work_ = 0;
};

}  // namespace headgate::intake::gitlab
