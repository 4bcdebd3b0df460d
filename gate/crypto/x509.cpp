// x509.cpp: reading a certificate. Everything that can be wrong with one is found here, once; the rest only looks.
#include "crypto/x509.hpp"

#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/must.hpp"
#include "crypto/sha256.hpp"
#include "crypto/x509_handle.hpp"

namespace headgate::crypto {
namespace {

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }

std::string name_text(const X509_NAME* name) {
    const BioPtr text(BIO_new(BIO_s_mem()));
    must(text != nullptr && X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253) >= 0);
    return content_of(text.get());
}

std::string string_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

Result<void> check_extensions(const X509* certificate) {
    const int count = X509_get_ext_count(certificate);
    for (int i = 0; i < count; ++i) {
        X509_EXTENSION* const extension = X509_get_ext(certificate, i);
        ASN1_OBJECT* const object = X509_EXTENSION_get_object(extension);
        if (X509_get_ext_by_OBJ(certificate, object, i) != -1) {
            return malformed("the certificate has the extension " + dotted(object) + " twice");
        }
        if (X509_EXTENSION_get_critical(extension) != 0 && X509_supported_extension(extension) != 1) {
            return malformed("the certificate has the critical extension " + dotted(object) + ", which is not understood here");
        }
    }
    return {};
}

// RFC 5280, 4.2.1.6: four bytes, or sixteen; "" of what is neither.
std::string address_of(const ASN1_OCTET_STRING* raw) {
    const unsigned char* const bytes = ASN1_STRING_get0_data(raw);
    const int size = ASN1_STRING_length(raw);
    std::string text;
    for (int i = 0; size == 4 && i < size; ++i) text += (i == 0 ? "" : ".") + std::to_string(bytes[i]);
    for (int i = 0; size == 16 && i < size; i += 2) {
        constexpr std::string_view kHex = "0123456789abcdef";
        if (i > 0) text += ':';
        const unsigned group = bytes[i] * 256U + bytes[i + 1];
        bool begun = false;
        for (unsigned shift = 16; shift > 0;) {
            shift -= 4;
            const unsigned digit = (group >> shift) & 15U;
            begun = begun || digit != 0 || shift == 0;
            if (begun) text += kHex[digit];
        }
    }
    return text;
}

Result<AltName> alt_name_of(const GENERAL_NAME* name) {
    int type = 0;
    const void* const value = GENERAL_NAME_get0_value(name, &type);
    AltName result;
    switch (type) {
        case GEN_EMAIL: result.kind = AltName::Kind::email; break;
        case GEN_URI: result.kind = AltName::Kind::uri; break;
        case GEN_DNS: result.kind = AltName::Kind::dns; break;
        case GEN_OTHERNAME: {
            const auto* const other = static_cast<const OTHERNAME*>(value);
            if (dotted(other->type_id) != kOidFulcioUsername) return AltName{};
            if (other->value->type != V_ASN1_UTF8STRING) return malformed("the certificate's Fulcio user name is no UTF8String");
            result.kind = AltName::Kind::fulcio_username;
            result.value = string_of(other->value->value.utf8string);
            break;
        }
        case GEN_IPADD: return AltName{AltName::Kind::other, address_of(static_cast<const ASN1_OCTET_STRING*>(value))};
        default: return AltName{};
    }
    if (type != GEN_OTHERNAME) result.value = string_of(static_cast<const ASN1_STRING*>(value));
    if (result.value.empty() || result.value.find('\0') != std::string::npos) {
        return malformed("an alternative name of the certificate is empty or has a NUL byte");
    }
    return result;
}

// An extension that is there must decode: -1 is "absent", everything else with nullptr is broken.
template <typename T>
Result<T*> decode_extension(const X509* certificate, int nid) {
    int found = 0;
    T* const value = static_cast<T*>(X509_get_ext_d2i(certificate, nid, &found, nullptr));
    if (value == nullptr && found != -1) {
        return malformed(std::string("the certificate's extension ") + OBJ_nid2sn(nid) + " does not parse");
    }
    return value;
}

