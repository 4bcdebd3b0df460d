// load.cpp: the top of a policy file, and its defaults.
#include <algorithm>

#include "base/text.hpp"
#include "policy/combine.hpp"
#include "policy/fields.hpp"
#include "policy/policy.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::array<std::string_view, 2> kDenyOrWarn = {"deny", "warn"};
constexpr std::array<std::string_view, 2> kNetwork = {"deny", "allow"};
constexpr std::array<std::string_view, 2> kJudgeOrAdmit = {"judge", "admit"};
constexpr std::array<std::string_view, 2> kSandbox = {"required", "best-effort"};
constexpr std::array<std::string_view, 3> kModes = {"enforce", "warn", "monitor"};

std::string loosens(std::string_view what, std::string_view how, const Loading& loading, const std::string& path) {
    const auto stands = loading.base->origins.find(path);
    return std::string(what) + " is " + std::string(how) + " that of the extended policy" +
           (stands == loading.base->origins.end() ? "" : " (" + stands->second + ")") + "; a child only tightens";
}

void read_version(Loading& loading, const Yaml& node, Policy&) {
    if (integer_of(node) != 1) loading.mistakes.add(node, "expected 1, the version of the language that this build reads");
}

void read_policy_name(Loading& loading, const Yaml& node, Policy& policy) {
    policy.name = read_text(loading, node).value_or("");
}

void read_revision(Loading& loading, const Yaml& node, Policy& policy) {
    policy.revision = read_text(loading, node).value_or("");
}

void read_owner(Loading& loading, const Yaml& node, Policy& policy) {
    policy.owner = read_text(loading, node).value_or("");
}

// In a child, `warn` where the extended policy denies is a loosening.
void read_on_trouble(Loading& loading, const Yaml& node, std::string_view key, OnTrouble& choice) {
    const auto text = read_choice(loading, node, "answer", kDenyOrWarn);
    if (!text) return;
    const OnTrouble wanted = *text == "warn" ? OnTrouble::warn : OnTrouble::deny;
    if (loading.base != nullptr && wanted == OnTrouble::warn && choice == OnTrouble::deny) {
        return loading.mistakes.add(node, loosens("'" + std::string(key) + "'", "weaker than", loading, "defaults." + std::string(key)));
    }
    choice = wanted;
}

void read_default_mode(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    defaults.mode = read_mode(loading, node).value_or(Mode::enforce);
}
void read_on_error(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    read_on_trouble(loading, node, "on-error", defaults.on_error);
}
void read_on_unmatched(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    read_on_trouble(loading, node, "on-unmatched", defaults.on_unmatched);
}
void read_on_skipped(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    read_on_trouble(loading, node, "on-skipped", defaults.on_skipped);
}

void read_network(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    defaults.network = read_choice(loading, node, "answer", kNetwork) == "allow";
}

void read_layers(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    if (!node.boolean()) return loading.mistakes.add(node, "expected true or false");
    defaults.layers = *node.boolean();
}

void read_sandbox(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    const auto text = read_choice(loading, node, "answer", kSandbox);
    if (!text) return;
    const Sandbox wanted = *text == "required" ? Sandbox::required : Sandbox::best_effort;
    if (loading.base != nullptr && wanted > defaults.sandbox) {
        return loading.mistakes.add(node, loosens("'sandbox'", "weaker than", loading, "defaults.sandbox"));
    }
    defaults.sandbox = wanted;
}

void read_on_unchanged(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    const auto text = read_choice(loading, node, "answer", kJudgeOrAdmit);
    if (!text) return;
    const OnUnchanged wanted = *text == "admit" ? OnUnchanged::admit : OnUnchanged::judge;
    if (loading.base != nullptr && wanted > defaults.on_unchanged) {
        return loading.mistakes.add(node, loosens("'on-unchanged'", "weaker than", loading, "defaults.on-unchanged"));
    }
    defaults.on_unchanged = wanted;
}

