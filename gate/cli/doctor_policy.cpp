// doctor_policy.cpp: probes of the policy and what it names. A policy that loads has been read by its own loader; one that does
// not is looked at key by key, so that every missing file and every weak key is said, not only the first.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "cli/doctor.hpp"
#include "cli/policy_options.hpp"
#include "cli/private_key.hpp"
#include "codec/yaml.hpp"
#include "crypto/certificates.hpp"
#include "crypto/keys.hpp"
#include "crypto/pkcs11_uri.hpp"
#include "io/file_source.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/layout.hpp"

namespace headgate::cli {
namespace {

using State = Probe::State;

constexpr std::uint64_t kMaxFile = 16U << 20U;
constexpr std::int64_t kSoon = 14 * std::int64_t{86'400};

// A window of a key, certificate, waiver or override.
void probe_window(const std::string& name, const std::string& what, std::optional<Instant> begin, std::optional<Instant> end,
                  const std::string& over, const std::string& fix, Instant now, std::vector<Probe>& probes) {
    if (end && *end < now) {
        probes.push_back({State::bad, name, what + ": over since " + date_of(*end) + "; " + over, fix});
    } else if (begin && now < *begin) {
        probes.push_back({State::warn, name, what + ": does not begin before " + date_of(*begin), "until then: " + fix});
    } else if (end && end->seconds - now.seconds <= kSoon) {
        probes.push_back({State::warn, name, what + ": ends in " + days_between(now, *end) + ", on " + date_of(*end), fix});
    } else {
        probes.push_back({State::ok, name, what + (end ? ": until " + date_of(*end) : ""), ""});
    }
}

void probe_key(const TrustedKey& key, Instant now, std::vector<Probe>& probes) {
    const auto parsed = crypto::PublicKey::from_pem(key.pem);
    if (!parsed.ok()) return;
    probe_window("key " + key.name, key.path + " (" + std::string(crypto::to_string(parsed->type())) + ", " + key.line + ")",
                 key.not_before, key.not_after, "what it signs does not count", "make a new key and name it in trust.keys", now, probes);
}

void probe_certificates(const std::string& name, const std::string& path, std::string_view pem, Instant now,
                        std::vector<Probe>& probes) {
    const auto certificates = crypto::certificate_facts(pem);
    if (!certificates.ok()) {
        probes.push_back({State::bad, name, path + ": " + certificates.error().message, "replace it by PEM certificates"});
        return;
    }
    for (const crypto::CertificateFacts& one : *certificates) {
        const std::string what = path + " (" + one.subject + ")";
        if (!one.weak_key.empty()) {
            probes.push_back({State::bad, name, what + ": " + one.weak_key, "use a root with ECDSA P-256 or better, or RSA of 2048 bits or more"});
        } else if (!one.weak_hash.empty()) {
            // Nobody verifies the signature of a root over itself.
            probes.push_back({one.self_issued ? State::warn : State::bad, name, what + ": is signed with " + one.weak_hash,
                              "use a certificate that is signed with SHA-256 or better"});
        } else {
            probe_window(name, what, one.not_before, one.not_after, "chains that end in it do not count now",
                         "take the CA's new certificate", now, probes);
        }
    }
}

void probe_exceptions(const Policy& policy, Instant now, std::vector<Probe>& probes) {
    for (const Waiver& waiver : policy.waivers) {
        if (waiver.expires.seconds - now.seconds > kSoon) continue;
        const bool over = waiver.expires < now;
        probes.push_back({State::warn, "waiver", waiver.id + " of rule " + waiver.rule + " (" + waiver.line + ") " +
                                                     (over ? "is over since " : "ends on ") + date_of(waiver.expires),
                          over ? "remove it" : "fix what it excuses, or ask " + waiver.owner + " for a new one"});
    }
    for (const Override& one : policy.overrides) {
        if (one.expires.seconds - now.seconds > kSoon) continue;
        const bool over = one.expires < now;
        probes.push_back({State::warn, "override", one.rule + " " + one.key + " (" + one.line + ") " + (over ? "is over since " : "ends on ") +
                                                       date_of(one.expires),
                          over ? "remove it" : "prepare for the stricter rule, or ask " + one.owner + " for a new one"});
    }
}

void probe_loaded(const pipeline::LoadedPolicy& loaded, Instant now, std::vector<Probe>& probes) {
    const Policy& policy = loaded.policy;
    probes.push_back({State::ok, "policy", policy.label + ": " + policy.name + ", " + std::to_string(policy.rules.size()) + " rules, digest " +
                                               policy.digest, ""});
    std::string names;
    for (const pipeline::NamedFile& file : loaded.files) names += (names.empty() ? "" : ", ") + file.name;
    if (!names.empty()) probes.push_back({State::ok, "files", "all that it names are there: " + names, ""});
    for (const TrustedKey& key : policy.keys) probe_key(key, now, probes);
    for (const TrustRoot& root : policy.roots) {
        for (const TrustRoot::File& file : root.files) {
            if (root.form == TrustRoot::Form::trusted_root) {
                probes.push_back({State::ok, "root " + root.name, file.path + ": read", ""});
            } else {
                probe_certificates("root " + root.name, file.path, file.content, now, probes);
            }
        }
    }
    probe_exceptions(policy, now, probes);
}

// --- a policy that does not load ---------------------------------------------------------------------------------

/// What one entry of `trust` names, as the file writes it.
struct NamedInTrust {
    std::string name;
    std::string path;
    bool is_key = true;
};

std::vector<NamedInTrust> named_in_trust(const codec::Yaml& document) {
    std::vector<NamedInTrust> named;
    const codec::Yaml* const trust = document.find("trust");
    for (const auto& [section, key] : {std::pair{"keys", "public-key"}, {"roots", "certificates"}, {"roots", "trusted-root"}}) {
        const codec::Yaml* const entries = trust == nullptr ? nullptr : trust->find(section);
        if (entries == nullptr) continue;
        for (const codec::Yaml::Entry& entry : entries->entries) {
            const codec::Yaml* const path = entry.value.find(key);
            if (path != nullptr && path->is_scalar()) named.push_back({entry.key, path->text, std::string_view(section) == "keys"});
        }
    }
    const codec::Yaml* const roots = trust == nullptr ? nullptr : trust->find("roots");
    for (std::size_t i = 0; roots != nullptr && i < roots->entries.size(); ++i) {
        const codec::Yaml* const stores = roots->entries[i].value.find("notation");
        for (std::size_t j = 0; stores != nullptr && j < stores->entries.size(); ++j) {
            if (stores->entries[j].value.is_scalar()) named.push_back({roots->entries[i].key, stores->entries[j].value.text, false});
        }
    }
    return named;
}

void probe_named(const std::string& policy_path, Instant now, std::vector<Probe>& probes) {
    const auto bytes = io::read_file(policy_path, kMaxFile);
    const auto document = bytes.ok() ? codec::parse_yaml(*bytes) : Result<codec::Yaml>(bytes.error());
    const auto real = io::real_path(policy_path);
    if (!document.ok() || !real.ok()) return;
    const std::string folder(pipeline::parent_path(*real));
    for (const NamedInTrust& one : named_in_trust(*document)) {
        const std::string name = (one.is_key ? "key " : "root ") + one.name;
        const auto file = io::read_file(one.path.starts_with('/') ? one.path : folder + "/" + one.path, kMaxFile);
        if (!file.ok()) {
            probes.push_back({State::bad, name, file.error().message, "put the file there, or correct its path in " + policy_path});
        } else if (one.is_key) {
            const auto key = crypto::PublicKey::from_pem(as_text(*file));
            if (key.ok()) {
                probes.push_back({State::ok, name, one.path + " (" + std::string(crypto::to_string(key->type())) + ")", ""});
            } else {
                probes.push_back({State::bad, name, one.path + ": " + key.error().message,
                                  "make a new key: openssl genpkey -algorithm ED25519 -out gate.key; openssl pkey -in gate.key -pubout"});
            }
        } else if (as_text(*file).find("-----BEGIN") != std::string_view::npos) {
            probe_certificates(name, one.path, as_text(*file), now, probes);
        }
    }
}

void probe_token_key(const std::string& uri, std::vector<Probe>& probes) {
    const auto key = read_private_key(uri);
    if (!key.ok()) return probes.push_back({State::bad, "signing key", key.error().message, "correct the URI, the token or its PIN"});
    probes.push_back({State::ok, "signing key", key_name(uri) + " (" + std::string(crypto::to_string(key->type())) + ") can sign", ""});
}

}  // namespace

void probe_policy(const DoctorOptions& options, Instant now, std::vector<Probe>& probes) {
    const auto pin = make_pin(options.policy_sha256, options.policy_signed_by);
    const auto loaded = pipeline::load_policy(options.policy, *pin);
    if (loaded.ok()) return probe_loaded(*loaded, now, probes);
    probes.push_back({State::bad, "policy", loaded.error().message, "correct it; until then every command that needs it ends with exit 4"});
    if (!options.policy.starts_with("builtin:")) probe_named(options.policy, now, probes);
}

void probe_private_key(const DoctorOptions& options, std::vector<Probe>& probes) {
    if (options.key.empty()) return;
    if (crypto::is_pkcs11_uri(options.key)) return probe_token_key(options.key, probes);
    const auto pem = io::read_file(options.key, kMaxFile);
    if (!pem.ok()) {
        probes.push_back({State::bad, "signing key", pem.error().message, "name the private key file, readable by this user"});
        return;
    }
    struct stat status {};
    if (::stat(options.key.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        char mode[8];
        std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(status.st_mode & 07777U));
        probes.push_back({State::bad, "signing key", options.key + ": its mode " + mode + " lets other users at it",
                          "chmod 600 " + options.key + "; if others could read it, make a new key"});
    } else if (status.st_uid != ::geteuid() && status.st_uid != 0) {
        probes.push_back({State::warn, "signing key", options.key + ": belongs to another user", "chown it to the user of the gate"});
    }
    const char* const passphrase = std::getenv("HEADGATE_KEY_PASSPHRASE");
    const auto key = crypto::PrivateKey::from_pem(as_text(*pem), passphrase == nullptr ? std::nullopt : std::optional<std::string>(passphrase));
    if (!key.ok()) {
        probes.push_back({State::bad, "signing key", options.key + ": " + key.error().message,
                          "use a key of ECDSA P-256 or better, Ed25519, or RSA of 2048 bits or more"});
        return;
    }
    probes.push_back({State::ok, "signing key", options.key + " (" + std::string(crypto::to_string(key->type())) + ") can sign", ""});
}

}  // namespace headgate::cli
