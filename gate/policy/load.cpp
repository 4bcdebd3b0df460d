// load.cpp: the top of a policy file, and its defaults.
#include "base/text.hpp"
#include "policy/fields.hpp"
#include "policy/policy.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::array<std::string_view, 2> kDenyOrWarn = {"deny", "warn"};

void read_version(Loading& loading, const Yaml& node, Policy&) {
    if (node.integer() != 1) loading.mistakes.add(node, "expected 1, the version of the language that this build reads");
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

void read_on_trouble(Loading& loading, const Yaml& node, OnTrouble& choice) {
    const auto text = read_text(loading, node);
    if (text && known_name(loading, node, "answer", *text, kDenyOrWarn)) {
        choice = *text == "warn" ? OnTrouble::warn : OnTrouble::deny;
    }
}

void read_default_mode(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    defaults.mode = read_mode(loading, node).value_or(Mode::enforce);
}
void read_on_error(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    read_on_trouble(loading, node, defaults.on_error);
}
void read_on_unmatched(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    read_on_trouble(loading, node, defaults.on_unmatched);
}
void read_on_skipped(Loading& loading, const Yaml& node, PolicyDefaults& defaults) {
    read_on_trouble(loading, node, defaults.on_skipped);
}

constexpr std::array<Field<PolicyDefaults>, 6> kDefaults = {{
    {"mode", Need::optional, read_default_mode},
    {"on-error", Need::optional, read_on_error},
    {"on-unmatched", Need::optional, read_on_unmatched},
    {"on-skipped", Need::optional, read_on_skipped},
    {"network", Need::not_yet},
    {"deadline", Need::not_yet},
}};

void read_defaults(Loading& loading, const Yaml& node, Policy& policy) {
    read_fields(loading, node, "defaults", kDefaults, policy.defaults);
}

// In the order of reading: what others refer to comes first.
constexpr std::array<Field<Policy>, 16> kPolicy = {{
    {"headgate", Need::required, read_version},
    {"policy", Need::required, read_policy_name},
    {"revision", Need::optional, read_revision},
    {"owner", Need::optional, read_owner},
    {"defaults", Need::optional, read_defaults},
    {"trust", Need::optional, read_trust},
    {"blocked", Need::optional, read_blocked},
    {"tiers", Need::required, read_tiers},
    {"names", Need::optional, read_names},
    {"registries", Need::optional, read_registries},
    {"rules", Need::required, read_rules},
    {"extends", Need::not_yet},
    {"overrides", Need::not_yet},
    {"waivers", Need::not_yet},
    {"waiver-limits", Need::not_yet},
    {"tests", Need::not_yet},
}};

// A character that a reviewer does not see has no place in a policy, not even in a comment.
void refuse_invisible(Loading& loading, ByteView bytes) {
    std::uint32_t number = 0;
    for (const std::string_view line : split_lines(as_text(bytes))) {
        ++number;
        for (const std::string_view part : split(line, '\t')) {
            if (!has_control_characters(part)) continue;
            loading.mistakes.add(number, 1, "a control or invisible character is not accepted");
            break;
        }
    }
}

}  // namespace

Result<Policy> load(ByteView bytes, std::string_view label, std::string_view file, std::span<const Checker> checkers) {
    auto document = codec::parse_yaml(bytes);
    if (!document.ok()) return Error{ErrorCode::policy, std::string(file) + ":" + document.error().message};
    Loading loading{Mistakes(file), {}, checkers};
    loading.policy.label = label;
    refuse_invisible(loading, bytes);
    if (document->type == Yaml::Type::null) {
        loading.mistakes.add(1, 1, "an empty policy; it begins with 'headgate: 1'");
    } else {
        read_fields(loading, *document, "a policy", kPolicy, loading.policy);
    }
    if (!loading.mistakes.empty()) return loading.mistakes.error();
    return std::move(loading.policy);
}

}  // namespace headgate::policy
