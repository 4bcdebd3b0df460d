#include "intake/gitlab_scope.hpp"

#include <algorithm>

#include "intake/interpolation.hpp"

namespace headgate::intake::gitlab {
namespace {

constexpr std::size_t kMostJobs = 32;         // that one job extends
constexpr std::size_t kMostScopes = 256;      // of one job
constexpr std::size_t kMostValues = 64;       // of one text
constexpr std::size_t kMostNames = 16;        // in one text
constexpr std::size_t kMostBytes = 4096;      // of one text, and of what it comes to: no name is longer
constexpr std::size_t kMostWork = 1'000'000;  // steps for one file
constexpr int kDepth = 8;                     // variables in values of variables, references to references

const Tree* child(const Tree* in, std::string_view key) {
    const Tree* found = in == nullptr ? nullptr : in->find(key);
    return found == nullptr || found->type == Tree::Type::null ? nullptr : found;
}

bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// The names behind '$' and "${", each once.
std::vector<std::string_view> names_in(std::string_view text) {
    std::vector<std::string_view> names;
    for (std::size_t at = text.find('$'); at != std::string_view::npos && names.size() <= kMostNames; at = text.find('$', at)) {
        ++at;
        if (at < text.size() && (text[at] == '{' || text[at] == '$')) ++at;
        std::size_t end = at;
        while (end < text.size() && is_name_char(text[end])) ++end;
        const std::string_view name = text.substr(at, end - at);
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        at = end;
    }
    return names;
}

template <typename Value>
void add_once(std::vector<Value>& list, const Value& value) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

}  // namespace

Scopes::Scopes(const Tree& root) : root_(root), workflow_{nullptr} { add_rules(child(child(&root, "workflow"), "rules"), workflow_, 0); }

const Tree* Scopes::resolved(const Tree* node) const {
    for (int depth = 0; node != nullptr && node->is_table() && node->entries.size() == 1 && node->entries[0].key == "!reference"; ++depth) {
        const Tree& steps = node->entries[0].value;
        if (depth == kDepth || steps.items.empty()) return nullptr;
        node = &root_;
        for (const Tree& step : steps.items) node = child(node, step.text);
    }
    return node;
}

bool Scopes::may_go_on(std::size_t more) {
    work_ = std::min(work_ + more, kMostWork + 1);
    return work_ <= kMostWork;
}

/// A list may hold lists, which is what a reference to another list gives.
void Scopes::add_rules(const Tree* rules, std::vector<const Tree*>& tables, int depth) {
    rules = resolved(rules);
    if (rules == nullptr || depth > kDepth || tables.size() > kMostScopes || !may_go_on()) return;
    if (const Tree* table = resolved(child(rules, "variables"))) tables.push_back(table);
    for (std::size_t i = 0; i < rules->items.size() && work_ <= kMostWork; ++i) add_rules(&rules->items[i], tables, depth + 1);
}

std::vector<const Tree*> Scopes::chain(const Tree& job, bool& complete) {
    std::vector<const Tree*> jobs = {&job};
    for (std::size_t next = 0; next < jobs.size(); ++next) {
        const Tree* names = child(jobs[next], "extends");
        if (names == nullptr) continue;
        const auto take = [&](const Tree& name) {
            if (!may_go_on()) complete = false;
            const Tree* one = complete && name.is_text() ? child(&root_, name.text) : nullptr;
            if (one == nullptr || std::find(jobs.begin(), jobs.end(), one) != jobs.end()) return;
            if (jobs.size() == kMostJobs) complete = false;
            if (complete) jobs.push_back(one);
        };
        if (names->is_text()) take(*names);
        for (std::size_t i = names->items.size(); complete && i-- > 0;) take(names->items[i]);   // the last of them decides
    }
    return jobs;
}

std::optional<std::vector<Scope>> Scopes::of(const Tree* job) {
    Scope own;
    std::vector<const Tree*> rules = {nullptr};
    std::vector<const Tree*> rows;
    if (job != nullptr) {
        bool complete = true;
        for (const Tree* one : chain(*job, complete)) {
            if (const Tree* table = resolved(child(one, "variables"))) own.push_back(table);
            if (rules.size() == 1) add_rules(child(one, "rules"), rules, 0);
            const Tree* matrix = resolved(child(resolved(child(one, "parallel")), "matrix"));
            for (std::size_t i = 0; rows.size() <= kMostScopes && matrix != nullptr && i < matrix->items.size() && may_go_on(); ++i) {
                if (const Tree* row = resolved(&matrix->items[i])) rows.push_back(row);
            }
        }
        if (!complete) return std::nullopt;
    }
    if (rows.empty()) rows.push_back(nullptr);
    if (work_ > kMostWork) return std::nullopt;
    if (workflow_.size() > kMostScopes || rules.size() > kMostScopes || rows.size() > kMostScopes || workflow_.size() * rules.size() * rows.size() > kMostScopes) return std::nullopt;
    if (!may_go_on(workflow_.size() * rules.size() * rows.size())) return std::nullopt;
    std::vector<Scope> scopes;
    for (const Tree* workflow : workflow_) {
        for (const Tree* rule : rules) {
            for (const Tree* row : rows) {
                Scope scope;
                if (rule != nullptr) scope.push_back(rule);
                if (row != nullptr) scope.push_back(row);
                scope.insert(scope.end(), own.begin(), own.end());
                if (workflow != nullptr) scope.push_back(workflow);
                if (const Tree* table = resolved(child(&root_, "variables"))) scope.push_back(table);
                scopes.push_back(std::move(scope));
            }
        }
    }
    return scopes;
}

/// Without an answer, what the name stands for is not known: an empty list.
std::optional<Scopes::Values> Scopes::of_name(std::string_view name, const Scope& scope, int depth) {
    std::vector<const Tree*> written;
    for (const Tree* table : scope) {
        const Tree* node = resolved(child(table, name));
        if (node == nullptr) continue;
        if (node->is_text()) written.push_back(node);
        if (!may_go_on(node->items.size())) return std::nullopt;
        for (const Tree& one : node->items) written.push_back(&one);           // of a matrix
        if (const Tree* value = child(node, "value")) written.push_back(value);
        if (const Tree* options = child(node, "options")) {
            for (const Tree& one : options->items) written.push_back(&one);    // that somebody may choose
        }
        break;
    }
    Values result;
    for (const Tree* node : written) {
        const auto values = node->is_text() ? expand(node->text, scope, depth + 1) : Values{std::nullopt};
        if (!values) return std::nullopt;
        for (const auto& value : *values) add_once(result, value);
        if (result.size() > kMostValues) return std::nullopt;
    }
    return result;
}

std::optional<Scopes::Values> Scopes::expand(std::string_view text, const Scope& scope, int depth) {
    if (!may_go_on() || depth > kDepth || text.size() > kMostBytes) return std::nullopt;
    if (text.find("$[[") != std::string_view::npos) return Values{std::nullopt};
    std::vector<Variables> choices = {{}};
    const auto names = names_in(text);
    if (names.size() > kMostNames) return std::nullopt;
    for (const std::string_view name : names) {
        const auto values = of_name(name, scope, depth);
        if (!values) return std::nullopt;
        if (values->empty()) continue;
        std::vector<Variables> more;
        for (const Variables& choice : choices) {
            for (const auto& value : *values) {
                more.push_back(choice);
                if (value) more.back().insert_or_assign(std::string(name), *value);
            }
            if (more.size() > kMostValues) return std::nullopt;
        }
        if (!may_go_on(more.size())) return std::nullopt;
        choices = std::move(more);
    }
    Values result;
    for (const Variables& choice : choices) {
        auto value = interpolate(text, choice);
        if (value && value->size() > kMostBytes) value.reset();
        add_once(result, value);
    }
    return result;
}

std::optional<Scopes::Values> Scopes::values(std::string_view text, const std::vector<Scope>& scopes) {
    if (text.find('$') == std::string_view::npos) return Values{std::string(text)};
    Values result;
    for (const Scope& scope : scopes) {
        const auto values = expand(text, scope, 0);
        if (!values) return std::nullopt;
        for (const auto& value : *values) add_once(result, value);
        if (result.size() > kMostValues) return std::nullopt;
    }
    return result;
}

}  // namespace headgate::intake::gitlab
