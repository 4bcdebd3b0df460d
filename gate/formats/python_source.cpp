#include "formats/python_source.hpp"

#include <algorithm>
#include <unordered_map>

#include "formats/python_module.hpp"
#include "formats/source_text.hpp"

namespace headgate::formats {
namespace {

constexpr unsigned kFlowing = kDecode | kLoad | kNetwork | kEnvironment | kIdentity | kHidden | kNumbers;
constexpr std::uint32_t kMostNesting = 3;        // exec of a text that calls exec of a text
constexpr std::size_t kMostNested = 4U << 20U;   // bytes of such texts
constexpr std::uint64_t kLongestPython = 16ULL << 20U;

/// Which calls of a module run by themselves, and what their arguments are made of. Functions that a call may mean are a group: who calls
/// one of them calls all. Deeds flow along edges between names and groups, each once for each: the work is that of the source's length.
class Reader {
  public:
    Reader(const PythonModule& module, bool every_function, bool main) : module_(module), every_function_(every_function), main_(main) {
        const auto scopes = module_.scopes();
        for (std::uint32_t scope = 1; scope < scopes.size(); ++scope) {
            const PythonScope& one = scopes[scope];
            if (one.name == kNoIndex) continue;
            if (one.of_class == kNoIndex) {
                group(functions_, one.name).push_back(scope);
            } else {
                group(methods_, one.name).push_back(scope);
                group(members_, PythonModule::key(module_.classes()[one.of_class].name, one.name)).push_back(scope);
            }
        }
        for (std::uint32_t call = 0; call < module_.calls().size(); ++call) {
            if (auto groups = groups_of(module_.calls()[call]); !groups.empty()) edges_.push_back({call, std::move(groups)});
        }
        reach();
        flow();
    }

    bool runs(const PythonCall& call) const { return every_function_ || reached_[call.scope]; }
    unsigned arguments(const PythonCall& call) const {
        unsigned deeds = call.arguments.deeds & kFlowing;
        if (nodes_.empty()) return deeds;
        for (const std::uint32_t name : call.arguments.names) {
            if (const std::uint32_t node = nearest(call.scope, name); node != kNoIndex) deeds |= nodes_[node].deeds;
        }
        return deeds;
    }

  private:
    using Scopes = std::vector<std::uint32_t>;

    struct Edge {
        std::uint32_t call;
        std::vector<std::uint32_t> groups;
    };
    /// A name of a scope that something flows into.
    struct Node {
        unsigned deeds = 0;
        std::vector<std::uint32_t> nodes;        // that have what it has
        std::vector<std::uint32_t> groups;       // whose parameters do
    };

    template <typename Key>
    Scopes& group(std::unordered_map<Key, std::uint32_t>& of, Key key) {
        const auto [place, fresh] = of.try_emplace(key, static_cast<std::uint32_t>(groups_.size()));
        if (fresh) groups_.emplace_back();
        return groups_[place->second];
    }

    template <typename Key>
    static void add_group(const std::unordered_map<Key, std::uint32_t>& of, Key key, std::vector<std::uint32_t>& groups) {
        const auto found = of.find(key);
        if (found != of.end()) groups.push_back(found->second);
    }

    std::vector<std::uint32_t> groups_of(const PythonCall& call) {
        std::vector<std::uint32_t> groups;
        if (call.calls_scope != kNoIndex) {
            groups.push_back(static_cast<std::uint32_t>(groups_.size()));
            groups_.emplace_back().push_back(call.calls_scope);
            return groups;
        }
        if (call.deeds != 0) return groups;
        const std::string_view callee = call.callee;
        const std::string_view root = callee.substr(0, callee.find_first_of(".(["));
        const std::uint32_t name = module_.id_of(root);
        if (name == kNoIndex) return groups;
        const std::size_t dot = callee.ends_with("()") ? std::string_view::npos : callee.rfind('.');
        const std::uint32_t attribute = dot == std::string_view::npos ? kNoIndex : module_.id_of(callee.substr(dot + 1));
        if (root == callee) {
            add_group(functions_, name, groups);
            for (const std::string_view constructor : {"__init__", "__new__", "__post_init__", "__prepare__", "__set_name__"}) {
                if (const std::uint32_t method = module_.id_of(constructor); method != kNoIndex) add_group(members_, PythonModule::key(name, method), groups);
            }
        } else if (attribute != kNoIndex && (root == "self" || root == "cls" || root == "super")) {
            add_group(methods_, attribute, groups);
        } else if (attribute != kNoIndex) {
            add_group(members_, PythonModule::key(name, attribute), groups);
        }
        return groups;
    }

