#include "sigstore/identity.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/name_kind.hpp"

namespace headgate::sigstore {
namespace {

constexpr std::string_view kIssuerV1 = "1.3.6.1.4.1.57264.1.1";
constexpr std::string_view kIssuerV2 = "1.3.6.1.4.1.57264.1.8";
constexpr std::size_t kMaxClaim = 8192;

struct Claim {
    std::string_view oid;
    std::string_view name;
    bool raw = false;                    // the older ones hold the text itself, the newer ones a DER UTF8String
};

// Fulcio's OID directory. .1.7 is the user name inside the SAN.
constexpr std::array<Claim, 21> kClaims = {{
    {"1.3.6.1.4.1.57264.1.2", "githubWorkflowTrigger", true},
    {"1.3.6.1.4.1.57264.1.3", "githubWorkflowSha", true},
    {"1.3.6.1.4.1.57264.1.4", "githubWorkflowName", true},
    {"1.3.6.1.4.1.57264.1.5", "githubWorkflowRepository", true},
    {"1.3.6.1.4.1.57264.1.6", "githubWorkflowRef", true},
    {"1.3.6.1.4.1.57264.1.9", "buildSignerUri"},
    {"1.3.6.1.4.1.57264.1.10", "buildSignerDigest"},
    {"1.3.6.1.4.1.57264.1.11", "runnerEnvironment"},
    {"1.3.6.1.4.1.57264.1.12", "sourceRepositoryUri"},
    {"1.3.6.1.4.1.57264.1.13", "sourceRepositoryDigest"},
    {"1.3.6.1.4.1.57264.1.14", "sourceRepositoryRef"},
    {"1.3.6.1.4.1.57264.1.15", "sourceRepositoryIdentifier"},
    {"1.3.6.1.4.1.57264.1.16", "sourceRepositoryOwnerUri"},
    {"1.3.6.1.4.1.57264.1.17", "sourceRepositoryOwnerIdentifier"},
    {"1.3.6.1.4.1.57264.1.18", "buildConfigUri"},
    {"1.3.6.1.4.1.57264.1.19", "buildConfigDigest"},
    {"1.3.6.1.4.1.57264.1.20", "buildTrigger"},
    {"1.3.6.1.4.1.57264.1.21", "runInvocationUri"},
    {"1.3.6.1.4.1.57264.1.22", "sourceRepositoryVisibilityAtSigning"},
    {"1.3.6.1.4.1.57264.1.23", "deploymentEnvironment"},
    {"1.3.6.1.4.1.57264.1.24", "tokenSubject"},
}};

// The first names of what has better ones since (sigstore/fulcio docs/oid-info.md). The older repository lacks its host.
struct Renamed {
    std::string_view name;
    std::string_view older;
};
constexpr std::array<Renamed, 3> kRenamed = {{
    {"buildTrigger", "githubWorkflowTrigger"},
    {"sourceRepositoryDigest", "githubWorkflowSha"},
    {"sourceRepositoryRef", "githubWorkflowRef"},
}};
constexpr std::string_view kRepository = "sourceRepositoryUri";
constexpr std::string_view kOlderRepository = "githubWorkflowRepository";
constexpr std::string_view kGithub = "https://github.com/";
constexpr std::string_view kGithubIssuer = "https://token.actions.githubusercontent.com";

Error bad(std::string_view oid, std::string_view problem) {
    return malformed("the certificate's extension " + std::string(oid) + " " + std::string(problem));
}

// DER UTF8String: tag 12, length in the shortest form, and nothing left over.
std::optional<std::string_view> utf8_string(ByteView der) {
    Reader reader(der);
    const auto head = reader.take(2);
    if (!head || (*head)[0] != 0x0c) return std::nullopt;
    std::size_t length = (*head)[1];
    if (length == 0x81) {
        const auto more = reader.take(1);
        if (!more || (*more)[0] < 0x80) return std::nullopt;
        length = (*more)[0];
    } else if (length == 0x82) {
        const auto more = reader.take(2);
        if (!more || (*more)[0] == 0) return std::nullopt;
        length = std::size_t{(*more)[0]} << 8U | (*more)[1];
    } else if (length >= 0x80) {
        return std::nullopt;
    }
    const auto content = reader.take(length);
    if (!content || !reader.at_end()) return std::nullopt;
    return as_text(*content);
}

using Text = std::optional<std::string>;  // nullopt when the extension is absent

Result<Text> read_claim(const crypto::Certificate& certificate, std::string_view oid, bool raw) {
    const auto extension = certificate.extension(oid);
    if (!extension) return Text();
    const auto text = raw ? std::optional<std::string_view>(as_text(*extension)) : utf8_string(*extension);
    if (!text) return bad(oid, "is no DER UTF8String");
    if (text->size() > kMaxClaim) return bad(oid, "is longer than 8192 bytes");
    if (!is_utf8(*text) || has_control_characters(*text)) return bad(oid, "is not UTF-8 or has control characters");
    return Text(std::string(*text));
}

Result<Text> read_issuer(const crypto::Certificate& certificate, std::string_view oid, bool raw) {
    Text issuer = TRY(read_claim(certificate, oid, raw));
    if (issuer && issuer->empty()) return bad(oid, "names an empty issuer");
    return issuer;
}

// Said twice, it is said the same: a reader of the one must not see another build than a reader of the other.
Result<void> check_renamed(const Identity& identity) {
    const auto differ = [&](std::string_view name, std::string_view older) {
        return malformed("the certificate contradicts itself: " + std::string(name) + " is \"" + escape_terminal(identity.claim(name), 200) + "\", " +
                         std::string(older) + " is \"" + escape_terminal(identity.claim(older), 200) + "\"");
    };
    const auto both = [&](std::string_view name, std::string_view older) { return identity.claims.contains(name) && identity.claims.contains(older); };
    for (const Renamed& renamed : kRenamed) {
        if (both(renamed.name, renamed.older) && identity.claim(renamed.name) != identity.claim(renamed.older)) return differ(renamed.name, renamed.older);
    }
    const std::string_view now = identity.claim(kRepository);
    const std::string_view before = identity.claim(kOlderRepository);
    const bool same = before.empty() ? now.empty() : now.ends_with("/" + std::string(before));
    if (both(kRepository, kOlderRepository) && !same) return differ(kRepository, kOlderRepository);
    return {};
}

// RFC 3986, 3.1: a letter, letters, digits, "+", "-", ".", and a colon.
bool has_scheme(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !letter(text.front())) return false;
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
}

// "owner/name", of letters that need no escape in a URL.
bool is_repository(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return false;
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'; };
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(slash), plain) &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(slash) + 1, text.end(), plain);
}

}  // namespace

