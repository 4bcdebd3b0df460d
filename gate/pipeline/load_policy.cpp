// load_policy.cpp: a policy and everything it names: the policies that it extends, keys, roots, name files, registries; its
// digest; and what the operator demands of it (--policy-sha256, --policy-signed-by).
#include <algorithm>
#include <array>
#include <map>

#include "attest/dsse.hpp"
#include "base/text.hpp"
#include "checkers/all.hpp"
#include "codec/json.hpp"
#include "codec/yaml.hpp"
#include "crypto/sha256.hpp"
#include "io/file_source.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/layout.hpp"
#include "pipeline/plugin_files.hpp"
#include "pipeline/policy_files.hpp"
#include "pipeline/rule_files.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::string_view kBuiltin = "builtin:";
constexpr std::array<std::string_view, 5> kPacks = {"baseline", "strict", "huggingface", "kubernetes", "pre-commit"};
constexpr std::size_t kMaxExtended = 8;   // policies on one way from child to parent

// One file on the way from the policy that was asked for to the policies that it extends.
struct Layer {
    std::string label;                   // "builtin:baseline", or the path as written
    std::string folder;                  // what it names is looked for here; "" of a pack
    std::string path;                    // of the file, for messages and signatures beside it; "" of a pack
};

class Loader {
  public:
    /// `unsigned_waivers`: the file asked for may have waivers that nobody has signed yet.
    explicit Loader(LoadedPolicy& loaded, bool unsigned_waivers = false, Pins pins = Pins::must_hold)
        : loaded_(loaded), unsigned_waivers_(unsigned_waivers), pins_(pins) {}

    Result<Policy> load(ByteView bytes, const Layer& layer) {
        const std::string file = shown_name(layer);
        way_.push_back({identity_of(layer), layer.label});
        std::vector<std::string> parents;
        const auto parent = [&](const Extension& extension) { return extended(extension, layer.folder, parents); };
        Policy policy = TRY(policy::load(bytes, layer.label, file, checkers::all(), parent, &rule_data()));
        way_.pop_back();
        TRY_VOID(read_policy_files(layer.folder, policy, loaded_.files));
        TRY_VOID(read_plugins(layer.folder, policy, pins_, loaded_));
        if (!unsigned_waivers_ || !way_.empty()) TRY_VOID(read_waiver_signature(layer.path, policy, loaded_.files));
        return policy;
    }

  private:
    // What messages and lines call the file: one name, one file, since what stands on the same line is taken for the same.
    std::string shown_name(const Layer& layer) {
        const bool builtin = layer.path.empty() && layer.label.starts_with(kBuiltin);
        const std::string base = builtin ? layer.label.substr(kBuiltin.size()) + ".yaml" : std::string(base_name(layer.label));
        for (const std::string& name : {base, layer.label, identity_of(layer)}) {
            const auto [known, added] = shown_.emplace(name, identity_of(layer));
            if (added || known->second == identity_of(layer)) return name;
        }
        return identity_of(layer);
    }

    static std::string identity_of(const Layer& layer) { return layer.path.empty() ? layer.label : layer.path; }

    static Error at(const std::string& place, const std::string& message) { return {ErrorCode::policy, place + ": " + message}; }

    // `parents`: identities of what the same file extends already.
    Result<Policy> extended(const Extension& extension, const std::string& folder, std::vector<std::string>& parents) {
        if (!extension.builtin.empty()) {
            const auto bytes = pack(extension.builtin);
            if (!bytes) return at(extension.place, no_such_pack(extension.builtin));
            return climb(extension, *bytes, {std::string(kBuiltin) + extension.builtin, "", ""}, parents);
        }
        auto file = read_named_file(folder, extension.path, policy::kMaxPolicyBytes);
        if (!file.ok()) return at(extension.place, file.error().message);
        file->file.pinned = !extension.sha256.empty();
        if (file->file.pinned && extension.sha256 != file->file.sha256) {
            return at(extension.sha256_place, extension.path + " has SHA-256 " + file->file.sha256 +
                                                  ", not the one written here: it changed, or is another file");
        }
        const std::string path = file->file.path;
        add_named_file(std::move(file->file), loaded_.files);
        return climb(extension, file->bytes, {extension.path, std::string(parent_path(path)), path}, parents);
    }

