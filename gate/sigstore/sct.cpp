#include "sigstore/sct.hpp"

#include <set>

#include "sigstore/fields.hpp"
#include "sigstore/log_windows.hpp"

namespace headgate::sigstore {
namespace {

constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kHashSha256 = 4;      // TLS 1.2 HashAlgorithm
constexpr std::uint8_t kSignatureRsa = 1;    // TLS 1.2 SignatureAlgorithm
constexpr std::uint8_t kSignatureEcdsa = 3;
constexpr std::int64_t kClockSkew = 60;      // seconds

Error bad(std::string what) { return malformed("SCT list: " + std::move(what)); }

std::optional<std::uint64_t> big(Reader& reader, std::size_t bytes) {
    const auto view = reader.take(bytes);
    if (!view) return std::nullopt;
    std::uint64_t value = 0;
    for (const std::uint8_t byte : *view) value = (value << 8U) | byte;
    return value;
}

// A vector with a length of two bytes in front.
std::optional<ByteView> vector16(Reader& reader) {
    const auto length = big(reader, 2);
    return length ? reader.take(*length) : std::nullopt;
}

// DER: tag, length in the shortest form (up to two bytes), content, and nothing left over.
std::optional<ByteView> octet_string(ByteView der) {
    Reader reader(der);
    const auto tag = big(reader, 1);
    const auto first = big(reader, 1);
    if (!tag || *tag != kOctetString || !first) return std::nullopt;
    std::uint64_t length = *first;
    if (*first > 0x82 || *first == 0x80) return std::nullopt;
    if (*first > 0x80) {
        const auto longer = big(reader, static_cast<std::size_t>(*first - 0x80));
        if (!longer || *longer < (*first == 0x81 ? 0x80U : 0x100U)) return std::nullopt;
        length = *longer;
    }
    const auto content = reader.take(length);
    return content && reader.at_end() ? content : std::nullopt;
}

Result<Sct> read_sct(ByteView bytes) {
    Reader reader(bytes);
    const auto version = big(reader, 1);
    if (!version || *version != 0) return bad("an SCT is of another version than 1");
    const auto id = reader.take(32);
    const auto time = big(reader, 8);
    const auto extensions = vector16(reader);
    const auto hash = big(reader, 1);
    const auto algorithm = big(reader, 1);
    const auto signature = vector16(reader);
    if (!id || !time || !extensions || !hash || !algorithm || !signature || signature->empty()) return bad("an SCT ends early");
    if (!reader.at_end()) return bad("there are bytes behind an SCT");
    if (*hash != kHashSha256 || (*algorithm != kSignatureEcdsa && *algorithm != kSignatureRsa)) {
        return bad("an SCT is signed by another algorithm than ECDSA or RSA with SHA-256");
    }
    return Sct{{id->begin(), id->end()}, *time, {extensions->begin(), extensions->end()}, *algorithm == kSignatureEcdsa,
               {signature->begin(), signature->end()}};
}

void put(Bytes& out, std::uint64_t value, unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
}

// RFC 6962, 3.2: what the log signed, for a precertificate.
Bytes signed_data(const Sct& sct, const Bytes& issuer_key_hash, const Bytes& tbs) {
    Bytes data;
    put(data, 0, 1);                     // v1
    put(data, 0, 1);                     // certificate_timestamp
    put(data, sct.milliseconds, 8);
    put(data, 1, 2);                     // precert_entry
    data.insert(data.end(), issuer_key_hash.begin(), issuer_key_hash.end());
    put(data, tbs.size(), 3);
    data.insert(data.end(), tbs.begin(), tbs.end());
    put(data, sct.extensions.size(), 2);
    data.insert(data.end(), sct.extensions.begin(), sct.extensions.end());
    return data;
}

}  // namespace

Result<std::vector<Sct>> parse_scts(ByteView extension) {
    const auto list = octet_string(extension);
    if (!list) return bad("it is no DER OCTET STRING");
    Reader outer(*list);
    const auto content = vector16(outer);
    if (!content || !outer.at_end() || content->empty()) return bad("its length is another than it says, or it is empty");
    std::vector<Sct> scts;
    Reader reader(*content);
    while (!reader.at_end()) {
        const auto one = vector16(reader);
        if (!one) return bad("it ends early");
        if (scts.size() == kMaxScts) return bad("it has more than 16 SCTs");
        scts.push_back(TRY(read_sct(*one)));
    }
    return scts;
}

Result<std::size_t> verify_scts(const crypto::Certificate& leaf, const crypto::Certificate& issuer, const std::vector<LogInstance>& logs,
                                Instant now) {
    const auto extension = leaf.extension(crypto::kOidSctList);
    if (!extension) return std::size_t{0};
    const std::vector<Sct> scts = TRY(parse_scts(*extension));
    const auto tbs = leaf.precertificate_tbs();
    if (!tbs || tbs->size() >= (1U << 24U)) return bad("the certificate does not encode without it");
    std::set<Bytes> counted;
    for (const Sct& sct : scts) {
        const LogInstance* const log = find_log(logs, sct.log_id);
        if (log == nullptr) continue;
        const bool is_rsa = log->key.type() == crypto::KeyType::rsa;
        if (is_rsa == sct.ecdsa || !log->key.verify(signed_data(sct, issuer.spki_sha256(), *tbs), sct.signature, crypto::Hash::sha256,
                                                    crypto::RsaPadding::pkcs1)) {
            return refused("SCT: the signature of the log " + log->base_url + " does not verify");
        }
        const Instant made{static_cast<std::int64_t>(sct.milliseconds / 1000)};
        if (!in_use_at(logs, log->id, made)) {
            return refused("SCT: made at " + format_instant(made) + ", when the log " + log->base_url + " was not in use");
        }
        if (made.seconds > now.seconds + kClockSkew) {
            return refused("SCT: made at " + format_instant(made) + ", which is later than now (" + format_instant(now) + ")");
        }
        counted.insert(log->id);
    }
    return counted.size();
}

}  // namespace headgate::sigstore
