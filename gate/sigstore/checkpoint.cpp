#include "sigstore/checkpoint.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/fields.hpp"

namespace headgate::sigstore {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // em dash, space
constexpr std::size_t kHint = 4;

Error bad(std::string what) { return malformed("checkpoint: " + std::move(what)); }

// The line up to '\n', which is passed too; nullopt when there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

Result<NoteSignature> read_signature(std::string_view line) {
    if (!line.starts_with(kDash)) return bad("a line behind its text is no signature");
    line.remove_prefix(kDash.size());
    const std::size_t space = line.find(' ');
    if (space == 0 || space == std::string_view::npos) return bad("a signature has no name");
    const std::string_view name = line.substr(0, space);
    if (name.find('+') != std::string_view::npos) return bad("the name of a signature has a \"+\"");
    const auto bytes = from_base64(line.substr(space + 1));
    if (!bytes || bytes->size() <= kHint || bytes->size() > kHint + kMaxSignature) return bad("a signature is not base64 or of no length");
    const auto split = bytes->begin() + kHint;
    return NoteSignature{std::string(name), Bytes(bytes->begin(), split), Bytes(split, bytes->end())};
}

bool tree_id(std::string_view text) {
    return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Name and origin that a log's own signature must stand beside: one and the same, the log's, as C2SP has it; Rekor v1 puts the id of
// the tree behind it in the origin. What its server is called there the TrustedRoot does not say, and it is not the host of its URL: private
// ones sign as the name of their container. So name and origin are bound to each other, and to the log by its key; sigstore-go and
// sigstore-python compare neither, sigstore-js (3.1) looks for the name in the URL.
bool belongs(const Checkpoint& checkpoint, const NoteSignature& signature, const LogInstance& log) {
    if (!log.origin.empty()) return checkpoint.origin == log.origin && signature.name == log.origin;
    const std::string_view origin = checkpoint.origin;
    if (origin == signature.name) return log.base_url.ends_with("://" + signature.name);
    const std::string lead = signature.name + " - ";
    return origin.starts_with(lead) && tree_id(origin.substr(lead.size()));
}

}  // namespace

Result<Checkpoint> parse_checkpoint(std::string_view note) {
    if (note.size() > kMaxCheckpoint) return bad("it is longer than 16 KiB");
    if (!is_utf8(note)) return bad("it is not UTF-8");
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
    if (std::any_of(note.begin(), note.end(), control)) return bad("it has control characters");
    const std::size_t split = note.rfind("\n\n");
    if (split == std::string_view::npos) return bad("it has no signature");

    Checkpoint checkpoint;
    checkpoint.signed_text = note.substr(0, split + 1);
    std::string_view text = checkpoint.signed_text;
    const auto origin = take_line(text);
    const auto size = take_line(text);
    const auto root = take_line(text);
    if (!origin || origin->empty()) return bad("it has no origin");
    const auto number = size ? parse_number(*size) : std::nullopt;
    if (!number) return bad("its second line is no tree size");
    const auto hash = root ? from_base64(*root) : std::nullopt;
    if (!hash || hash->size() != 32) return bad("its third line is no root hash");
    checkpoint.origin = *origin;
    checkpoint.size = *number;
    checkpoint.root = *hash;

    std::string_view rest = note.substr(split + 2);
    while (!rest.empty()) {
        const auto line = take_line(rest);
        if (!line) return bad("its last line does not end");
        if (checkpoint.signatures.size() == kMaxNoteSignatures) return bad("it has more than 32 signatures");
        checkpoint.signatures.push_back(TRY(read_signature(*line)));
    }
    if (checkpoint.signatures.empty()) return bad("it has no signature");
    return checkpoint;
}

Result<Checkpoint> verify_checkpoint(std::string_view note, const LogInstance& log) {
    Checkpoint checkpoint = TRY(parse_checkpoint(note));
    const Bytes hint(log.id.begin(), log.id.begin() + kHint);
    bool seen = false;
    for (const NoteSignature& signature : checkpoint.signatures) {
        if (signature.hint != hint || !belongs(checkpoint, signature, log)) continue;
        seen = true;
        if (log.key.verify(as_bytes(checkpoint.signed_text), signature.signature, crypto::Hash::sha256)) return checkpoint;
    }
    return refused(seen ? "checkpoint: the log's signature does not verify"
                        : "checkpoint: it is not signed by the log " + log.base_url + " in its own name");
}

}  // namespace headgate::sigstore