    Result<Policy> climb(const Extension& extension, ByteView bytes, const Layer& layer, std::vector<std::string>& parents) {
        const std::string identity = identity_of(layer);
        if (std::find(parents.begin(), parents.end(), identity) != parents.end()) {
            return at(extension.place, layer.label + " is extended already, by another name");
        }
        parents.push_back(identity);
        const bool again = std::any_of(way_.begin(), way_.end(), [&](const Step& step) { return step.identity == identity; });
        if (again || way_.size() >= kMaxExtended) {
            std::string list;
            for (const Step& step : way_) list += step.label + " -> ";
            return at(extension.place, (again ? "the policy extends itself: " : "more than 8 policies extend each other: ") + list + layer.label);
        }
        auto policy = load(bytes, layer);
        if (policy.ok()) return policy;
        return at(extension.place, layer.label + ", which this policy extends, does not load:\n" + policy.error().message);
    }

  public:
    static std::optional<ByteView> pack(std::string_view name) {
        if (std::find(kPacks.begin(), kPacks.end(), name) == kPacks.end()) return std::nullopt;
        return rule_data().file(std::string(name) + ".yaml");
    }
    static std::string no_such_pack(const std::string& name) {
        const std::vector<std::string> known = packs();
        std::string list;
        for (const std::string& pack : known) list += (list.empty() ? "builtin:" : ", builtin:") + pack;
        const auto near = nearest(name, std::vector<std::string_view>(known.begin(), known.end()));
        return "builtin:" + name + ": no such pack; " + (near ? "did you mean builtin:" + std::string(*near) + "?" : "this build has " + list);
    }

  private:
    struct Step {
        std::string identity;
        std::string label;
    };
    LoadedPolicy& loaded_;
    bool unsigned_waivers_;
    Pins pins_;
    std::map<std::string, std::string> shown_;  // name in messages -> identity
    std::vector<Step> way_;              // from the policy that was asked for up to the one being read
};

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
        // In front: what asks nobody in particular asks the ecosystem's own.
        std::vector<std::string> own;
        own.reserve(urls->items.size());
        for (const codec::Yaml& url : urls->items) own.push_back(url.text);
        set.urls.insert(set.urls.begin(), own.begin(), own.end());
    }
    return {};
}

// Signers are counted by key: two names of one key are one. Only now are the keys known.
Result<void> check_thresholds(const Policy& policy) {
    for (const Rule& rule : policy.rules) {
        for (const auto& [key, value] : rule.settings.all()) {
            const auto* const signers = std::get_if<SignerSet>(&value);
            if (signers == nullptr) continue;
            std::vector<std::string> distinct;
            for (const std::string& name : signers->of) {
                const TrustedKey* const known = policy.find_key(name);
                const std::string material = known == nullptr ? "identity " + name : known->key_id;
                if (std::find(distinct.begin(), distinct.end(), material) == distinct.end()) distinct.push_back(material);
            }
            if (distinct.size() >= signers->at_least) continue;
            const auto place = policy.signer_places.find(std::string("rules.").append(rule.id).append(".with.").append(key));
            return Error{ErrorCode::policy, (place == policy.signer_places.end() ? rule.line : place->second) + ": at least " +
                                                std::to_string(signers->at_least) + " signers, but the names stand for no more than " +
                                                std::to_string(distinct.size()) + (distinct.size() == 1 ? " key" : " keys") +
                                                ": the rule can never pass"};
        }
    }
    return {};
}

void with_profiles(Policy& policy, const std::vector<std::string>& profiles) {
    for (Rule& rule : policy.rules) {
        if (rule.check != "serialization") continue;
        std::vector<std::string> all;
        if (const auto* present = rule.settings.find<std::vector<std::string>>("profiles")) all = *present;
        for (const std::string& profile : profiles) {
            if (std::find(all.begin(), all.end(), profile) == all.end()) all.push_back(profile);
        }
        rule.settings.set("profiles", std::move(all));
    }
}

// Data that stands in for the built-in: it decides as the policy does.
bool replaces_rules(const NamedFile& file) { return file.name.starts_with(std::string(kRulesVariable) + "/"); }