// In a child only shorter.
void read_shorter(Loading& loading, const Yaml& node, std::string_view key, std::optional<std::int64_t>& value) {
    const auto seconds = read_duration(loading, node);
    const bool inherited = loading.base != nullptr && value;
    if (seconds && inherited && *seconds > *value) {
        return loading.mistakes.add(node, loosens("the deadline", "longer than", loading, "defaults.deadline." + std::string(key)));
    }
    if (seconds) value = seconds;
}
void read_http(Loading& loading, const Yaml& node, PolicyDefaults& defaults) { read_shorter(loading, node, "http", defaults.http_deadline); }
void read_admission(Loading& loading, const Yaml& node, PolicyDefaults& defaults) { read_shorter(loading, node, "admission", defaults.admission_deadline); }

constexpr std::array<Field<PolicyDefaults>, 2> kDeadline = {{
    {{"http", Need::optional, Shape::duration, "longest judgement for one HTTP request; then it could not decide"}, read_http},
    {{"admission", Need::optional, Shape::duration, "longest judgement for one Kubernetes admission review; never longer than the API server waits"}, read_admission},
}};

// In a child only shorter, and none where the extended policy has none.
void read_admitted_digest(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    const auto seconds = read_duration(loading, node);
    if (!seconds) return;
    if (loading.base != nullptr && *seconds > defaults.grace_admitted.value_or(0)) {
        return loading.mistakes.add(node, loosens("the grace", "longer than", loading, "defaults.grace.admitted-digest"));
    }
    defaults.grace_admitted = seconds;
}

constexpr std::array<Field<PolicyDefaults>, 1> kGrace = {{
    {{"admitted-digest", Need::optional, Shape::duration, "how long a digest that was admitted in a namespace stays admissible there when nothing could be decided about it (a registry that is down, a deadline), or when it is refused for nothing but a statement that has become too old since, or a waiver that has ended"}, read_admitted_digest},
}};

void read_grace(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    const Within here(loading, loading.at + "grace.");
    read_fields(loading, node, "'grace'", kGrace, defaults);
}

void read_deadline(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    const Within here(loading, loading.at + "deadline.");
    read_fields(loading, node, "'deadline'", kDeadline, defaults);
}

constexpr std::array<Field<PolicyDefaults>, 10> kDefaults = {{
    {{"mode", Need::optional, Shape::choice, "mode of the rules of this file that name none", "enforce", kModes}, read_default_mode},
    {{"on-error", Need::optional, Shape::choice, "a checker failed, timed out, or had no data", "deny", kDenyOrWarn}, read_on_error},
    {{"on-unmatched", Need::optional, Shape::choice, "a subject that no rule covers", "deny", kDenyOrWarn}, read_on_unmatched},
    {{"on-skipped", Need::optional, Shape::choice, "a file or region that nothing could read", "deny", kDenyOrWarn}, read_on_skipped},
    {{"on-unchanged", Need::optional, Shape::choice, "a Kubernetes object that changes and names only what it named before, each by digest: judged, or admitted though it would be refused", "judge", kJudgeOrAdmit}, read_on_unchanged},
    {{"network", Need::optional, Shape::choice, "of the rules for containers of this file that do not say: whether images are looked up at their registry; nothing else uses the network, and a plugin only where its entry says so", "deny", kNetwork}, read_network},
    {{"layers", Need::optional, Shape::flag, "of the rules for containers of this file that look at what files hold and do not say: whether what lies in the layers of an image is judged", "false"}, read_layers},
    {{"sandbox", Need::optional, Shape::choice, "a plugin where the kernel cannot contain it: not run, or (best-effort, never in `serve`) run and said so", "required", kSandbox}, read_sandbox},
    {{"deadline", Need::optional, Shape::section, "how long a judgement may take where somebody waits", {}, {}, "deadline"}, read_deadline},
    {{"grace", Need::optional, Shape::section, "what is let in again when nothing could be decided about it, or what it rests on has just ended", {}, {}, "grace"}, read_grace},
}};