    void reach() {
        const auto scopes = module_.scopes();
        reached_.assign(scopes.size(), false);
        std::vector<std::vector<std::uint32_t>> from(scopes.size());
        for (std::uint32_t edge = 0; edge < edges_.size(); ++edge) from[module_.calls()[edges_[edge].call].scope].push_back(edge);
        std::vector<Scopes> entered(scopes.size());
        for (std::uint32_t scope = 1; main_ && scope < scopes.size(); ++scope) {
            if (scopes[scope].of_main) entered[scopes[scope].parent].push_back(scope);
        }
        std::vector<bool> called(groups_.size(), false);
        Scopes open;
        const auto enter = [&](std::uint32_t scope) {
            if (!reached_[scope]) open.push_back(scope);
            reached_[scope] = true;
        };
        enter(0);
        while (!open.empty()) {
            const std::uint32_t scope = open.back();
            open.pop_back();
            for (const std::uint32_t inner : entered[scope]) enter(inner);
            for (const std::uint32_t edge : from[scope]) {
                for (const std::uint32_t group : edges_[edge].groups) {
                    if (called[group]) continue;
                    called[group] = true;
                    for (const std::uint32_t target : groups_[group]) enter(target);
                }
            }
        }
    }

    /// The node behind a name that is read in a scope: its own, or that of the nearest scope around it which has one, unless another
    /// assigns the name before.
    std::uint32_t nearest(std::uint32_t scope, std::uint32_t name) const {
        for (; scope != kNoIndex; scope = module_.scopes()[scope].parent) {
            const std::uint64_t key = PythonModule::key(scope, name);
            const auto found = node_of_.find(key);
            if (found != node_of_.end()) return found->second;
            if (module_.assigned(key)) break;
        }
        return kNoIndex;
    }

    std::uint32_t make_node(std::uint64_t key) {
        const auto [place, fresh] = node_of_.try_emplace(key, static_cast<std::uint32_t>(nodes_.size()));
        if (fresh) nodes_.emplace_back();
        return place->second;
    }

    /// Makes the nodes, and the edges between them. False where no deed is there that could flow.
    bool make_nodes() {
        const auto has_deed = [](const PythonValue& value) { return (value.deeds & kFlowing) != 0; };
        const bool any = std::any_of(module_.flows().begin(), module_.flows().end(), [&](const PythonFlow& one) { return has_deed(one.value); }) ||
                         std::any_of(edges_.begin(), edges_.end(), [&](const Edge& one) { return has_deed(module_.calls()[one.call].arguments); });
        if (!any) return false;
        for (const PythonFlow& one : module_.flows()) make_node(one.target);
        std::vector<bool> called(groups_.size(), false);
        for (const Edge& edge : edges_) {
            for (const std::uint32_t group : edge.groups) {
                if (called[group]) continue;
                called[group] = true;
                for (const std::uint32_t scope : groups_[group]) {
                    for (const std::uint32_t parameter : module_.scopes()[scope].parameters) make_node(PythonModule::key(scope, parameter));
                }
            }
        }
        // A name that a scope gets and does not assign (what its function of a class answers) is that of the scopes around it, too.
        for (const auto& [key, node] : node_of_) {
            const std::uint32_t outer = module_.scopes()[static_cast<std::uint32_t>(key >> 32U)].parent;
            if (module_.assigned(key) || outer == kNoIndex) continue;
            if (const std::uint32_t above = nearest(outer, static_cast<std::uint32_t>(key)); above != kNoIndex) nodes_[above].nodes.push_back(node);
        }
        return true;
    }

    void give(std::uint32_t node, unsigned deeds) {
        const unsigned fresh = deeds & ~nodes_[node].deeds;
        if (fresh == 0) return;
        nodes_[node].deeds |= fresh;
        open_.push_back(node);
    }

    void give_group(std::uint32_t group, unsigned deeds) {
        const unsigned fresh = deeds & ~given_[group];
        if (fresh == 0) return;
        given_[group] |= fresh;
        for (const std::uint32_t scope : groups_[group]) {
            for (const std::uint32_t parameter : module_.scopes()[scope].parameters) {
                if (module_.name(parameter) != "self") give(node_of_.at(PythonModule::key(scope, parameter)), fresh);
            }
        }
    }

    void flow() {
        if (!make_nodes()) return;
        given_.assign(groups_.size(), 0);
        for (const PythonFlow& one : module_.flows()) {
            const std::uint32_t target = node_of_.at(one.target);
            for (const std::uint32_t name : one.value.names) {
                if (const std::uint32_t node = nearest(one.scope, name); node != kNoIndex) nodes_[node].nodes.push_back(target);
            }
            give(target, one.value.deeds & kFlowing);
        }
        for (const Edge& edge : edges_) {
            const PythonCall& call = module_.calls()[edge.call];
            for (const std::uint32_t name : call.arguments.names) {
                const std::uint32_t node = nearest(call.scope, name);
                if (node != kNoIndex) nodes_[node].groups.insert(nodes_[node].groups.end(), edge.groups.begin(), edge.groups.end());
            }
            for (const std::uint32_t group : edge.groups) give_group(group, call.arguments.deeds & kFlowing);
        }
        // Each node comes back as often as it gets a deed that it had not: a few times.
        while (!open_.empty()) {
            const std::uint32_t node = open_.back();
            open_.pop_back();
            const unsigned deeds = nodes_[node].deeds;
            for (const std::uint32_t next : nodes_[node].nodes) give(next, deeds);
            for (const std::uint32_t group : nodes_[node].groups) give_group(group, deeds);
        }
    }

