#include "formats/lfs_pointer.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kMaxPointer = 1024;  // the specification's limit

}  // namespace

bool sniff_lfs_pointer(ByteSource& source, std::string_view) {
    if (source.size() >= kMaxPointer) return false;
    const auto bytes = source.all();
    return bytes && starts_with(*bytes, "version https://git-lfs") &&
           as_text(*bytes).find("\noid sha256:") != std::string_view::npos;
}

Examined parse_lfs_pointer(ByteSource& source, ParseContext& context) {
    const auto bytes = source.size() < kMaxPointer ? source.all() : std::nullopt;
    std::string oid;
    std::string size;
    for (const std::string_view line : split_lines(bytes ? as_text(*bytes) : std::string_view{})) {
        if (line.starts_with("oid sha256:") && is_lower_hex(line.substr(11), 64)) oid = line.substr(11);
        if (line.starts_with("size ") && line.size() < 25) size = line.substr(5);
    }
    const std::string about =
        oid.empty() ? "" : " (of " + (size.empty() ? "some" : size) + " bytes with SHA-256 " + oid + ")";
    context.finding("lfs.pointer", Severity::high, "a Git LFS pointer" + about + ", not the model: run git lfs pull",
                    context.whole(), "The file that would be loaded is not here, so nobody has judged it.",
                    "Run `git lfs pull` in the checkout, or download the file itself.");
    context.format("lfs-pointer", true);
    return Examined::whole;
}

}  // namespace headgate::formats
