#include "formats/executable.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/code_kind.hpp"
#include "formats/text.hpp"

namespace headgate::formats {
namespace {

struct Language {
    std::string_view ending;
    std::string_view name;
};
constexpr Language kLanguages[] = {
    {".py", "python"},
    {".pyw", "python"},
    {".pyi", "python"},
    {".pyx", "python"},
    {".pxd", "python"},
    {".pth", "python"},
    {".ipynb", "notebook"},
    {".sh", "shell"},
    {".bash", "shell"},
    {".bat", "batch"},
    {".cmd", "batch"},
    {".ps1", "powershell"},
    {".js", "javascript"},
    {".mjs", "javascript"},
    {".cjs", "javascript"},
    {".ts", "typescript"},
    {".rb", "ruby"},
    {".pl", "perl"},
    {".lua", "lua"},
    {".r", "r"},
    {".jl", "julia"},
    {".php", "php"},
    {".cu", "cuda"},
    {".rs", "rust"},
    {".go", "go"},
    {".c", "c"},
    {".h", "c"},
    {".cc", "c++"},
    {".cpp", "c++"},
    {".hpp", "c++"},
    {".vbs", "vbscript"},
    {".zsh", "shell"},
    {".jsx", "javascript"},
    {".tsx", "typescript"},
    {".java", "java"},
    {".scala", "scala"},
};

std::string_view kind(ByteSource& source, std::string_view name) {
    const auto head = source.view(0, std::min<std::uint64_t>(source.size(), 4096));
    return head ? code_kind(*head, name) : std::string_view{};
}

std::string_view by_name(std::string_view name) {
    const std::string lower = ascii_lower(name);
    const auto* found = std::find_if(std::begin(kLanguages), std::end(kLanguages),
                                     [&](const Language& language) { return lower.ends_with(language.ending); });
    return found == std::end(kLanguages) ? std::string_view{} : found->name;
}

std::string_view by_shebang(ByteSource& source) {
    const auto head = source.view(0, std::min<std::uint64_t>(source.size(), 128));
    if (!head) return {};
    std::string_view line = as_text(*head);
    line = line.substr(0, line.find('\n'));
    for (const std::string_view word : {"python", "perl", "ruby", "node", "lua"}) {
        if (line.find(word) != std::string_view::npos) return word == "node" ? "javascript" : word;
    }
    return "shell";
}

}  // namespace

bool sniff_executable(ByteSource& source, std::string_view name) {
    const std::string_view found = kind(source, name);
    return !found.empty() && found != "script" && found != "source";
}

Examined parse_executable(ByteSource& source, ParseContext& context) {
    const std::string format(kind(source, context.name()));
    context.format(format, false, true);
    context.opaque(format + " code: nothing here reads what it does", source.size());
    return Examined::partly;
}

bool sniff_source(ByteSource& source, std::string_view name) {
    const std::string_view found = kind(source, name);
    const bool source_text = found == "script" || found == "source" || !by_name(name).empty();
    return source_text && (found == "script" || looks_like_text(source));
}

Examined parse_source(ByteSource& source, ParseContext& context) {
    const std::string_view language = by_name(context.name());
    const bool script = kind(source, context.name()) == "script";
    if (!script && !is_whole_text(source, context, "text")) return Examined::partly;
    context.format(std::string(script && language.empty() ? by_shebang(source) : language), false, true);
    if (script && !looks_like_text(source)) {
        context.opaque("a script with binary content", source.size());
        return Examined::partly;
    }
    return Examined::whole;
}

}  // namespace headgate::formats