Result<std::vector<AltName>> read_alt_names(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>> names(
        TRY(decode_extension<GENERAL_NAMES>(certificate, NID_subject_alt_name)));
    std::vector<AltName> result;
    const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names.get());
    if (count > static_cast<int>(kMaxAltNames)) return malformed("the certificate has more than 64 alternative names");
    result.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) result.push_back(TRY(alt_name_of(sk_GENERAL_NAME_value(names.get(), i))));
    return result;
}

Result<std::vector<std::string>> read_extended_key_usages(const X509* certificate) {
    const std::unique_ptr<EXTENDED_KEY_USAGE, Deleter<EXTENDED_KEY_USAGE_free>> usages(
        TRY(decode_extension<EXTENDED_KEY_USAGE>(certificate, NID_ext_key_usage)));
    std::vector<std::string> result;
    const int count = usages == nullptr ? 0 : sk_ASN1_OBJECT_num(usages.get());
    if (usages != nullptr && count == 0) return malformed("the certificate's extended key usage is empty");
    result.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) result.push_back(dotted(sk_ASN1_OBJECT_value(usages.get(), i)));
    return result;
}

Result<void> read_fields(Certificate::Handle& handle) {
    X509* const x509 = handle.x509.get();
    if (X509_get_version(x509) != X509_VERSION_3) return malformed("the certificate is of another version than 3");
    TRY_VOID(check_extensions(x509));
    if ((X509_get_extension_flags(x509) & EXFLAG_INVALID) != 0) return malformed("an extension of the certificate is malformed");
    const auto not_before = instant_of(X509_get0_notBefore(x509));
    const auto not_after = instant_of(X509_get0_notAfter(x509));
    if (!not_before || !not_after) return malformed("the certificate's validity is no time");
    handle.not_before = *not_before;
    handle.not_after = *not_after;
    handle.subject = name_text(X509_get_subject_name(x509));
    handle.issuer = name_text(X509_get_issuer_name(x509));
    handle.self_issued = !handle.subject.empty() && X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
    const std::unique_ptr<BASIC_CONSTRAINTS, Deleter<BASIC_CONSTRAINTS_free>> constraints(
        TRY(decode_extension<BASIC_CONSTRAINTS>(x509, NID_basic_constraints)));
    handle.ca = constraints != nullptr && constraints->ca != 0;
    if ((X509_get_extension_flags(x509) & EXFLAG_KUSAGE) != 0) {
        const std::uint32_t bits = X509_get_key_usage(x509);
        handle.key_usage = KeyUsage{(bits & KU_DIGITAL_SIGNATURE) != 0, (bits & KU_NON_REPUDIATION) != 0,
                                    (bits & KU_KEY_ENCIPHERMENT) != 0, (bits & KU_KEY_CERT_SIGN) != 0, (bits & KU_CRL_SIGN) != 0};
    }
    handle.extended_key_usages = TRY(read_extended_key_usages(x509));
    handle.alt_names = TRY(read_alt_names(x509));
    unsigned char* spki = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &spki);
    if (length <= 0) return malformed("the certificate's key does not encode");
    handle.spki.assign(spki, spki + length);
    OPENSSL_free(spki);
    const Sha256Digest digest = sha256(handle.spki);
    handle.spki_sha256.assign(digest.begin(), digest.end());
    return {};
}

}  // namespace

std::string dotted(const ASN1_OBJECT* object) {
    std::array<char, 128> text{};
    const int length = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
    return length > 0 && length < static_cast<int>(text.size()) ? std::string(text.data()) : std::string("(long)");
}