    const PythonModule& module_;
    bool every_function_;
    bool main_;                              // `if __name__ == "__main__"` is entered
    std::unordered_map<std::uint32_t, std::uint32_t> functions_;     // groups, by the name of functions,
    std::unordered_map<std::uint32_t, std::uint32_t> methods_;       // of those of any class,
    std::unordered_map<std::uint64_t, std::uint32_t> members_;       // of a class and one of its own
    std::vector<Scopes> groups_;
    std::vector<unsigned> given_;            // what the parameters of a group have got
    std::vector<Edge> edges_;
    std::vector<bool> reached_;
    std::unordered_map<std::uint64_t, std::uint32_t> node_of_;
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> open_;        // nodes that have something new
};

class Examiner {
  public:
    Examiner(const PythonRole& role, const PackageWords& words, PackageTraits& traits) : role_(role), words_(words), traits_(traits) {}

    void run(std::string_view source, std::uint32_t depth, std::uint32_t line) {
        PythonModule module(words_);
        module.read(source);
        if (depth == 0) of_the_source(module);
        // A text that is run may be told any name.
        const Reader reader(module, role_.every_function && depth == 0, role_.main || depth > 0);
        const auto runs = [&](unsigned deed) {
            return std::any_of(module.calls().begin(), module.calls().end(), [&](const PythonCall& call) { return (call.deeds & deed) != 0 && reader.runs(call); });
        };
        const bool shell = runs(kNetwork) && runs(kTerminal);
        for (const PythonCall& call : module.calls()) {
            if (call.deeds == 0 || !reader.runs(call)) continue;
            tell(call, reader.arguments(call), shell, line == 0 ? call.line : line);
            const bool again = (call.deeds & kCode) != 0 && call.literal && depth < kMostNesting && nested_ + call.text.size() <= kMostNested;
            if (!again) continue;
            nested_ += call.text.size();
            run(call.text, depth + 1, line == 0 ? call.line : line);     // at most kMostNesting deep
        }
    }

  private:
    void of_the_source(const PythonModule& module) {
        if (!module.problem().empty()) traits_.add("unreadable-source", module.problem());
        if (module.far_right() != 0) traits_.add("far-right", "code behind blanks, to the right of other code", module.far_right());
        if (module.encoded_literal() != 0) traits_.add("encoded-literal", "a text of thousands of letters that stand for something else", module.encoded_literal());
        if (module.oversized() != 0) traits_.add("oversized-source", "a statement of more tokens than are read at once", module.oversized());
        if (!role_.classes) return;
        for (const PythonClass& one : module.classes()) {
            if ((one.deeds & kInstall) != 0) traits_.add("install-command", "class " + std::string(module.name(one.name)) + "(" + one.bases + ")", one.line);
        }
    }

    void tell(const PythonCall& call, unsigned arguments, bool shell, std::uint32_t line) {
        const std::string what = call.callee + "(" + shortened(call.text, 100) + ")";
        const auto add = [&](std::string_view trait) { traits_.add(std::string(trait) + "-at-" + std::string(role_.stage), what, line); };
        if ((call.deeds & (kCode | kLoad)) != 0) {
            if ((arguments & kNetwork) != 0) {
                add("downloaded-code");
            } else if ((arguments & (kDecode | kHidden)) != 0 || ((call.deeds & kCode) != 0 && (arguments & kNumbers) != 0)) {
                add((call.deeds & kCode) != 0 ? "decoded-code" : "decoded-objects");
            }
        }
        if ((call.deeds & kNetwork) != 0) add((arguments & (kEnvironment | kIdentity)) != 0 ? "environment-sent" : "network");
        if ((call.deeds & kTerminal) != 0 && shell) add("remote-shell");
        if ((call.deeds & kProcess) == 0) return;
        if (words_.fetches_and_runs(call.text) || (arguments & kNetwork) != 0) {
            add("fetches-and-runs");
        } else if ((arguments & (kDecode | kHidden)) != 0) {
            add("decoded-command");
        } else {
            add("process");
        }
    }

    const PythonRole& role_;
    const PackageWords& words_;
    PackageTraits& traits_;
    std::size_t nested_ = 0;
};

}  // namespace

void examine_python(ByteView source, const PythonRole& role, const PackageWords& words, ParseContext& context) {
    PackageTraits traits(context);
    if (source.size() > kLongestPython) {
        traits.add("oversized-source", std::to_string(source.size()) + " bytes of Python");
        return;
    }
    if (!context.budget.step(source.size() / 8 + 1)) {
        context.unscannable("package", "its source needs more steps than the limit allows", context.whole());
        return;
    }
    const std::string_view text = as_text(source);
    note_hidden_text(text, traits);
    if (const std::string_view encoding = declared_encoding(text); !encoding.empty() && !words.is_plain_encoding(encoding)) {
        traits.add("unusual-encoding", encoding, 1);
    }
    Examiner(role, words, traits).run(text, 0, 0);
}

}  // namespace headgate::formats
