#include <algorithm>

#include "base/text.hpp"
#include "intake/conda.hpp"

namespace headgate::intake::conda {
namespace {

/// A channel may want a token, which stands in the path of its URLs: .../t/<token>/channel/...
std::string without_token(std::string url) {
    const std::size_t begin = url.find("/t/");
    const std::size_t end = begin == std::string::npos ? begin : url.find('/', begin + 3);
    if (end != std::string::npos) url.erase(begin, end - begin);
    return url;
}

bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; }

}  // namespace

std::optional<Entry> read_match_spec(std::string_view written, std::uint32_t line) {
    std::string_view text = trim(written.substr(0, written.find(" #")));
    Entry entry{"conda", {}};
    entry.line = line;
    if (const std::size_t mark = text.find("::"); mark != std::string_view::npos) {
        entry.url = without_token(without_login(text.substr(0, mark)));
        text = trim(text.substr(mark + 2));
    }
    const std::size_t end = std::min(text.find_first_of(" =<>!~["), text.size());
    entry.name = ascii_lower(text.substr(0, end));
    std::string_view rest = trim(text.substr(end));
    const bool named = !entry.name.empty() && std::all_of(entry.name.begin(), entry.name.end(), is_name_char);
    if (rest.find('[') != std::string_view::npos) return std::nullopt;   // [channel=..., url=...] names a place
    if (!named || (!rest.empty() && std::string_view("=<>!~*0123456789").find(rest.front()) == std::string_view::npos)) return std::nullopt;
    set_range(entry, rest);
    const bool exact = rest.starts_with("==");
    while (rest.starts_with('=')) rest.remove_prefix(1);
    const std::size_t build = rest.find('=');
    const std::string_view version = trim(rest.substr(0, build));
    // "=1.2" is any 1.2; with a build, or "==", it is that one.
    if ((exact || build != std::string_view::npos) && is_exact(version)) entry.version = version;
    return entry;
}

std::optional<ArchiveName> read_archive_name(std::string_view url) {
    const std::string_view place = url.substr(0, url.find_first_of("?#"));
    std::string_view file = place.substr(place.find_last_of("/\\") + 1);  // npos + 1 is 0
    for (const std::string_view ending : {".conda", ".tar.bz2"}) {
        if (!file.ends_with(ending)) continue;
        file.remove_suffix(ending.size());
        const std::size_t build = file.rfind('-');
        const std::size_t version = build == std::string_view::npos || build == 0 ? std::string_view::npos : file.rfind('-', build - 1);
        if (version == std::string_view::npos || version == 0 || version + 1 == build || build + 1 == file.size()) return std::nullopt;
        return ArchiveName{std::string(file.substr(0, version)), std::string(file.substr(version + 1, build - version - 1))};
    }
    return std::nullopt;
}

void set_archive(Entry& entry, std::string_view url, IntakeContext& context) {
    if (url.empty()) return;
    entry.url = without_token(without_login(url));
    const bool local = url.find("://") == std::string_view::npos || ascii_lower(url.substr(0, 5)) == "file:";
    if (local) entry.source = Requirement::Source::path;
    const auto archive = read_archive_name(url);
    if (!archive) return;
    const Location where = context.at_line(std::max(entry.line, 1U));
    const std::string shown = escape_terminal(entry.url, 300);
    if (ascii_lower(archive->name) != ascii_lower(entry.name)) {
        context.finding("manifest.resolved-name", Severity::high, escape_terminal(entry.name, 200) + " is fetched from " + shown + ", which is another package", where,
                        "What is installed is what the URL holds, whatever name the lockfile shows.", "Delete the entry and let the package manager resolve it again.");
    } else if (archive->version != entry.version) {
        context.finding("manifest.resolved-version", Severity::high, escape_terminal(entry.name + " " + entry.version, 200) + " is fetched from " + shown, where,
                        "What is installed is what the URL holds, whatever version the lockfile shows.", "Delete the entry and let the package manager resolve it again.");
    }
}

}  // namespace headgate::intake::conda
