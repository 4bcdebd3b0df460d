#include "crypto/timestamp.hpp"

#include <openssl/bn.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>

#include <algorithm>

#include "base/text.hpp"
#include "crypto/must.hpp"
#include "crypto/x509_handle.hpp"
#include "crypto/x509_issuers.hpp"

namespace headgate::crypto {
namespace {

using ResponsePtr = std::unique_ptr<TS_RESP, Deleter<TS_RESP_free>>;
using TokenPtr = std::unique_ptr<PKCS7, Deleter<PKCS7_free>>;
using InfoPtr = std::unique_ptr<TS_TST_INFO, Deleter<TS_TST_INFO_free>>;

constexpr std::size_t kMaxMessage = 64U << 20U;

Error malformed(std::string what) { return {ErrorCode::malformed, "timestamp: " + std::move(what)}; }
Error refused(std::string what) { return {ErrorCode::key, "timestamp: " + std::move(what)}; }

std::optional<Hash> hash_by_nid(int nid) {
    switch (nid) {
        case NID_sha256: return Hash::sha256;
        case NID_sha384: return Hash::sha384;
        case NID_sha512: return Hash::sha512;
        default: return std::nullopt;
    }
}

// DER of RFC 3161: UTC, seconds written, no zone but Z, a fraction only with a digit. OpenSSL alone would take more.
std::optional<Instant> strict_time(const ASN1_GENERALIZEDTIME* time) {
    const std::string_view text{reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)),
                                static_cast<std::size_t>(ASN1_STRING_length(time))};
    constexpr std::size_t kWhole = 14;   // YYYYMMDDhhmmss
    constexpr std::size_t kLongest = kWhole + 1 + 9 + 1;
    if (text.size() <= kWhole || text.size() > kLongest || !text.ends_with('Z')) return std::nullopt;
    const std::string_view fraction = text.substr(kWhole, text.size() - kWhole - 1);
    if (fraction.size() == 1 || (!fraction.empty() && fraction.front() != '.')) return std::nullopt;
    const auto digits = [](std::string_view part) {
        return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (!digits(text.substr(0, kWhole)) || (!fraction.empty() && !digits(fraction.substr(1)))) return std::nullopt;
    const std::string t(text.substr(0, kWhole));
    return parse_instant(t.substr(0, 4) + "-" + t.substr(4, 2) + "-" + t.substr(6, 2) + "T" + t.substr(8, 2) + ":" + t.substr(10, 2) +
                         ":" + t.substr(12, 2) + "Z");
}

}  // namespace

struct Timestamp::Handle {
    TokenPtr token;
    InfoPtr info;
    Instant time;
    Hash hash = Hash::sha256;
    Bytes imprint;
};

namespace {

Result<std::shared_ptr<const Timestamp::Handle>> read_token(TokenPtr token) {
    if (PKCS7_type_is_signed(token.get()) == 0) return malformed("its token is no SignedData");
    const STACK_OF(PKCS7_SIGNER_INFO)* const signers = PKCS7_get_signer_info(token.get());
    if (signers == nullptr || sk_PKCS7_SIGNER_INFO_num(signers) != 1) return malformed("its token has not exactly one signer");
    const int digest = OBJ_obj2nid(sk_PKCS7_SIGNER_INFO_value(signers, 0)->digest_alg->algorithm);
    if (!hash_by_nid(digest)) return malformed("its token is signed over another hash than SHA-256, SHA-384 and SHA-512");

    auto handle = std::make_shared<Timestamp::Handle>();
    handle->info.reset(PKCS7_to_TS_TST_INFO(token.get()));
    if (handle->info == nullptr) return malformed("its token holds no TSTInfo");
    const auto time = strict_time(TS_TST_INFO_get_time(handle->info.get()));
    if (!time) return malformed("its time is not written as UTC with seconds and \"Z\"");
    handle->time = *time;
    TS_MSG_IMPRINT* const imprint = TS_TST_INFO_get_msg_imprint(handle->info.get());
    const auto hash = hash_by_nid(OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm));
    if (!hash) return malformed("its imprint is over another hash than SHA-256, SHA-384 and SHA-512");
    handle->hash = *hash;
    const ASN1_OCTET_STRING* const bytes = TS_MSG_IMPRINT_get_msg(imprint);
    handle->imprint.assign(ASN1_STRING_get0_data(bytes), ASN1_STRING_get0_data(bytes) + ASN1_STRING_length(bytes));
    if (handle->imprint.size() != digest_size(*hash)) return malformed("its imprint has another length than its hash");
    handle->token = std::move(token);
    return std::shared_ptr<const Timestamp::Handle>(std::move(handle));
}

StackPtr given_certificates(const TimestampAuthority& authority) {
    std::vector<Certificate> given;
    if (authority.leaf) given.push_back(*authority.leaf);
    given.insert(given.end(), authority.intermediates.begin(), authority.intermediates.end());
    return stack_of(given);
}

