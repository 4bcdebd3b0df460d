// References and patterns: a canonical reference parses to itself, and a pattern made of one matches it.

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "fuzz/oracle.hpp"
#include "model/reference.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 2048) return 0;
    const std::string_view text = as_text({data, size});
    const auto reference = parse_reference(text);
    if (!reference.ok()) {
        ORACLE(reference.error().code == ErrorCode::malformed && !reference.error().message.empty());
    } else {
        ORACLE(!has_control_characters(reference->canonical));
        const auto again = parse_reference(reference->canonical);
        ORACLE(again.ok() && *again == *reference);
        ORACLE(reference->canonical.starts_with(reference->base) || reference->scheme == "sha256");
    }
    const std::size_t newline = text.find('\n');
    const auto pattern = ReferencePattern::compile(text.substr(0, newline));
    if (pattern.ok() && newline != std::string_view::npos) {
        const auto other = parse_reference(text.substr(newline + 1));
        if (other.ok()) (void)pattern->matches(*other);
    }
    if (newline != std::string_view::npos && size < 512) (void)glob_matches(text.substr(0, newline), text.substr(newline + 1));
    return 0;
}
