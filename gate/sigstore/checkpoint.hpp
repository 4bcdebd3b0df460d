// checkpoint.hpp: the signed tree heads of logs (C2SP tlog-checkpoint over signed notes):
//
//   origin \n  size \n  base64(root) \n  [more lines]  \n  — name base64(hint4 || signature) \n ...
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::sigstore {

inline constexpr std::size_t kMaxNoteSignatures = 32;

struct NoteSignature {
    std::string name;
    Bytes hint;                          // 4 bytes
    Bytes signature;
};

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Bytes root;                          // 32 bytes
    std::string signed_text;             // up to and with the newline before the empty line
    std::vector<NoteSignature> signatures;
};

Result<Checkpoint> parse_checkpoint(std::string_view note);

/// Parsed, and signed by the log: a signature with the log's hint and name that verifies. Signatures of others (witnesses) say
/// nothing, wherever they stand. The origin must be the log's: for Rekor v2 what its id binds, for v1 "<name> - <tree id>" or its host.
Result<Checkpoint> verify_checkpoint(std::string_view note, const LogInstance& log);

}  // namespace headgate::sigstore
