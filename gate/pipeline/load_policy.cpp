// load_policy.cpp: a policy and everything it names: keys, name files, registries, its digest.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "checkers/all.hpp"
#include "codec/yaml.hpp"
#include "crypto/sha256.hpp"
#include "io/file_source.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/layout.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxPolicy = 1U << 20U;
constexpr std::uint64_t kMaxKey = 64U << 10U;
constexpr std::uint64_t kMaxNames = 16U << 20U;
constexpr std::string_view kBuiltin = "builtin:";

std::string below(const std::string& folder, const std::string& path) {
    return path.starts_with('/') || folder.empty() ? path : folder + "/" + path;
}

Error at_line(const std::string& line, const Error& cause) {
    return {ErrorCode::policy, line + ": " + cause.message};
}

Result<void> read_keys(const std::string& folder, LoadedPolicy& loaded) {
    for (TrustedKey& key : loaded.policy.keys) {
        auto bytes = io::read_file(below(folder, key.path), kMaxKey);
        if (!bytes.ok()) return at_line(key.line, bytes.error());
        key.pem = as_text(*bytes);
        auto parsed = crypto::PublicKey::from_pem(key.pem);
        if (!parsed.ok()) return at_line(key.line, {ErrorCode::key, key.path + ": " + parsed.error().message});
        loaded.anchors.push_back({key.name, std::move(parsed).value(), key.not_before, key.not_after});
    }
    return {};
}

Result<void> read_names(const std::string& folder, Policy& policy) {
    for (ProtectedNames& names : policy.protected_names) {
        if (names.path.empty()) continue;
        const Bytes bytes = TRY(io::read_file(below(folder, names.path), kMaxNames));
        for (const std::string_view line : split_lines(as_text(bytes))) {
            const std::string_view name = trim(line);
            if (!name.empty() && !name.starts_with('#')) names.extra.emplace_back(name);
        }
    }
    return {};
}

// rules/registries.yaml: "ecosystem: { urls: [..] }"; the policy's own entries come on top.
Result<void> read_registries(Policy& policy) {
    const auto bytes = rule_data().file("registries.yaml");
    if (!bytes) return Error{ErrorCode::internal, "rules/registries.yaml is missing"};
    const codec::Yaml document = TRY(codec::parse_yaml(*bytes));
    for (const codec::Yaml::Entry& ecosystem : document.entries) {
        const auto known = std::find_if(policy.registries.begin(), policy.registries.end(),
                                        [&](const RegistrySet& set) { return set.ecosystem == ecosystem.key; });
        RegistrySet& set = known != policy.registries.end()
                               ? *known
                               : policy.registries.emplace_back(RegistrySet{ecosystem.key, {}});
        const codec::Yaml* urls = ecosystem.value.find("urls");
        if (urls == nullptr) continue;
        for (const codec::Yaml& url : urls->items) set.urls.push_back(url.text);
    }
    return {};
}

}  // namespace

Result<LoadedPolicy> load_policy_bytes(ByteView bytes, const std::string& label, const std::string& folder) {
    LoadedPolicy loaded;
    const bool builtin = label.starts_with(kBuiltin);
    const std::string file = builtin ? label.substr(kBuiltin.size()) + ".yaml" : std::string(base_name(label));
    loaded.policy = TRY(policy::load(bytes, label, file, checkers::all()));
    loaded.policy.uri = builtin ? "https://headgate.dev/policy/" + label.substr(kBuiltin.size()) : label;
    TRY_VOID(read_keys(folder, loaded));
    TRY_VOID(read_names(folder, loaded.policy));
    TRY_VOID(read_registries(loaded.policy));
    seal(loaded);
    return loaded;
}

void seal(LoadedPolicy& loaded) {
    loaded.policy.digest = "sha256:" + crypto::sha256_hex(as_bytes(policy::resolved_form(loaded.policy)));
}

Result<LoadedPolicy> load_policy(const std::string& name, const std::optional<std::string>& pin) {
    if (name.starts_with(kBuiltin)) {
        const auto bytes = rule_data().file(name.substr(kBuiltin.size()) + ".yaml");
        if (!bytes) {
            return Error{ErrorCode::policy, name + ": no such pack; this build has builtin:baseline"};
        }
        if (pin && crypto::sha256_hex(*bytes) != *pin) {
            return Error{ErrorCode::policy, name + ": its SHA-256 is " + crypto::sha256_hex(*bytes) +
                                                ", not the pinned " + *pin};
        }
        LoadedPolicy loaded = TRY(load_policy_bytes(*bytes, name, ""));
        loaded.pinned = true;
        return loaded;
    }
    auto bytes = io::read_file(name, kMaxPolicy);
    if (!bytes.ok()) return Error{ErrorCode::policy, "policy " + bytes.error().message};
    if (pin && crypto::sha256_hex(*bytes) != *pin) {
        return Error{ErrorCode::policy, name + ": its SHA-256 is " + crypto::sha256_hex(*bytes) +
                                            ", not the pinned " + *pin};
    }
    const std::string real = TRY(io::real_path(name));
    LoadedPolicy loaded = TRY(load_policy_bytes(*bytes, name, std::string(parent_path(real))));
    loaded.path = real;
    loaded.pinned = pin.has_value();
    return loaded;
}

Result<void> add_profiles(LoadedPolicy& loaded, const std::vector<std::string>& profiles) {
    if (profiles.empty()) return {};
    for (const std::string& profile : profiles) {
        if (!rule_data().file("globals/" + profile + ".txt")) {
            return Error{ErrorCode::usage, "--profile " + profile + ": no such profile; see `headgate checkers serialization`"};
        }
    }
    for (Rule& rule : loaded.policy.rules) {
        if (rule.check != "serialization") continue;
        std::vector<std::string> all;
        if (const auto* present = rule.settings.find<std::vector<std::string>>("profiles")) all = *present;
        for (const std::string& profile : profiles) {
            if (std::find(all.begin(), all.end(), profile) == all.end()) all.push_back(profile);
        }
        rule.settings.set("profiles", std::move(all));
    }
    seal(loaded);
    return {};
}

}  // namespace headgate::pipeline
