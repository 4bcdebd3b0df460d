// x509.hpp: certificates, and the one way in which a chain of them is verified.
//
// Nothing here trusts anything by default: no default store, no default paths, no clock. What is trusted, the instant, and
// what the leaf must be for are arguments of every verification.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/keys.hpp"

namespace headgate::crypto {

inline constexpr std::size_t kMaxCertificateBytes = 64U << 10U;
inline constexpr std::size_t kMaxPemCertificates = 64;    // of one PEM text
inline constexpr std::size_t kMaxAltNames = 64;
inline constexpr std::size_t kMaxChain = 8;               // certificates of a verified chain, leaf and anchor included

inline constexpr std::string_view kEkuCodeSigning = "1.3.6.1.5.5.7.3.3";
inline constexpr std::string_view kEkuTimeStamping = "1.3.6.1.5.5.7.3.8";
inline constexpr std::string_view kOidFulcioUsername = "1.3.6.1.4.1.57264.1.7";     // otherName of a SAN
inline constexpr std::string_view kOidSctList = "1.3.6.1.4.1.11129.2.4.2";

/// One value of a subjectAltName. `other`: kinds that nobody signs with; of an address the value is its text ("10.0.0.1", "2001:db8:0:0:0:0:0:1"), of
/// all others it is empty.
struct AltName {
    enum class Kind { email, uri, dns, fulcio_username, other };
    Kind kind = Kind::other;
    std::string value;
    friend bool operator==(const AltName&, const AltName&) = default;
};

/// RFC 5280, 4.2.1.3.
struct KeyUsage {
    bool digital_signature = false;
    bool non_repudiation = false;
    bool key_encipherment = false;
    bool key_cert_sign = false;
    bool crl_sign = false;
};

/// An X.509 v3 certificate: cheap to copy, immutable, never empty.
class Certificate {
  public:
    /// The whole input is one certificate, no byte more. Refused (Error{malformed}): what OpenSSL cannot read whole, a
    /// version other than 3, an extension that occurs twice, a critical extension that OpenSSL does not know (the message
    /// names its OID), a SAN with NUL bytes or more than 64 values. A certificate that signs nothing we take (its key is of
    /// another kind) still parses: public_key() refuses.
    static Result<Certificate> from_der(ByteView der);
    /// Exactly one PEM block "CERTIFICATE", white space around it and nothing else.
    static Result<Certificate> from_pem(std::string_view pem);
    /// One to 64 PEM blocks "CERTIFICATE" with white space between and nothing else, in their order.
    static Result<std::vector<Certificate>> list_from_pem(std::string_view pem);

    ByteView der() const;
    /// SHA-256 over der(), lower-case hex.
    const std::string& sha256() const;
    /// As PEM, as OpenSSL writes it (lines of 64, final newline).
    std::string pem() const;

    /// Error{key} for kinds that are not taken (see KeyType).
    Result<PublicKey> public_key() const;
    const Bytes& spki() const;                        // DER SubjectPublicKeyInfo
    const Bytes& spki_sha256() const;                 // raw 32 bytes

    Instant not_before() const;
    Instant not_after() const;
    /// Closed interval.
    bool valid_at(Instant instant) const;

    const std::string& subject() const;               // RFC 2253, "" when empty; hostile text
    const std::string& issuer() const;
    bool self_issued() const;                         // subject and issuer are the same name, not empty
    /// The values of one attribute of the subject by OID ("2.5.4.10") as UTF-8, in their order.
    std::vector<std::string> subject_attribute(std::string_view oid) const;

    /// nullopt when the extension is absent.
    std::optional<KeyUsage> key_usage() const;
    /// OIDs in dotted form; empty when the extension is absent.
    const std::vector<std::string>& extended_key_usages() const;
    bool has_extended_key_usage(std::string_view oid) const;
    bool is_ca() const;                               // basicConstraints CA:TRUE
    const std::vector<AltName>& alt_names() const;    // empty when absent

    /// The content of the extension's OCTET STRING, nullopt when absent.
    std::optional<Bytes> extension(std::string_view oid) const;
    /// The DER TBSCertificate without the SCT list: what a CT log signed (RFC 6962, 3.2). nullopt without that extension.
    std::optional<Bytes> precertificate_tbs() const;

    friend bool operator==(const Certificate& a, const Certificate& b) { return a.sha256() == b.sha256(); }

    struct Handle;
    explicit Certificate(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
    const Handle& handle() const { return *handle_; }  // for crypto/

  private:
    std::shared_ptr<const Handle> handle_;
};

/// What a chain is verified against. The spans must outlive the call only.
struct ChainRequest {
    std::span<const Certificate> anchors;             // trusted as they are; none is a refusal
    std::span<const Certificate> intermediates;       // untrusted; at most 64 are looked at, more is a refusal
    Instant at;                                       // every certificate of the chain must be valid then
    /// The leaf must have it; certificates above that limit their usages must too. "" asks nothing.
    std::string_view required_eku;
    bool strict = true;                               // RFC 5280 to the letter (X509_V_FLAG_X509_STRICT)
};

/// The verified chain: leaf first, anchor last; chain[1] is the certificate whose key really verified the leaf (a leaf that is
/// an anchor itself is a chain of one). Anchors need not be self-signed. Signatures over SHA-1 and MD5, RSA under 2048 bits and
/// chains over 8 certificates are refused. Error{key} says which certificate, and why.
Result<std::vector<Certificate>> verify_chain(const Certificate& leaf, const ChainRequest& request);

}  // namespace headgate::crypto
