#include "pipeline/keyless.hpp"

#include <array>

#include "base/text.hpp"
#include "io/url.hpp"
#include "pipeline/timestamping.hpp"
#include "sigstore/pae.hpp"
#include "sigstore/rekor.hpp"
#include "sigstore/verify.hpp"
#include "sigstore/write_bundle.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::array<std::uint64_t, 1> kFulcioVersions = {1};    // of the service; its path is /api/v2
constexpr std::array<std::uint64_t, 2> kLogVersions = {2, 1};
constexpr std::array<std::uint64_t, 1> kTimestampVersions = {1};

Result<sigstore::LogEntry> log_in(const sigstore::Service& log, const sigstore::Bundle& bundle, const Send& send) {
    const bool tiles = log.version == 2;
    Question question;
    question.who = "the log (Rekor v" + std::to_string(log.version) + ")";
    question.url = io::join_url(log.url, tiles ? sigstore::kRekorV2Path : sigstore::kRekorV1Path);
    question.body = tiles ? sigstore::rekor_v2_request(bundle) : sigstore::rekor_v1_request(bundle);
    const std::string answer = TRY(ask(question, send));
    auto entry = tiles ? sigstore::read_rekor_v2_answer(as_bytes(answer)) : sigstore::read_rekor_v1_answer(as_bytes(answer));
    if (!entry.ok()) return Error{entry.error().code, "the answer of " + question.url + ": " + entry.error().message};
    return entry;
}

}  // namespace

Result<void> check_service_url(const std::string& who, const std::string& url) {
    const auto parsed = io::parse_url(url);
    if (!parsed.ok()) return Error{ErrorCode::usage, who + ": " + parsed.error().message};
    if (parsed->target.find('?') != std::string::npos) {
        return Error{ErrorCode::usage, who + ": URL " + parsed->shown() + ": a query (?...) has no place in the address of a service"};
    }
    const auto reachable = io::check_private(*parsed);
    if (!reachable.ok()) return Error{ErrorCode::usage, who + ": " + reachable.error().message};
    return {};
}

Result<SigningServices> choose_signing_services(const sigstore::SigningConfig& config, Instant now) {
    SigningServices chosen;
    const auto authorities = TRY(sigstore::choose_services(config.certificate_authorities, {}, kFulcioVersions, now, "certificate authorities"));
    chosen.fulcio = authorities.front().url;
    chosen.logs = TRY(sigstore::choose_services(config.logs, config.log_selection, kLogVersions, now, "logs"));
    if (!config.timestamp_authorities.empty()) {
        const auto stamps = TRY(sigstore::choose_services(config.timestamp_authorities, config.timestamp_selection, kTimestampVersions, now,
                                                          "timestamp authorities"));
        for (const sigstore::Service& one : stamps) chosen.timestamp_authorities.push_back(one.url);
    }
    if (chosen.logs.front().version == 2 && chosen.timestamp_authorities.empty()) {
        return Error{ErrorCode::usage, "the signing config has a log of version 2, which tells no time, and no timestamp authority (tsaUrls): "
                                       "nobody could verify what is signed that way"};
    }
    // All of them before the first is asked: it gets the token.
    TRY_VOID(check_service_url("the certificate authority (caUrls)", chosen.fulcio));
    for (const sigstore::Service& log : chosen.logs) TRY_VOID(check_service_url("the log (rekorTlogUrls)", log.url));
    for (const std::string& url : chosen.timestamp_authorities) TRY_VOID(check_service_url("the timestamp authority (tsaUrls)", url));
    return chosen;
}

Result<KeylessSigner> KeylessSigner::start(const SigningServices& services, const sigstore::TrustedRoot& root, const sigstore::IdentityToken& token,
                                           Send send, std::function<Instant()> now) {
    const crypto::PrivateKey key = TRY(crypto::PrivateKey::generate(crypto::KeyType::ecdsa_p256));
    Question question;
    question.who = "Fulcio";
    question.url = io::join_url(services.fulcio, sigstore::kSigningCertPath);
    question.body = TRY(sigstore::certificate_request(token, key));
    question.secret = token.text;
    const std::string answer = TRY(ask(question, send));
    const auto chain = sigstore::read_certificate_answer(as_bytes(answer));
    if (!chain.ok()) return Error{chain.error().code, question.url + ": " + without_secret(chain.error().message, token.text)};
    const auto identity = sigstore::check_issued(chain->front(), key.public_key(), root, now());
    if (!identity.ok()) return Error{identity.error().code, question.url + ": " + identity.error().message};
    return KeylessSigner(services, root, std::move(send), std::move(now), key, chain->front(), *identity);
}

Result<std::string> KeylessSigner::sign_envelope(std::string_view payload_type, std::string_view payload) const {
    sigstore::Envelope envelope;
    envelope.payload_type = payload_type;
    envelope.payload.assign(payload.begin(), payload.end());
    envelope.signature = TRY(key_.sign(sigstore::pre_authentication_encoding(payload_type, as_bytes(payload))));
    const Bytes signature = envelope.signature;
    sigstore::Bundle bundle;
    bundle.content = std::move(envelope);
    return finish(std::move(bundle), signature, std::nullopt);
}

Result<std::string> KeylessSigner::sign_message(ByteView message) const {
    sigstore::MessageSignature content;
    content.signature = TRY(key_.sign(message));
    content.digest = sigstore::MessageDigest{"SHA2_256", crypto::digest(crypto::Hash::sha256, message)};
    const Bytes signature = content.signature;
    sigstore::Bundle bundle;
    bundle.content = std::move(content);
    return finish(std::move(bundle), signature, message);
}

Result<std::string> KeylessSigner::finish(sigstore::Bundle bundle, ByteView signature, std::optional<ByteView> message) const {
    bundle.material = std::vector<crypto::Certificate>{leaf_};
    // The timestamps first: what is wrong with them is known before anything is logged for ever.
    for (const std::string& url : services_.timestamp_authorities) {
        bundle.timestamps.push_back(TRY(timestamp_of(signature, url, &root_, send_)));
    }
    for (const sigstore::Service& log : services_.logs) bundle.entries.push_back(TRY(log_in(log, bundle, send_)));
    std::string json = sigstore::write_bundle(bundle);
    const auto proved = prove(json, message);
    if (!proved.ok()) return Error{ErrorCode::key, "the services' answers make no bundle that verifies, so nothing is written: " + proved.error().message};
    return json;
}

// As whoever will rely on it verifies it, but that every service asked must count.
Result<void> KeylessSigner::prove(const std::string& json, std::optional<ByteView> message) const {
    const sigstore::Bundle bundle = TRY(sigstore::parse_bundle(as_bytes(json)));
    sigstore::Request request;
    request.trust.roots.push_back(root_);
    if (message) request.artifact = sigstore::Artifact::of_bytes(*message);
    request.thresholds.log_entries = services_.logs.size();
    request.thresholds.timestamps = services_.timestamp_authorities.size();
    request.now = now_();
    const auto verified = TRY(sigstore::verify_bundle(bundle, request));
    if (!verified.identity || !sigstore::matches(*verified.identity, identity_.san.value, identity_.issuer)) {
        return Error{ErrorCode::key, "it is signed by somebody else"};
    }
    return {};
}

}  // namespace headgate::pipeline
