#include "crypto/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::crypto {
namespace {

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 16384;

std::string text_parameter(const EVP_PKEY* key, const char* name) {
    std::array<char, 80> value{};
    std::size_t length = 0;
    if (EVP_PKEY_get_utf8_string_param(key, name, value.data(), value.size(), &length) != 1) return {};
    return {value.data(), length};
}

Result<KeyType> curve_of(const EVP_PKEY* key) {
    const std::string curve = text_parameter(key, OSSL_PKEY_PARAM_GROUP_NAME);
    // A curve given by its parameters can be one that somebody made (CVE-2020-0601).
    if (curve.empty() || text_parameter(key, OSSL_PKEY_PARAM_EC_ENCODING) != "named_curve") {
        return Error{ErrorCode::key, "the elliptic curve is given by its parameters; a named curve is needed"};
    }
    if (curve == "prime256v1") return KeyType::ecdsa_p256;
    if (curve == "secp384r1") return KeyType::ecdsa_p384;
    if (curve == "secp521r1") return KeyType::ecdsa_p521;
    return Error{ErrorCode::key, "the elliptic curve " + curve + " is not taken; use P-256, P-384 or P-521"};
}

// 04, x, y; 0 for keys that are no such points.
std::size_t point_size(KeyType type) {
    switch (type) {
        case KeyType::ecdsa_p256: return 65;
        case KeyType::ecdsa_p384: return 97;
        case KeyType::ecdsa_p521: return 133;
        case KeyType::ed25519:
        case KeyType::rsa: break;
    }
    return 0;
}

// What stands before the key in its SubjectPublicKeyInfo: two lengths, the algorithm, and how long the key is.
std::string_view spki_prefix(KeyType type) {
    switch (type) {
        case KeyType::ecdsa_p256: return "3059301306072a8648ce3d020106082a8648ce3d030107034200";
        case KeyType::ecdsa_p384: return "3076301006072a8648ce3d020106052b81040022036200";
        case KeyType::ecdsa_p521: return "30819b301006072a8648ce3d020106052b8104002303818600";
        case KeyType::ed25519: return "302a300506032b6570032100";
        case KeyType::rsa: break;
    }
    return {};
}

// Little-endian y of the points whose order divides 8, and y + p of the two for which that fits; the highest bit is the sign of x.
constexpr std::size_t kEd25519Bytes = 32;
constexpr std::array<std::string_view, 7> kSmallOrder = {
    "0000000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";

std::string without_space(std::string_view text) {
    std::string packed;
    for (const char c : text) {
        if (c != '\n' && c != '\r' && c != ' ' && c != '\t') packed += c;
    }
    return packed;
}

}  // namespace

std::optional<Instant> instant_of(const ASN1_TIME* time) {
    std::tm fields{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &fields) != 1) return std::nullopt;
    return Instant{timegm(&fields)};
}

Result<std::vector<Bytes>> pem_certificates(std::string_view pem) {
    std::vector<Bytes> ders;
    std::string_view rest = trim(pem);
    while (!rest.empty()) {
        const std::size_t end = rest.find(kEnd);
        if (!rest.starts_with(kBegin) || end == std::string_view::npos) {
            return Error{ErrorCode::malformed, "expected PEM certificates and nothing else"};
        }
        auto der = from_base64(without_space(rest.substr(kBegin.size(), end - kBegin.size())));
        if (!der) return Error{ErrorCode::malformed, "a certificate is not base64"};
        ders.push_back(std::move(*der));
        rest = trim(rest.substr(end + kEnd.size()));
    }
    if (ders.empty()) return Error{ErrorCode::malformed, "there is no certificate in it"};
    return ders;
}

std::string content_of(BIO* bio) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

Result<KeyType> type_of(const EVP_PKEY* key) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_EC: return curve_of(key);
        case EVP_PKEY_ED25519:
            if (has_small_order(key)) return Error{ErrorCode::key, "an Ed25519 key of small order, under which anybody can sign"};
            return KeyType::ed25519;
        case EVP_PKEY_RSA: {
            const int bits = EVP_PKEY_get_bits(key);
            if (bits < kMinRsaBits || bits > kMaxRsaBits) {
                return Error{ErrorCode::key, "an RSA key of " + std::to_string(bits) + " bits; 2048 to 16384 are taken"};
            }
            return KeyType::rsa;
        }
        default: break;
    }
    const char* const name = EVP_PKEY_get0_type_name(key);
    return Error{ErrorCode::key, "a key of type " + std::string(name == nullptr ? "unknown" : name) +
                                     "; ECDSA P-256/384/521, Ed25519 and RSA are taken"};
}

bool has_small_order(const EVP_PKEY* key) {
    Bytes y(kEd25519Bytes);
    std::size_t length = y.size();
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) return false;
    if (EVP_PKEY_get_raw_public_key(key, y.data(), &length) != 1 || length != kEd25519Bytes) return true;  // what cannot be told is not taken
    y.back() &= 0x7FU;
    return std::find(kSmallOrder.begin(), kSmallOrder.end(), to_hex(y)) != kSmallOrder.end();
}

bool ends_in_full_point(ByteView spki, KeyType type) {
    const std::size_t point = point_size(type);
    if (point == 0) return true;
    // A compressed point is shorter: what stands in its place then is a byte of the algorithm or a length.
    return spki.size() > point + 3 && spki[spki.size() - point] == POINT_CONVERSION_UNCOMPRESSED && spki[spki.size() - point - 1] == 0 &&
           spki[spki.size() - point - 2] == static_cast<std::uint8_t>(point + 1);
}

Bytes spki_of(const EVP_PKEY* key, KeyType type) {
    if (type == KeyType::rsa) {
        unsigned char* der = nullptr;
        const int length = i2d_PUBKEY(key, &der);
        Bytes copy(der, der + std::max(length, 0));
        OPENSSL_free(der);
        return copy;
    }
    Bytes spki = *from_hex(spki_prefix(type));
    const std::size_t begin = spki.size();
    std::size_t length = type == KeyType::ed25519 ? kEd25519Bytes : point_size(type);
    spki.resize(begin + length);
    const bool read = type == KeyType::ed25519
                          ? EVP_PKEY_get_raw_public_key(key, spki.data() + begin, &length) == 1
                          : EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, spki.data() + begin, length, &length) == 1;
    if (!read || begin + length != spki.size() || !ends_in_full_point(spki, type)) return {};
    return spki;
}

Result<PublicKey> public_key_of(KeyPtr key, KeyType type) {
    Bytes spki = spki_of(key.get(), type);
    if (spki.empty()) return Error{ErrorCode::key, "the key is no point of its curve"};
    return PublicKey(std::make_shared<PublicKey::Handle>(PublicKey::Handle{std::move(key), type, std::move(spki)}));
}

const EVP_MD* hash_of(KeyType type) {
    switch (type) {
        case KeyType::ecdsa_p384: return EVP_sha384();
        case KeyType::ecdsa_p521: return EVP_sha512();
        case KeyType::ed25519: return nullptr;
        case KeyType::ecdsa_p256:
        case KeyType::rsa: break;
    }
    return EVP_sha256();
}

}  // namespace headgate::crypto