std::string_view Identity::claim(std::string_view name) const {
    const auto found = claims.find(name);
    return found == claims.end() ? std::string_view() : std::string_view(found->second);
}

std::string Identity::claim_or_older(std::string_view name) const {
    if (const std::string_view now = claim(name); !now.empty()) return std::string(now);
    for (const Renamed& renamed : kRenamed) {
        if (renamed.name == name) return std::string(claim(renamed.older));
    }
    const std::string_view repository = claim(kOlderRepository);
    // An enterprise's issuer is below GitHub's own.
    const bool github = issuer == kGithubIssuer || issuer.starts_with(std::string(kGithubIssuer) + "/");
    if (name == kRepository && github && is_repository(repository)) return std::string(kGithub) + std::string(repository);
    return {};
}

bool is_of_its_kind(const crypto::AltName& name) {
    const std::string_view text = name.value;
    const bool url = text.find("://") != std::string_view::npos;
    const bool at = text.find('@') != std::string_view::npos;
    switch (name.kind) {
        case crypto::AltName::Kind::email: return at && !url;
        case crypto::AltName::Kind::uri: return has_scheme(text);
        case crypto::AltName::Kind::fulcio_username: return !at && !url;
        case crypto::AltName::Kind::dns:
        case crypto::AltName::Kind::other: break;
    }
    return false;
}

// Beside what the header says: an empty issuer is refused, and so is an older and a newer claim of which one is there and empty.
Result<Identity> read_identity(const crypto::Certificate& certificate) {
    const auto& names = certificate.alt_names();
    if (names.size() != 1) {
        return malformed("the certificate has " + std::to_string(names.size()) + " subject alternative names; exactly one names the signer");
    }
    Identity identity;
    identity.san = names.front();
    using Kind = crypto::AltName::Kind;
    if (identity.san.kind != Kind::email && identity.san.kind != Kind::uri && identity.san.kind != Kind::fulcio_username) {
        return malformed("the certificate's subject alternative name is no mail address, URI or user name");
    }
    if (!is_utf8(identity.san.value) || has_control_characters(identity.san.value)) {
        return malformed("the certificate's subject alternative name is not UTF-8 or has control characters");
    }
    if (!is_of_its_kind(identity.san)) {
        return malformed("the certificate's subject alternative name \"" + escape_terminal(identity.san.value, 200) +
                         "\" is a mail address, URI or user name by its kind and another of them by its text");
    }
    const Text older = TRY(read_issuer(certificate, kIssuerV1, true));
    const Text newer = TRY(read_issuer(certificate, kIssuerV2, false));
    if (older && newer && *older != *newer) {
        return malformed("the certificate names two issuers: \"" + escape_terminal(*older, 200) + "\" and \"" + escape_terminal(*newer, 200) + "\"");
    }
    identity.issuer = newer ? *newer : older.value_or("");
    for (const Claim& claim : kClaims) {
        if (Text value = TRY(read_claim(certificate, claim.oid, claim.raw))) identity.claims.emplace(claim.name, std::move(*value));
    }
    TRY_VOID(check_renamed(identity));
    std::erase_if(identity.claims, [](const auto& claim) { return claim.second.empty(); });  // what says nothing is absent
    return identity;
}

bool matches(const Identity& identity, std::string_view san, std::string_view issuer) {
    return !san.empty() && !issuer.empty() && identity.san.value == san && identity.issuer == issuer;
}

}  // namespace headgate::sigstore
