#include "attest/foreign_signature.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::attest {
namespace {

constexpr std::size_t kLongest = 16U << 10U;
constexpr std::size_t kLongestComment = 256;
constexpr std::size_t kMostHeaders = 4;        // RFC 4880, 6.2: Version, Comment, Hash, Charset, ...
constexpr std::size_t kMinisignSignature = 74; // algorithm, key number, Ed25519 signature
constexpr std::size_t kMinisignGlobal = 64;
constexpr std::array<std::string_view, 4> kJson = {".intoto.jsonl", ".sigstore", ".sigstore.json", ".dsse.json"};

using Lines = std::span<const std::string_view>;

std::optional<std::size_t> decoded_size(Lines lines) {
    std::string joined;
    for (const std::string_view line : lines) joined += line;
    const auto raw = from_base64(joined);
    return raw && !raw->empty() ? std::optional(raw->size()) : std::nullopt;
}

bool is_comment(std::string_view line, std::string_view begin) { return line.starts_with(begin) && line.size() <= kLongestComment; }

/// https://jedisct1.github.io/minisign, "Signature format".
bool is_minisign(Lines lines) {
    return lines.size() == 4 && is_comment(lines[0], "untrusted comment: ") && decoded_size(lines.subspan(1, 1)) == kMinisignSignature &&
           is_comment(lines[2], "trusted comment: ") && decoded_size(lines.subspan(3)) == kMinisignGlobal;
}

/// RFC 4880, 6.2: headers and an empty line (both may be missing), base64, and perhaps a checksum.
bool is_pgp(Lines lines) {
    if (lines.size() < 3 || lines.front() != "-----BEGIN PGP SIGNATURE-----" || lines.back() != "-----END PGP SIGNATURE-----") return false;
    lines = lines.subspan(1, lines.size() - 2);
    if (const auto empty = std::find(lines.begin(), lines.end(), std::string_view()); empty != lines.end()) {
        const auto headers = static_cast<std::size_t>(empty - lines.begin());
        const bool named = std::all_of(lines.begin(), empty, [](std::string_view line) { return line.find(": ") != std::string_view::npos && line.size() <= kLongestComment; });
        if (headers > kMostHeaders || !named) return false;
        lines = lines.subspan(headers + 1);
    }
    if (!lines.empty() && lines.back().size() == 5 && lines.back().front() == '=') lines = lines.first(lines.size() - 1);
    return decoded_size(lines).has_value();
}

bool is_ssh(Lines lines) {
    return lines.size() >= 3 && lines.front() == "-----BEGIN SSH SIGNATURE-----" && lines.back() == "-----END SSH SIGNATURE-----" &&
           decoded_size(lines.subspan(1, lines.size() - 2)).has_value();
}

}  // namespace

std::string foreign_scheme(ByteView bytes, std::string_view name) {
    if (bytes.size() > kLongest) return "";
    if (std::any_of(kJson.begin(), kJson.end(), [&](std::string_view ending) { return name.ends_with(ending); })) return "";
    const std::string_view text = trim(as_text(bytes));
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f); });
    if (text.empty() || !printable) return "";
    std::vector<std::string_view> lines = split_lines(text);
    for (std::string_view& line : lines) line = trim(line);
    if (is_pgp(lines)) return "pgp";
    if (is_ssh(lines)) return "ssh";
    if (is_minisign(lines)) return "minisign";
    const auto raw = text.size() > 4096 ? std::nullopt : from_base64(text);
    return raw && raw->size() >= 64 ? "cosign-legacy" : "";
}

}  // namespace headgate::attest