Result<Certificate> Certificate::from_der(ByteView der) {
    if (der.size() > kMaxCertificateBytes) return malformed("larger than any certificate (64 KiB)");
    auto handle = std::make_shared<Handle>();
    const unsigned char* at = der.data();
    if (!der.empty()) handle->x509.reset(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (handle->x509 == nullptr) return malformed("not a certificate in DER");
    if (at != der.data() + der.size()) return malformed("there are bytes behind the certificate");
    handle->der.assign(der.begin(), der.end());
    handle->sha256 = sha256_hex(der);
    TRY_VOID(read_fields(*handle));
    return Certificate(std::shared_ptr<const Handle>(std::move(handle)));
}

Result<Certificate> Certificate::from_pem(std::string_view pem) {
    const std::vector<Certificate> certificates = TRY(list_from_pem(pem));
    if (certificates.size() != 1) {
        return malformed("expected one certificate, there are " + std::to_string(certificates.size()));
    }
    return certificates.front();
}

Result<std::vector<Certificate>> Certificate::list_from_pem(std::string_view pem) {
    if (pem.size() > kMaxPemCertificates * kMaxCertificateBytes) return malformed("larger than 64 certificates");
    const std::vector<Bytes> ders = TRY(pem_certificates(pem));
    if (ders.size() > kMaxPemCertificates) return malformed("more than 64 certificates");
    std::vector<Certificate> certificates;
    certificates.reserve(ders.size());
    for (const Bytes& der : ders) certificates.push_back(TRY(from_der(der)));
    return certificates;
}

ByteView Certificate::der() const { return handle_->der; }
const std::string& Certificate::sha256() const { return handle_->sha256; }
const Bytes& Certificate::spki() const { return handle_->spki; }
const Bytes& Certificate::spki_sha256() const { return handle_->spki_sha256; }
Instant Certificate::not_before() const { return handle_->not_before; }
Instant Certificate::not_after() const { return handle_->not_after; }
bool Certificate::valid_at(Instant instant) const { return instant >= handle_->not_before && instant <= handle_->not_after; }
const std::string& Certificate::subject() const { return handle_->subject; }
const std::string& Certificate::issuer() const { return handle_->issuer; }
bool Certificate::self_issued() const { return handle_->self_issued; }
std::optional<KeyUsage> Certificate::key_usage() const { return handle_->key_usage; }
const std::vector<std::string>& Certificate::extended_key_usages() const { return handle_->extended_key_usages; }
bool Certificate::is_ca() const { return handle_->ca; }
const std::vector<AltName>& Certificate::alt_names() const { return handle_->alt_names; }

bool Certificate::has_extended_key_usage(std::string_view oid) const {
    const auto& usages = handle_->extended_key_usages;
    return std::find(usages.begin(), usages.end(), oid) != usages.end();
}

std::string Certificate::pem() const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    must(bio != nullptr && PEM_write_bio_X509(bio.get(), handle_->x509.get()) == 1);
    return content_of(bio.get());
}

Result<PublicKey> Certificate::public_key() const {
    // The key that OpenSSL has decoded already: a second time would cost as much as a verification.
    EVP_PKEY* const key = X509_get0_pubkey(handle_->x509.get());
    if (key == nullptr) return Error{ErrorCode::key, "the certificate's key cannot be read"};
    const KeyType type = TRY(type_of(key));
    must(EVP_PKEY_up_ref(key) == 1);
    return public_key_of(KeyPtr(key), type);
}

std::vector<std::string> Certificate::subject_attribute(std::string_view oid) const {
    std::vector<std::string> values;
    const ObjectPtr object(OBJ_txt2obj(std::string(oid).c_str(), 1));
    if (object == nullptr) return values;
    const X509_NAME* const name = X509_get_subject_name(handle_->x509.get());
    for (int at = X509_NAME_get_index_by_OBJ(name, object.get(), -1); at >= 0;
         at = X509_NAME_get_index_by_OBJ(name, object.get(), at)) {
        unsigned char* text = nullptr;
        const int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
        if (length >= 0) values.emplace_back(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
        OPENSSL_free(text);
    }
    return values;
}

std::optional<Bytes> Certificate::extension(std::string_view oid) const {
    const ObjectPtr object(OBJ_txt2obj(std::string(oid).c_str(), 1));
    const int at = object == nullptr ? -1 : X509_get_ext_by_OBJ(handle_->x509.get(), object.get(), -1);
    if (at < 0) return std::nullopt;
    const ASN1_OCTET_STRING* const content = X509_EXTENSION_get_data(X509_get_ext(handle_->x509.get(), at));
    const unsigned char* const data = ASN1_STRING_get0_data(content);
    return Bytes(data, data + ASN1_STRING_length(content));
}

}  // namespace headgate::crypto