void read_defaults(Loading& loading, const Yaml& node, Policy& policy) {
    const Within here(loading, "defaults.");
    read_fields(loading, node, "defaults", kDefaults, policy.defaults);
}

void keep_extends(Loading&, const Yaml&, Policy&) {}  // read before everything else: load()

// In the order of reading: what others refer to comes first.
constexpr std::array<Field<Policy>, 17> kPolicy = {{
    {{"headgate", Need::required, Shape::version, "version of the language: 1"}, read_version},
    {{"policy", Need::required, Shape::text, "name of the policy: acme/ai-supply-chain"}, read_policy_name},
    {{"revision", Need::optional, Shape::text, "which state of the policy this is; shown in `policy show`"}, read_revision},
    {{"owner", Need::optional, Shape::text, "who answers for it"}, read_owner},
    {{"extends", Need::optional, Shape::sections, "policies that this one tightens: builtin:NAME, or { path, sha256 }", {}, {}, "extension"}, keep_extends},
    {{"defaults", Need::optional, Shape::section, "what holds where a rule says nothing", {}, {}, "defaults"}, read_defaults},
    {{"trust", Need::optional, Shape::section, "whose signatures count", {}, {}, "trust"}, read_trust},
    {{"blocked", Need::optional, Shape::sections, "judged first, beats every rule, waiver and upstream verdict", {}, {}, "blocked"}, read_blocked},
    {{"tiers", Need::optional, Shape::sections, "how far something is trusted by where it comes from: first match wins, the last matches everything", {}, {}, "tier"}, read_tiers},
    {{"names", Need::optional, Shape::section, "names that others must not take", {}, {}, "names"}, read_names},
    {{"registries", Need::optional, Shape::named_sections, "mirrors that stand for an ecosystem's public registry", {}, {}, "registry"}, read_registries},
    {{"plugins", Need::optional, Shape::named_sections, "external checkers: programs that rules may ask, by name", {}, {}, "plugin"}, read_plugins},
    {{"rules", Need::optional, Shape::sections, "what is asked of what enters", {}, {}, "rule"}, read_rules},
    {{"overrides", Need::optional, Shape::sections, "loosenings of an extended policy, each with a reason and an end", {}, {}, "override"}, read_overrides},
    {{"waiver-limits", Need::optional, Shape::section, "what waivers may not do", {}, {}, "waiver-limits"}, read_waiver_limits},
    {{"waivers", Need::optional, Shape::sections, "exceptions: one rule, one subject, named findings, an owner, an end", {}, {}, "waiver"}, read_waivers},
    {{"tests", Need::optional, Shape::sections, "what `headgate policy test` runs", {}, {}, "test"}, read_tests},
}};

// A character that a reviewer does not see has no place in a policy, not even in a comment.
void refuse_invisible(Loading& loading, ByteView bytes) {
    std::uint32_t number = 0;
    for (const std::string_view line : split_lines(as_text(bytes))) {
        ++number;
        if (!has_control_characters(line)) continue;
        for (std::size_t at = 0, length = 1; at < line.size(); at += length) {
            length = std::max<std::size_t>(1, utf8_sequence(line.substr(at)));
            const std::string_view character = line.substr(at, length);
            if (character == "\t" || !has_control_characters(character)) continue;
            loading.mistakes.add(number, static_cast<std::uint32_t>(at + 1),
                                 "the control or invisible character " + escape_terminal(character) + " is not accepted");
            break;
        }
    }
}

std::vector<Section> top_sections() {
    return {section_of("policy", "one YAML file that says what may enter", kPolicy),
            section_of("defaults", "what holds where a rule says nothing", kDefaults),
            section_of("deadline", "how long a judgement may take where somebody waits", kDeadline),
            section_of("grace", "what is let in again when nothing could be decided about it, or what it rests on has just ended", kGrace)};
}

