#include "pipeline/policy_files.hpp"

#include <algorithm>

#include "attest/dsse.hpp"
#include "attest/trust.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "io/file_source.hpp"
#include "pipeline/layout.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kMaxKey = 64U << 10U;
constexpr std::uint64_t kMaxRoots = 4U << 20U;
constexpr std::uint64_t kMaxNames = 16U << 20U;

Error at(const std::string& place, const std::string& message) { return {ErrorCode::policy, place + ": " + message}; }

// Reads the file `name` that stands at `place` of the policy.
Result<Bytes> read_at(const std::string& place, const std::string& folder, const std::string& name, std::uint64_t limit,
                      std::vector<NamedFile>& files) {
    auto read = read_named_file(folder, name, limit);
    if (!read.ok()) return at(place, read.error().message);
    add_named_file(std::move(read->file), files);
    return std::move(read->bytes);
}

Result<void> read_keys(const std::string& folder, Policy& policy, std::vector<NamedFile>& files) {
    for (TrustedKey& key : policy.keys) {
        if (!key.pem.empty()) continue;
        const Bytes bytes = TRY(read_at(key.place, folder, key.path, kMaxKey, files));
        key.pem = as_text(bytes);
        auto parsed = crypto::PublicKey::from_pem(key.pem);
        if (!parsed.ok()) return at(key.place, key.path + ": " + parsed.error().message);
        key.key_id = to_hex(parsed->spki_sha256());
    }
    return {};
}

Result<void> read_roots(const std::string& folder, Policy& policy, std::vector<NamedFile>& files) {
    for (TrustRoot& root : policy.roots) {
        if (!root.digest.empty()) continue;
        for (TrustRoot::File& file : root.files) {
            const Bytes bytes = TRY(read_at(file.place, folder, file.path, kMaxRoots, files));
            file.content = as_text(bytes);
        }
        root.digest = attest::root_digest(root);
    }
    return {};
}

Result<void> read_names(const std::string& folder, Policy& policy, std::vector<NamedFile>& files) {
    for (ProtectedNames& names : policy.protected_names) {
        if (names.path.empty()) {
            if (names.place.empty() || rule_data().file("names/" + names.ecosystem + ".idx")) continue;
            return at(names.place, "this build knows no popular names of " + names.ecosystem + "; name a file that lists yours");
        }
        auto bytes_or = read_at(names.place, folder, names.path, kMaxNames, files);
        if (!bytes_or.ok()) return Error{ErrorCode::policy, bytes_or.error().message + "; expected 'builtin', or a file of names"};
        const Bytes bytes = std::move(bytes_or).value();
        for (const std::string_view line : split_lines(as_text(bytes))) {
            const std::string_view name = trim(line);
            if (!name.empty() && !name.starts_with('#')) names.extra.emplace_back(name);
        }
        if (names.extra.empty()) return at(names.place, names.path + ": holds no name");
        names.place.clear();
        names.path.clear();              // read: a policy that extends this one does not look for it again
    }
    return {};
}

}  // namespace

Result<ReadFile> read_named_file(const std::string& folder, const std::string& name, std::uint64_t limit) {
    const std::string path = name.starts_with('/') || folder.empty() ? name : folder + "/" + name;
    ReadFile read;
    auto bytes = io::read_file(path, limit);
    if (!bytes.ok()) {               // said of the name that is written, which is not the machine's path
        const std::string& message = bytes.error().message;
        const bool relative = path != name && bytes.error().code == ErrorCode::not_found;
        return Error{bytes.error().code, (message.starts_with(path) ? name + message.substr(path.size()) : message) +
                                             (relative ? " (looked for beside the policy)" : "")};
    }
    read.bytes = std::move(bytes).value();
    read.file = {name, TRY(io::real_path(path)), crypto::sha256_hex(read.bytes), false};
    return read;
}

void add_named_file(NamedFile file, std::vector<NamedFile>& files) {
    const bool there = std::any_of(files.begin(), files.end(), [&](const NamedFile& known) { return known.path == file.path; });
    if (!there) files.push_back(std::move(file));
}

Result<void> read_policy_files(const std::string& folder, Policy& policy, std::vector<NamedFile>& files) {
    TRY_VOID(read_keys(folder, policy, files));
    TRY_VOID(read_roots(folder, policy, files));
    return read_names(folder, policy, files);
}

Result<void> read_waiver_signature(const std::string& path, Policy& policy, std::vector<NamedFile>& files) {
    const auto own = policy.waivers.begin() + static_cast<std::ptrdiff_t>(policy.inherited_waivers);
    if (own == policy.waivers.end() || policy.waiver_limits.signed_by.empty()) return {};
    const std::string name = std::string(base_name(path)) + ".waivers.dsse.json";
    const std::string sign = "; 'waiver-limits.signed-by' asks for a signature over the waivers: headgate waiver sign";
    auto bytes = read_at(own->place, std::string(parent_path(path)), name, attest::kMaxEnvelope, files);
    if (!bytes.ok()) return Error{ErrorCode::policy, bytes.error().message + sign};
    auto envelope = attest::parse_envelope(*bytes);
    if (!envelope.ok()) return at(own->place, name + ": " + envelope.error().message + sign);
    const std::string wanted = policy::waivers_to_sign(policy.name, std::span(policy.waivers).subspan(policy.inherited_waivers));
    std::vector<std::string> signers;
    for (const TrustedKey& key : policy.keys) {
        const auto& allowed = policy.waiver_limits.signed_by;
        if (std::find(allowed.begin(), allowed.end(), key.name) == allowed.end()) continue;
        if (attest::verified_by(*envelope, TRY(crypto::PublicKey::from_pem(key.pem)))) signers.push_back(key.name);
    }
    if (envelope->payload_type != kWaiversPayloadType || as_text(envelope->payload) != wanted || signers.empty()) {
        return at(own->place, "the waivers are not signed as they stand by any of 'waiver-limits.signed-by' (" + name +
                                  "); sign them: headgate waiver sign");
    }
    for (auto waiver = own; waiver != policy.waivers.end(); ++waiver) waiver->signed_by = signers;
    return {};
}

Result<crypto::PublicKey> read_public_key(const std::string& path) {
    const Bytes bytes = TRY(io::read_file(path, kMaxKey));
    auto key = crypto::PublicKey::from_pem(as_text(bytes));
    if (!key.ok()) return Error{ErrorCode::key, path + ": " + key.error().message};
    return key;
}

}  // namespace headgate::pipeline
