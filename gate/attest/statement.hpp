// statement.hpp: in-toto Statement v1 (github.com/in-toto/attestation, spec/v1), read from bytes that were verified.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"
#include "crypto/keys.hpp"
#include "model/digest.hpp"
#include "model/fact.hpp"

namespace headgate::attest {

inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view kStatementTypeV01 = "https://in-toto.io/Statement/v0.1";
inline constexpr std::string_view kVsaPredicate = "https://slsa.dev/verification_summary/v1";
/// Of a verdict's predicate: as what the subject was judged. Which rules were asked depends on it.
inline constexpr std::string_view kKindField = "https://headgate.dev/kind";
inline constexpr std::string_view kResultPredicate = "https://headgate.dev/result/v1";
inline constexpr std::string_view kModelSigningPredicate = "https://model_signing/signature/v1.0";

inline constexpr std::size_t kMaxSubjects = 10'000;
inline constexpr std::size_t kMaxFields = 50'000;          // scalars of a predicate
inline constexpr std::size_t kMaxFieldBytes = 8U << 20U;   // of their pointers and values together

struct StatementSubject {
    std::string name;
    DigestSet digest;                    // what Headgate compares; other algorithms are not evidence
    std::vector<std::pair<crypto::Hash, std::string>> further;  // SHA-384 and SHA-512 as stated: they prove nothing, and must not differ
};

/// The digest in lower-case hex, of the bytes at hand, by another algorithm; nullopt where it cannot be made. Asked only where a statement that
/// is about them otherwise states one.
using FurtherDigest = std::function<std::optional<std::string>(crypto::Hash)>;

struct ParsedStatement {
    std::string predicate_type;
    std::vector<StatementSubject> subjects;
    codec::Json predicate;               // null when there is none
};

/// v0.1 has the same members; Headgate writes v1 and cosign up to version 2 wrote v0.1.
enum class StatementVersions { v1_only, also_v0_1 };

/// Error{malformed} for what breaks the specification, Error{unsupported} for a statement of another version.
Result<ParsedStatement> parse_statement(ByteView json, StatementVersions versions = StatementVersions::v1_only);

/// True if a subject of the statement is exactly `digest`. Both digests count: a folder's `sha256` is over file digests
/// only, so a statement about a folder must state dirHash too, and one about a file must not. What it states by SHA-384 or SHA-512 must be
/// what `further` makes of the bytes.
bool is_about(const ParsedStatement& statement, const DigestSet& digest, const FurtherDigest& further = {});

/// Every scalar of the predicate in document order. Error{malformed} over a limit: never a part of them.
Result<std::vector<PredicateField>> flatten(const codec::Json& predicate);

/// When the statement says that it was made: the times that known predicates state, the first that is there.
std::optional<std::int64_t> stated_time(const codec::Json& predicate);

}  // namespace headgate::attest