std::vector<std::string_view> top_keys() {
    std::vector<std::string_view> keys;
    keys.reserve(std::size(kPolicy));
    for (const Field<Policy>& field : kPolicy) keys.push_back(field.key);
    return keys;
}

// A policy of its own names its tiers and rules; one that extends may leave them to the policies that it extends.
void need_tiers_and_rules(Loading& loading, const Yaml& document) {
    if (loading.base != nullptr || !document.is_mapping()) return;
    for (const std::string_view key : {"tiers", "rules"}) {
        const bool misspelled = std::any_of(document.entries.begin(), document.entries.end(), [&](const Yaml::Entry& entry) {
            return entry.key != key && nearest(entry.key, top_keys()) == key;
        });
        if (document.find(key) == nullptr && !misspelled) {
            loading.mistakes.add(document, "a policy needs '" + std::string(key) + "'");
        }
    }
}

// A policy that is extended is kept as it is alone, behind those that it extends itself.
void keep_alone(Policy& parent) {
    auto alone = std::make_shared<const Policy>(parent);
    parent.extended.push_back(std::move(alone));
}

}  // namespace

std::vector<Section> language() {
    std::vector<Section> sections = top_sections();
    for (const auto& more : {sections_of_extends(), sections_of_trust(), sections_of_tiers(), sections_of_names(),
                             sections_of_plugins(), sections_of_rules(), sections_of_overrides(), sections_of_waivers(), sections_of_tests()}) {
        sections.insert(sections.end(), more.begin(), more.end());
    }
    return sections;
}

Result<Policy> no_parents(const Extension& extension) {
    return Error{ErrorCode::policy, extension.line + ": other policies cannot be extended here"};
}

Result<Policy> load(ByteView bytes, std::string_view label, std::string_view file, std::span<const Checker> checkers,
                    const Parents& parents, const RuleData* data) {
    codec::YamlLimits limits;
    limits.bytes = kMaxPolicyBytes;
    auto document = codec::parse_yaml(bytes, limits);
    if (!document.ok()) return Error{ErrorCode::policy, std::string(file) + ":" + document.error().message};
    Loading loading{Mistakes(file), {}, checkers, data, nullptr, {}};
    refuse_invisible(loading, bytes);
    if (document->type == Yaml::Type::null) loading.mistakes.add(1, 1, "an empty policy; it begins with 'headgate: 1'");
    std::vector<Extension> extensions;
    if (const Yaml* node = document->find("extends")) read_extends(loading, *node, extensions);
    if (!loading.mistakes.empty()) return loading.mistakes.error();

    std::optional<Policy> base;
    for (const Extension& extension : extensions) {
        Policy parent = TRY(parents(extension));
        keep_alone(parent);
        if (!base) {
            base = std::move(parent);
            continue;
        }
        combine(*base, std::move(parent), extension, checkers, loading.mistakes);
    }
    if (base) loading.policy = *base;
    loading.policy.pack = label.starts_with("builtin:");
    // What holds for rules that name no mode, network or layers, and whether children may waive, each file says of itself.
    loading.policy.defaults.mode = Mode::enforce;
    loading.policy.defaults.network = false;
    loading.policy.defaults.layers = false;
    loading.policy.waiver_limits.allow_child_waivers = false;
    loading.policy.tests.clear();
    loading.policy.revision.clear();
    loading.policy.owner.clear();
    loading.policy.inherited_waivers = loading.policy.waivers.size();
    loading.base = base ? &*base : nullptr;
    loading.policy.label = label;
    read_fields(loading, *document, "a policy", kPolicy, loading.policy);
    need_tiers_and_rules(loading, *document);
    if (!loading.mistakes.empty()) return loading.mistakes.error();
    return std::move(loading.policy);
}

}  // namespace headgate::policy