Result<LoadedPolicy> load_layers(ByteView bytes, const Layer& layer, Pins pins = Pins::must_hold) {
    LoadedPolicy loaded;
    loaded.policy = TRY(Loader(loaded, false, pins).load(bytes, layer));
    for (NamedFile& file : TRY(replaced_rules())) add_named_file(std::move(file), loaded.files);
    const bool builtin = layer.label.starts_with(kBuiltin);
    loaded.policy.uri = builtin ? "https://headgate.dev/policy/" + layer.label.substr(kBuiltin.size()) : layer.label;
    loaded.sha256 = crypto::sha256_hex(bytes);
    for (const TrustedKey& key : loaded.policy.keys) {
        auto parsed = TRY(crypto::PublicKey::from_pem(key.pem));
        loaded.trust.keys.push_back({key.name, std::move(parsed), key.not_before, key.not_after});
    }
    for (const TrustRoot& root : loaded.policy.roots) {
        auto parsed = attest::parse_root(root);
        if (!parsed.ok()) {
            const std::string& message = parsed.error().message;
            const auto file = std::find_if(root.files.begin(), root.files.end(), [&](const TrustRoot::File& one) { return message.starts_with(one.path + ": "); });
            return Error{ErrorCode::policy, (file == root.files.end() ? root.line : file->place) + ": " + message};
        }
        loaded.trust.roots.push_back(std::move(parsed).value());
    }
    loaded.trust.names_of = policy::namer(loaded.policy);
    TRY_VOID(check_thresholds(loaded.policy));
    TRY_VOID(read_registries(loaded.policy));
    for (auto& extended : loaded.policy.extended) {
        Policy alone = *extended;
        TRY_VOID(read_registries(alone));
        extended = std::make_shared<const Policy>(std::move(alone));
    }
    seal(loaded);
    return loaded;
}

// A pin by the file's own digest says nothing of the files that it names, where it does not state theirs.
Result<void> check_pin(const LoadedPolicy& loaded, const std::string& name, const std::string& wanted) {
    if (loaded.policy.digest == "sha256:" + wanted) return {};
    if (loaded.sha256 != wanted) {
        return Error{ErrorCode::policy, name + ": its SHA-256 is " + loaded.sha256 + " and its digest " + loaded.policy.digest +
                                            ", not the pinned " + wanted};
    }
    for (const NamedFile& file : loaded.files) {
        if (file.pinned) continue;
        return Error{ErrorCode::policy, name + ": names " + file.name + ", which a pin of the policy file alone does not cover; pin " +
                                            loaded.policy.digest + ", the digest of the resolved policy"};
    }
    return {};
}

Result<void> check_signature(const LoadedPolicy& loaded, const std::string& name, const std::string& key_path) {
    const std::string path = loaded.path + ".dsse.json";
    const crypto::PublicKey key = TRY(read_public_key(key_path));
    auto bytes = io::read_file(path, attest::kMaxEnvelope);
    if (!bytes.ok()) return Error{ErrorCode::policy, name + ": --policy-signed-by asks for its signature: " + bytes.error().message};
    auto envelope = attest::parse_envelope(*bytes);
    if (!envelope.ok()) return Error{ErrorCode::policy, path + ": " + envelope.error().message};
    if (envelope->payload_type != kPolicyPayloadType || !attest::verified_by(*envelope, key)) {
        return Error{ErrorCode::policy, path + ": not a signature of a policy by the key " + key_path};
    }
    if (as_text(envelope->payload) != policy_to_sign(loaded)) {
        return Error{ErrorCode::policy, path + ": the policy, or a file that it names, changed after it was signed"};
    }
    return {};
}

}  // namespace

std::vector<std::string> packs() {
    std::vector<std::string> names;
    for (const std::string_view name : kPacks) {
        if (rule_data().file(std::string(name) + ".yaml")) names.emplace_back(name);
    }
    return names;
}

std::string policy_to_sign(const LoadedPolicy& loaded) {
    codec::Json document = codec::Json::object();
    codec::Json& files = document.add("files", codec::Json::array());
    for (const NamedFile& file : loaded.files) {
        codec::Json& entry = files.push(codec::Json::object());
        entry.add("name", codec::Json::of(file.name));
        entry.add("sha256", codec::Json::of(file.sha256));
    }
    document.add("policy", codec::Json::of(loaded.sha256));
    return codec::write_jcs(document);
}

