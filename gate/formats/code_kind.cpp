#include "formats/code_kind.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kSourceEndings[] = {
    ".py", ".pyi", ".pyx", ".pxd", ".pth", ".pyw", ".ipynb", ".js", ".mjs",  ".cjs", ".ts", ".sh",  ".bash", ".bat", ".cmd",
    ".ps1", ".rb", ".pl",  ".lua", ".r",   ".jl",  ".php",   ".c",  ".h",    ".cc",  ".cpp", ".hpp", ".cu",   ".rs",  ".go",
};

bool is_pe(ByteView head) {
    if (head.size() < 64 || head[0] != 'M' || head[1] != 'Z') return false;
    const std::uint32_t at = head[60] | std::uint32_t{head[61]} << 8U | std::uint32_t{head[62]} << 16U |
                             std::uint32_t{head[63]} << 24U;
    return at > head.size() - 4 || starts_with(head.subspan(at), std::string_view("PE\0\0", 4));
}

bool is_mach_o(ByteView head) {
    static constexpr std::string_view kMagics[] = {"\xFE\xED\xFA\xCE", "\xFE\xED\xFA\xCF", "\xCE\xFA\xED\xFE",
                                                   "\xCF\xFA\xED\xFE"};
    return std::any_of(std::begin(kMagics), std::end(kMagics), [&](std::string_view m) { return starts_with(head, m); });
}

}  // namespace

std::string_view code_kind(ByteView head, std::string_view name) {
    if (starts_with(head, "\x7F" "ELF")) return "elf";
    if (is_pe(head)) return "pe";
    if (is_mach_o(head)) return "mach-o";
    if (starts_with(head, std::string_view("\0asm", 4))) return "wasm";
    if (starts_with(head, "\xCA\xFE\xBA\xBE")) return "java-class";  // or a fat Mach-O: code both
    if (starts_with(head, "#!")) return "script";
    const std::string lower = ascii_lower(name);
    if (lower.ends_with(".pyc") && head.size() >= 4 && head[2] == '\r' && head[3] == '\n') return "python-bytecode";
    const bool source = std::any_of(std::begin(kSourceEndings), std::end(kSourceEndings),
                                    [&](std::string_view ending) { return lower.ends_with(ending); });
    // The extension alone makes no code of a pickle or an archive that calls itself .py: text it must be.
    if (source && as_text(head).find('\0') == std::string_view::npos && !starts_with(head, "\x80")) return "source";
    return {};
}

}  // namespace headgate::formats
