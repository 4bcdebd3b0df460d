#include "formats/python_source.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>

#include "formats/python_module.hpp"
#include "formats/source_text.hpp"

namespace headgate::formats {
namespace {

constexpr unsigned kFlowing = kDecode | kLoad | kNetwork | kEnvironment | kIdentity | kHidden | kNumbers;
constexpr std::uint32_t kMostRounds = 12;        // in which deeds flow from name to name
constexpr std::uint32_t kMostNesting = 3;        // exec of a text that calls exec of a text
constexpr std::size_t kMostNested = 4U << 20U;   // bytes of such texts
constexpr std::uint64_t kLongestPython = 16ULL << 20U;
constexpr std::size_t kMostOfOneName = 50;       // functions of one name that a call may mean: the last ones

/// Which calls of a module run by themselves, and what their arguments are made of.
class Reader {
  public:
    Reader(const PythonModule& module, bool every_function) : module_(module), every_function_(every_function) {
        const auto scopes = module_.scopes();
        for (std::uint32_t scope = 1; scope < scopes.size(); ++scope) {
            if (scopes[scope].name != kNoIndex) functions_[scopes[scope].name].push_back(scope);
        }
        for (std::uint32_t one = 0; one < module_.classes().size(); ++one) classes_[module_.classes()[one].name].push_back(one);
        for (std::uint32_t call = 0; call < module_.calls().size(); ++call) {
            if (auto targets = targets_of(module_.calls()[call]); !targets.empty()) edges_.push_back({call, std::move(targets)});
        }
        reach();
        flow();
    }

    bool runs(const PythonCall& call) const { return every_function_ || reached_[call.scope]; }
    unsigned arguments(const PythonCall& call) const { return deeds_of(call.arguments, call.scope); }

  private:
    struct Edge {
        std::uint32_t call;
        std::vector<std::uint32_t> targets;      // scopes
    };

    std::vector<std::uint32_t> targets_of(const PythonCall& call) const {
        if (call.calls_scope != kNoIndex) return {call.calls_scope};
        if (call.deeds != 0) return {};
        const std::string_view callee = call.callee;
        const std::string_view root = callee.substr(0, callee.find_first_of(".(["));
        const std::uint32_t name = module_.id_of(root);
        std::vector<std::uint32_t> targets;
        if (name == kNoIndex) return targets;
        const std::size_t dot = callee.ends_with("()") ? std::string_view::npos : callee.rfind('.');
        const std::uint32_t attribute = dot == std::string_view::npos ? kNoIndex : module_.id_of(callee.substr(dot + 1));
        if (root == callee) {
            const auto found = functions_.find(name);
            if (found != functions_.end()) {
                for (const std::uint32_t scope : last_of(found->second)) {
                    if (module_.scopes()[scope].of_class == kNoIndex) targets.push_back(scope);
                }
            }
            for (const std::string_view constructor : {"__init__", "__new__", "__post_init__", "__prepare__", "__set_name__"}) add_methods(name, module_.id_of(constructor), targets);
        } else if (root == "self" || root == "cls" || root == "super") {
            const auto found = functions_.find(attribute);
            if (attribute != kNoIndex && found != functions_.end()) {
                for (const std::uint32_t scope : last_of(found->second)) {
                    if (module_.scopes()[scope].of_class != kNoIndex) targets.push_back(scope);
                }
            }
        } else {
            add_methods(name, attribute, targets);
        }
        return targets;
    }

    static std::span<const std::uint32_t> last_of(const std::vector<std::uint32_t>& all) {
        const std::span<const std::uint32_t> view = all;
        return view.last(std::min(view.size(), kMostOfOneName));
    }

    void add_methods(std::uint32_t of_class, std::uint32_t method, std::vector<std::uint32_t>& targets) const {
        const auto classes = classes_.find(of_class);
        const auto methods = functions_.find(method);
        if (method == kNoIndex || classes == classes_.end() || methods == functions_.end()) return;
        for (const std::uint32_t scope : last_of(methods->second)) {
            const auto of = last_of(classes->second);
            if (std::find(of.begin(), of.end(), module_.scopes()[scope].of_class) != of.end()) targets.push_back(scope);
        }
    }

    void reach() {
        reached_.assign(module_.scopes().size(), false);
        reached_[0] = true;
        std::vector<std::vector<std::uint32_t>> from(module_.scopes().size());
        for (std::uint32_t edge = 0; edge < edges_.size(); ++edge) from[module_.calls()[edges_[edge].call].scope].push_back(edge);
        std::vector<std::uint32_t> open = {0};
        while (!open.empty()) {
            const std::uint32_t scope = open.back();
            open.pop_back();
            for (const std::uint32_t edge : from[scope]) {
                for (const std::uint32_t target : edges_[edge].targets) {
                    if (reached_[target]) continue;
                    reached_[target] = true;
                    open.push_back(target);
                }
            }
        }
    }

    bool add(std::uint64_t key, unsigned deeds) {
        if (deeds == 0) return false;
        unsigned& known = deeds_[key];
        const unsigned before = known;
        known |= deeds;
        return known != before;
    }

    void flow() {
        std::vector<unsigned> given(module_.scopes().size(), 0);
        for (std::uint32_t round = 0; round < kMostRounds; ++round) {
            bool changed = false;
            for (const PythonFlow& one : module_.flows()) changed = add(one.target, deeds_of(one.value, one.scope)) || changed;
            for (const Edge& edge : edges_) {
                const PythonCall& call = module_.calls()[edge.call];
                const unsigned deeds = deeds_of(call.arguments, call.scope);
                for (const std::uint32_t target : edge.targets) {
                    // What it has got by now its parameters have: each of them gets each deed once, however many call it.
                    const unsigned fresh = deeds & ~given[target];
                    if (fresh == 0) continue;
                    given[target] |= fresh;
                    for (const std::uint32_t parameter : module_.scopes()[target].parameters) {
                        if (module_.name(parameter) != "self") changed = add(PythonModule::key(target, parameter), fresh) || changed;
                    }
                }
            }
            if (!changed) return;
        }
    }

    unsigned deeds_of(const PythonValue& value, std::uint32_t scope) const {
        unsigned deeds = value.deeds & kFlowing;
        if (deeds_.empty()) return deeds;
        for (const std::uint32_t name : value.names) {
            for (std::uint32_t here = scope; here != kNoIndex; here = module_.scopes()[here].parent) {
                const std::uint64_t key = PythonModule::key(here, name);
                const auto found = deeds_.find(key);
                if (found != deeds_.end()) deeds |= found->second;
                if (found != deeds_.end() || module_.assigned(key)) break;
            }
        }
        return deeds;
    }

    const PythonModule& module_;
    bool every_function_;
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> functions_;
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> classes_;
    std::vector<Edge> edges_;
    std::vector<bool> reached_;
    std::unordered_map<std::uint64_t, unsigned> deeds_;
};

class Examiner {
  public:
    Examiner(const PythonRole& role, const PackageWords& words, PackageTraits& traits) : role_(role), words_(words), traits_(traits) {}

    void run(std::string_view source, std::uint32_t depth, std::uint32_t line) {
        PythonModule module(words_);
        module.read(source);
        if (depth == 0) of_the_source(module);
        const Reader reader(module, role_.every_function && depth == 0);
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