bool holds_under(PKCS7* token, ByteView message, std::span<const Certificate> anchors, const TimestampAuthority& authority, Instant at) {
    const std::unique_ptr<TS_VERIFY_CTX, Deleter<TS_VERIFY_CTX_free>> context(TS_VERIFY_CTX_new());
    must(context != nullptr);
    TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_SIGNATURE | TS_VFY_VERSION | TS_VFY_DATA);
    // The context owns what it is given.
    TS_VERIFY_CTX_set_store(context.get(), store_of(anchors, at, false).release());
    TS_VERIFY_CTX_set_certs(context.get(), given_certificates(authority).release());
    BIO* const data = BIO_new_mem_buf(message.data(), static_cast<int>(message.size()));
    must(data != nullptr);
    TS_VERIFY_CTX_set_data(context.get(), data);
    return TS_RESP_verify_token(context.get(), token) == 1;
}

}  // namespace

Result<Timestamp> Timestamp::from_response(ByteView der) {
    if (der.size() > kMaxTimestampBytes) return malformed("larger than any timestamp (64 KiB)");
    const unsigned char* at = der.data();
    const ResponsePtr response(der.empty() ? nullptr : d2i_TS_RESP(nullptr, &at, static_cast<long>(der.size())));
    if (response == nullptr) return malformed("not a DER TimeStampResp");
    if (at != der.data() + der.size()) return malformed("there are bytes behind it");
    const long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response.get())));
    if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS) return malformed("the authority did not grant it");
    PKCS7* const token = TS_RESP_get_token(response.get());
    if (token == nullptr) return malformed("it holds no token");
    TokenPtr copy(PKCS7_dup(token));
    if (copy == nullptr) return malformed("its token does not encode");
    return Timestamp(TRY(read_token(std::move(copy))));
}

Result<Timestamp> Timestamp::from_token(ByteView der) {
    if (der.size() > kMaxTimestampBytes) return malformed("larger than any timestamp (64 KiB)");
    const unsigned char* at = der.data();
    TokenPtr token(der.empty() ? nullptr : d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
    if (token == nullptr) return malformed("not a DER TimeStampToken");
    if (at != der.data() + der.size()) return malformed("there are bytes behind it");
    return Timestamp(TRY(read_token(std::move(token))));
}

Instant Timestamp::gen_time() const { return handle_->time; }
Hash Timestamp::hash() const { return handle_->hash; }
ByteView Timestamp::imprint() const { return handle_->imprint; }

Bytes Timestamp::nonce() const {
    const ASN1_INTEGER* const nonce = TS_TST_INFO_get_nonce(handle_->info.get());
    const std::unique_ptr<BIGNUM, Deleter<BN_free>> number(nonce == nullptr ? nullptr : ASN1_INTEGER_to_BN(nonce, nullptr));
    if (number == nullptr || BN_is_negative(number.get()) == 1) return {};
    Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), bytes.data());
    return bytes;
}

std::optional<Certificate> Timestamp::signer(const TimestampAuthority& authority) const {
    const StackPtr given = given_certificates(authority);
    struct Shallow {
        void operator()(STACK_OF(X509)* stack) const { sk_X509_free(stack); }
    };
    const std::unique_ptr<STACK_OF(X509), Shallow> signers(PKCS7_get0_signers(handle_->token.get(), given.get(), 0));
    if (signers == nullptr || sk_X509_num(signers.get()) != 1) return std::nullopt;
    unsigned char* der = nullptr;
    const int length = i2d_X509(sk_X509_value(signers.get(), 0), &der);
    if (length <= 0) return std::nullopt;
    auto certificate = Certificate::from_der({der, static_cast<std::size_t>(length)});
    OPENSSL_free(der);
    return certificate.ok() ? std::optional<Certificate>(std::move(*certificate)) : std::nullopt;
}

Result<void> Timestamp::verify(ByteView message, const TimestampAuthority& authority) const {
    if (authority.anchors.empty()) return refused("the authority has no trusted certificate");
    if (message.size() > kMaxMessage) return refused("no timestamp is taken over more than 64 MiB");
    if (digest(handle_->hash, message) != handle_->imprint) return refused("it is of other bytes");
    const auto signed_by = signer(authority);
    if (!signed_by) return refused("neither the token nor the authority has the certificate of its signer");
    if (authority.leaf && !(*signed_by == *authority.leaf)) return refused("it is signed by another certificate than the authority's");

    PKCS7* const token = handle_->token.get();
    if (holds_under(token, message, authority.anchors, authority, handle_->time)) return {};
    // Of several roots of one name OpenSSL asks only one: each by itself.
    const bool several = has_namesakes({authority.anchors, {}, handle_->time, {}});
    for (std::size_t i = 0; several && i < authority.anchors.size(); ++i) {
        if (holds_under(token, message, authority.anchors.subspan(i, 1), authority, handle_->time)) return {};
    }
    return refused("its signature or the chain of its signer does not hold at " + format_instant(handle_->time));
}

}  // namespace headgate::crypto