Result<LoadedPolicy> load_policy_bytes(ByteView bytes, const std::string& label, const std::string& folder) {
    return load_layers(bytes, {label, folder, ""});
}

Result<Policy> policy_of_file(const std::string& path) {
    if (path.starts_with(kBuiltin)) return Error{ErrorCode::usage, path + " is built in; write a policy file that extends it"};
    const Bytes bytes = TRY(io::read_file(path, policy::kMaxPolicyBytes));
    const std::string real = TRY(io::real_path(path));
    LoadedPolicy loaded;
    return Loader(loaded, true).load(bytes, {path, std::string(parent_path(real)), real});
}

Result<Policy> policy_with_own_waivers(const std::string& path) {
    Policy policy = TRY(policy_of_file(path));
    policy.waivers.erase(policy.waivers.begin(), policy.waivers.begin() + static_cast<std::ptrdiff_t>(policy.inherited_waivers));
    return policy;
}

Result<void> check_policy_text(ByteView bytes, const std::string& label, const std::string& real_path) {
    LoadedPolicy loaded;
    static_cast<void>(TRY(Loader(loaded, true).load(bytes, {label, std::string(parent_path(real_path)), real_path})));
    return {};
}

void seal(LoadedPolicy& loaded) {
    std::string form = policy::resolved_form(loaded.policy);
    for (const NamedFile& file : loaded.files) {
        if (replaces_rules(file)) form.append("\n").append(file.name).append(" ").append(file.sha256);
    }
    loaded.policy.digest = "sha256:" + crypto::sha256_hex(as_bytes(form));
}

Result<LoadedPolicy> policy_with_any_plugins(const std::string& name) {
    if (name.starts_with(kBuiltin)) return load_policy(name);
    auto bytes = io::read_file(name, policy::kMaxPolicyBytes);
    if (!bytes.ok()) return Error{ErrorCode::policy, "policy " + bytes.error().message};
    const std::string real = TRY(io::real_path(name));
    return load_layers(*bytes, {name, std::string(parent_path(real)), real}, Pins::may_differ);
}

Result<LoadedPolicy> load_policy(const std::string& name, const PolicyPin& pin) {
    LoadedPolicy loaded;
    if (name.starts_with(kBuiltin)) {
        const auto bytes = Loader::pack(name.substr(kBuiltin.size()));
        if (!bytes) return Error{ErrorCode::policy, Loader::no_such_pack(name.substr(kBuiltin.size()))};
        if (!pin.signed_by.empty()) return Error{ErrorCode::usage, "--policy-signed-by is for a policy file, and " + name + " is built in"};
        loaded = TRY(load_layers(*bytes, {name, "", ""}));
        loaded.pinned = std::none_of(loaded.files.begin(), loaded.files.end(), replaces_rules);
    } else {
        auto bytes = io::read_file(name, policy::kMaxPolicyBytes);
        if (!bytes.ok()) return Error{ErrorCode::policy, "policy " + bytes.error().message};
        const std::string real = TRY(io::real_path(name));
        loaded = TRY(load_layers(*bytes, {name, std::string(parent_path(real)), real}));
        loaded.path = real;
    }
    if (pin.sha256) TRY_VOID(check_pin(loaded, name, *pin.sha256));
    if (!pin.signed_by.empty()) TRY_VOID(check_signature(loaded, name, pin.signed_by));
    loaded.pinned = loaded.pinned || pin.sha256 || !pin.signed_by.empty();
    return loaded;
}

Result<void> add_profiles(LoadedPolicy& loaded, const std::vector<std::string>& profiles) {
    if (profiles.empty()) return {};
    for (const std::string& profile : profiles) {
        if (profile == "dangerous" || !rule_data().file("globals/" + profile + ".txt")) {
            return Error{ErrorCode::usage, "--profile " + profile + ": no such profile; see `headgate checkers serialization`"};
        }
    }
    with_profiles(loaded.policy, profiles);
    for (auto& extended : loaded.policy.extended) {
        Policy alone = *extended;
        with_profiles(alone, profiles);
        extended = std::make_shared<const Policy>(std::move(alone));
    }
    seal(loaded);
    return {};
}

}  // namespace headgate::pipeline
