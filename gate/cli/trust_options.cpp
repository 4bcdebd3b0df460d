#include "cli/trust_options.hpp"

#include <cstdio>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cli/parse.hpp"
#include "io/clock.hpp"
#include "io/file_source.hpp"

namespace headgate::cli {
namespace {

using codec::Json;

constexpr std::uint64_t kMaxKey = 64U << 10U;
constexpr std::size_t kMaxRoots = 16;

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

std::string_view kind_of(crypto::AltName::Kind kind) {
    using Kind = crypto::AltName::Kind;
    switch (kind) {
        case Kind::email: return "email";
        case Kind::uri: return "uri";
        case Kind::dns: return "dns";
        case Kind::fulcio_username: return "username";
        case Kind::other: break;
    }
    return "other";
}

Json describe_signer(const sigstore::VerifiedBundle& verified) {
    Json signer = Json::object();
    if (verified.identity) {
        signer.add("identity", Json::of(verified.identity->san.value));
        signer.add("identity_kind", Json::of(kind_of(verified.identity->san.kind)));
        signer.add("issuer", Json::of(verified.identity->issuer));
        Json& claims = signer.add("claims", Json::object());
        for (const auto& [name, value] : verified.identity->claims) claims.add(name, Json::of(value));
    }
    signer.add("key_sha256", Json::of(to_hex(verified.spki_sha256)));
    return signer;
}

int print(const Json& answer) {
    const std::string text = codec::write_json(answer) + "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
    return kAllow;
}

}  // namespace

void TrustOptions::add_to(CLI::App& app) {
    app.add_option("--trusted-root", trusted_roots, "Sigstore TrustedRoot (JSON); repeatable, each is tried by itself")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_option("--key", key, "public key (PEM) that must have signed, instead of an identity")->type_name("FILE");
    app.add_option("--identity", identity, "subject alternative name that the certificate must have, byte for byte")->type_name("NAME");
    app.add_option("--issuer", issuer, "OIDC issuer that the certificate must name, byte for byte")->type_name("URL");
    app.add_option("--tlog-threshold", log_threshold, "log entries of distinct logs, at least")->type_name("NUMBER");
    app.add_option("--sct-threshold", sct_threshold, "certificate timestamps of distinct logs, at least")->type_name("NUMBER");
    app.add_option("--tsa-threshold", timestamp_threshold, "RFC 3161 timestamps of distinct authorities, at least")->type_name("NUMBER");
    app.add_option("--times-threshold", times_threshold, "verified times of distinct logs and authorities, at least")->type_name("NUMBER");
    app.add_option("--verify-at", verify_at, "judge as of this time (RFC 3339)")->type_name("TIME");
}

Result<Instant> TrustOptions::instant() const {
    if (verify_at.empty()) return io::now();
    const auto given = parse_instant(verify_at);
    if (!given) return usage("--verify-at " + verify_at + ": expected a time like 2026-11-23T10:00:00Z");
    return *given;
}

Result<std::vector<sigstore::TrustedRoot>> TrustOptions::roots() const {
    if (trusted_roots.size() > kMaxRoots) return usage("--trusted-root: at most 16 are read");
    std::vector<sigstore::TrustedRoot> read;
    for (const std::string& path : trusted_roots) {
        auto root = sigstore::parse_trusted_root(TRY(io::read_file(path, sigstore::kMaxTrustedRoot)));
        if (!root.ok()) return Error{root.error().code, path + ": " + root.error().message};
        read.push_back(std::move(*root));
    }
    return read;
}

Result<sigstore::Request> TrustOptions::request() const {
    if (!key.empty() && (identity || issuer)) return usage("--key: give a key, or an identity with its issuer, not both");
    if (key.empty() && (!identity || !issuer)) return usage("name the signer: --identity with --issuer, or --key");
    if (key.empty() && trusted_roots.empty()) return usage("--trusted-root: a certificate is only worth what a trusted root says");
    if (!key.empty() && sct_threshold.value_or(0) > 0) {
        return usage("--sct-threshold: certificate timestamps are in certificates; a signature by --key has none, so that it could never be met");
    }
    sigstore::Request request;
    request.now = TRY(instant());
    request.trust.roots = TRY(roots());
    if (!key.empty()) {
        const Bytes pem = TRY(io::read_file(key, kMaxKey));
        auto trusted = crypto::PublicKey::from_pem(as_text(pem));
        if (!trusted.ok()) return Error{ErrorCode::key, key + ": " + trusted.error().message};
        request.trust.key = sigstore::TrustedKey{std::move(*trusted), std::nullopt, std::nullopt, {}};
        request.thresholds = sigstore::Thresholds::for_key();
        request.thresholds.log_entries = trusted_roots.empty() ? 0 : 1;
    }
    request.thresholds.log_entries = log_threshold.value_or(request.thresholds.log_entries);
    request.thresholds.scts = sct_threshold.value_or(request.thresholds.scts);
    request.thresholds.timestamps = timestamp_threshold.value_or(request.thresholds.timestamps);
    request.thresholds.times = times_threshold.value_or(request.thresholds.times);
    return request;
}

std::string TrustOptions::identity_problem(const sigstore::VerifiedBundle& verified) const {
    if (!key.empty()) return "";
    if (!verified.identity) return "identity: there is none";
    if (sigstore::matches(*verified.identity, identity.value_or(""), issuer.value_or(""))) return "";
    return "identity: signed by \"" + verified.identity->san.value + "\" of issuer \"" + verified.identity->issuer + "\", not by \"" +
           identity.value_or("") + "\" of \"" + issuer.value_or("") + "\"";
}

Result<sigstore::Artifact> parse_artifact_digest(const std::string& option, const std::string& text) {
    for (const crypto::Hash hash : {crypto::Hash::sha256, crypto::Hash::sha384, crypto::Hash::sha512}) {
        const std::string lead = std::string(crypto::to_string(hash)) + ":";
        if (!text.starts_with(lead)) continue;
        const std::string hex = ascii_lower(std::string_view(text).substr(lead.size()));
        if (!is_lower_hex(hex, 2 * crypto::digest_size(hash))) break;
        return sigstore::Artifact::of_digest(hash, from_hex(hex).value_or(Bytes()));
    }
    return usage(option + " " + text + ": expected sha256:<64 hex digits>, sha384:<96> or sha512:<128>");
}

Json describe(const sigstore::VerifiedBundle& verified) {
    Json answer = Json::object();
    answer.add("signer", describe_signer(verified));
    Json& times = answer.add("times", Json::array());
    for (const sigstore::VerifiedTime& time : verified.times) {
        Json& one = times.push(Json::object());
        one.add("time", Json::of(format_instant(time.time)));
        one.add("source", Json::of(time.source == sigstore::VerifiedTime::Source::log ? "log" : "timestamp"));
        one.add("by", Json::of(time.by));
    }
    Json& entries = answer.add("entries", Json::array());
    for (const sigstore::VerifiedEntry& entry : verified.entries) {
        Json& one = entries.push(Json::object());
        one.add("log", Json::of(entry.log));
        // Only what somebody proved: the place in the whole log by the log's promise, the one in its tree by the path to its root.
        if (entry.log_index) one.add("index", Json::of(static_cast<std::int64_t>(*entry.log_index)));
        if (entry.tree_index) one.add("tree_index", Json::of(static_cast<std::int64_t>(*entry.tree_index)));
        one.add("kind", Json::of(entry.kind_version.kind + " " + entry.kind_version.version));
        one.add("inclusion_proof", Json::of(entry.proof));
        one.add("promise", Json::of(entry.promise));
    }
    answer.add("scts", Json::of(static_cast<std::int64_t>(verified.scts)));
    if (!verified.payload_type.empty()) answer.add("payload_type", Json::of(verified.payload_type));
    if (!verified.artifact_digest.empty()) {
        const auto hash = verified.hash.value_or(crypto::Hash::sha256);
        answer.add("digest", Json::of(std::string(crypto::to_string(hash)) + ":" + to_hex(verified.artifact_digest)));
    }
    if (!verified.notes.empty()) {
        Json& notes = answer.add("notes", Json::array());
        for (const std::string& note : verified.notes) notes.push(Json::of(note));
    }
    return answer;
}

int print_verified(Json answer) {
    Json whole = Json::object();
    whole.add("headgate", Json::of(std::int64_t{1}));
    whole.add("verified", Json::of(true));
    for (Json::Member& member : answer.members) whole.add(std::move(member.first), std::move(member.second));
    return print(whole);
}

int print_refused(const std::string& reason, Json more) {
    Json whole = Json::object();
    whole.add("headgate", Json::of(std::int64_t{1}));
    whole.add("verified", Json::of(false));
    whole.add("reason", Json::of(reason));
    for (Json::Member& member : more.members) whole.add(std::move(member.first), std::move(member.second));
    print(whole);
    return kDeny;
}

}  // namespace headgate::cli
