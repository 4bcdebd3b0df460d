#include "intake/entry.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace headgate::intake {
namespace {

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& text, std::string_view part) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const char c : part) {
        if (is_word_char(c)) {
            text += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            text += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
        }
    }
}

/// The purl of a name: its parts are parted by '/', for Maven by ':'.
std::string purl_of(const Entry& entry) {
    std::string text = "pkg:" + std::string(entry.type);
    const bool scoped = entry.type == "npm" && entry.name.starts_with('@');
    for (const std::string_view part : split(entry.name, entry.type == "maven" ? ':' : '/')) {
        text += '/';
        const bool scope = scoped && part.data() == entry.name.data();
        if (scope) text += '@';
        append_encoded(text, scope ? part.substr(1) : part);
    }
    if (!entry.version.empty()) {
        text += '@';
        append_encoded(text, entry.version);
    }
    return text;
}

struct Algorithm {
    std::string_view name;
    std::size_t bytes;
};
// Those that records have a place for: of SHA-224, which no installer takes, they have none.
constexpr std::array<Algorithm, 5> kAlgorithms = {{{"md5", 16}, {"sha1", 20}, {"sha256", 32}, {"sha384", 48}, {"sha512", 64}}};

std::size_t bytes_of(std::string_view algorithm) {
    for (const Algorithm& known : kAlgorithms) {
        if (known.name == algorithm) return known.bytes;
    }
    return 0;
}

}  // namespace

bool not_understood(IntakeContext& context, const std::string& why, std::uint32_t line) {
    context.opaque(why, context.at_line(std::max(line, 1U)));
    return false;
}

bool malformed(IntakeContext& context, std::string_view format, const std::string& why) {
    context.format(format);              // what is wrong with it is said as with a manifest
    return malformed_part(context, format, why);
}

bool malformed_part(IntakeContext& context, std::string_view format, const std::string& why) {
    const Location where = {context.path, context.member, std::nullopt, std::nullopt};
    const std::string message = "no readable " + std::string(format) + ": " + why;
    context.finding("manifest.malformed", Severity::high, message, where, "Readers of a broken document disagree about what it says.",
                    "Let the tool that wrote it write it again.");
    context.opaque(message, where);
    return false;
}

bool record(Entry entry, IntakeContext& context) {
    if (!context.room()) return false;
    entry.line = std::max(entry.line, 1U);
    const Location where = context.at_line(entry.line);
    auto reference = parse_reference(entry.spelled.empty() ? purl_of(entry) : entry.spelled);
    if (!reference || has_control_characters(entry.written) || has_control_characters(entry.range)) {
        const std::string shown = reference ? escape_terminal(entry.written + " " + entry.range, 200) : reference.error().message;
        context.finding("manifest.invalid-name", Severity::high, "a name or version that cannot be normalised: " + shown, where,
                        "No registry serves a package of this name; a look-alike or invisible character may hide in it.",
                        "Write the name as the registry spells it.");
        return not_understood(context, "an entry whose name or version cannot be normalised", entry.line);
    }
    Requirement requirement;
    requirement.where = where;
    requirement.reference = std::move(*reference);
    requirement.written = entry.written.empty() ? std::move(entry.name) : std::move(entry.written);
    requirement.pinned = entry.pinned || (!entry.version.empty() && entry.source != Requirement::Source::git);
    requirement.source = entry.source;
    requirement.url = std::move(entry.url);
    requirement.integrity = std::move(entry.integrity);
    requirement.runs_install_script = entry.runs_install_script;
    requirement.markers = std::move(entry.markers);
    requirement.files = std::move(entry.files);
    if (requirement.reference.version.empty()) requirement.range = std::move(entry.range);
    requirement.released = entry.released;
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

bool record_computed(std::string_view type, std::string_view written, std::uint32_t line, IntakeContext& context) {
    if (!context.room()) return false;
    Requirement requirement;
    requirement.where = context.at_line(std::max(line, 1U));
    requirement.dynamic = true;
    requirement.written = without_login(written);
    requirement.source = Requirement::Source::unknown;
    requirement.reference = computed("pkg", type, "pkg:" + std::string(type) + "/?");
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

Declaring::~Declaring() {
    auto& all = context_.evidence.requirements;
    auto& declared = context_.evidence.declared;
    for (std::size_t i = before_; i < all.size() && declared.size() < context_.limits.facts; ++i) declared.push_back(std::move(all[i]));
    // Not all can be told, then.
    if (declared.size() >= context_.limits.facts && !declared.empty()) declared.back().dynamic = true;
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(std::min(before_, all.size())), all.end());
}

void declare(Entry entry, IntakeContext& context) {
    if (!context.has_room() || !parse_reference(purl_of(entry)) || has_control_characters(entry.range)) return;
    const Declaring declaring(context);
    record(std::move(entry), context);
}

void declare_local(std::string_view type, std::string_view name, std::uint32_t line, IntakeContext& context) {
    Entry entry{type, std::string(name)};
    entry.source = Requirement::Source::workspace;
    entry.line = line;
    declare(std::move(entry), context);
}

void declare_override(std::string_view type, std::string_view name, std::uint32_t line, IntakeContext& context) {
    Entry entry{type, std::string(name)};
    entry.markers = "override";
    entry.line = line;
    declare(std::move(entry), context);
}

void declare_computed(std::string_view type, std::string_view why, std::uint32_t line, IntakeContext& context) {
    if (!context.has_room()) return;
    const Declaring declaring(context);
    record_computed(type, why, line, context);
}

void from_git(Entry& entry, std::string_view repository, std::string_view revision) {
    entry.source = Requirement::Source::git;
    entry.url = without_login(repository.starts_with("git+") ? repository.substr(4) : repository);
    entry.runs_install_script = true;
    const std::string commit = ascii_lower(revision);
    entry.pinned = is_lower_hex(commit, 40) || is_lower_hex(commit, 64);
    if (!revision.empty()) entry.url += "#" + std::string(revision);
}

void set_range(Entry& entry, std::string_view written) {
    const std::string_view range = trim(written);
    if (range != "*") entry.range = range;
}

void set_released(Entry& entry, std::optional<std::int64_t> seconds) {
    if (seconds && (!entry.released || *entry.released < *seconds)) entry.released = seconds;
}

std::optional<std::int64_t> seconds_of(std::string_view written) {
    constexpr std::size_t kDate = 10;    // "2024-01-31"
    std::string text(trim(written));
    if (text.size() > kDate) {
        if (text[kDate] == ' ') text[kDate] = 'T';
        if (text.find_first_of("Zz+-", kDate) == std::string::npos) text += 'Z';
    }
    const auto instant = parse_instant(text);
    return instant ? std::optional(instant->seconds) : std::nullopt;
}

void add_file(Entry& entry, std::string_view url) {
    const std::string host = host_of(url);
    if (host.empty() || host == host_of(entry.url)) return;
    const bool known = std::any_of(entry.files.begin(), entry.files.end(), [&](const std::string& file) { return host_of(file) == host; });
    if (!known) entry.files.push_back(without_login(url));
}

std::optional<std::string_view> plain_text(ByteView bytes, IntakeContext& context, std::string_view format) {
    std::string_view text = as_text(bytes);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
        malformed(context, format, "it is not UTF-8 text");
        return std::nullopt;
    }
    for (std::size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1)) {
        if (at + 1 < text.size() && text[at + 1] == '\n') continue;
        malformed(context, format, "a carriage return without line feed: some tools end the line there, others do not");
        return std::nullopt;
    }
    return text;
}

std::optional<std::string> hash_of(std::string_view algorithm, std::string_view hex) {
    const std::size_t bytes = bytes_of(algorithm);
    const std::string lower = ascii_lower(hex);
    if (bytes == 0 || !is_lower_hex(lower, 2 * bytes)) return std::nullopt;
    return std::string(algorithm) + ":" + lower;
}

std::optional<std::string> hash_of(std::string_view written) {
    const std::size_t mark = written.find_first_of(":-");
    if (mark == std::string_view::npos) return std::nullopt;
    const std::string_view algorithm = written.substr(0, mark);
    if (written[mark] == ':') return hash_of(algorithm, written.substr(mark + 1));
    const std::string_view value = written.substr(mark + 1, written.find('?') - mark - 1);
    const auto raw = from_base64(value);
    if (!raw || bytes_of(algorithm) == 0 || raw->size() != bytes_of(algorithm)) return std::nullopt;
    return std::string(algorithm) + ":" + to_hex(*raw);
}

void add_hashes(Entry& entry, std::string_view written, IntakeContext& context) {
    for (std::string_view word : split(written, ' ')) {
        word = trim(word);
        if (word.empty()) continue;
        auto hash = hash_of(word);
        if (!hash) {
            context.finding("manifest.bad-integrity", Severity::high, "integrity '" + escape_terminal(word, 100) + "' of " + escape_terminal(entry.name, 100) + " is no hash",
                            context.at_line(std::max(entry.line, 1U)), "An installer skips what it cannot read: the package is then installed unchecked.",
                            "Restore the value from the registry.");
        } else if (std::find(entry.integrity.begin(), entry.integrity.end(), *hash) == entry.integrity.end()) {
            entry.integrity.push_back(std::move(*hash));
        }
    }
}

namespace {

// Most clients end the host at a backslash, as the URL standard has it: what stands before '@' there is then no login.
constexpr std::string_view kEndsOfHost = "/?#\\";

}  // namespace

std::string without_login(std::string_view url) { return url_without_login(url); }

std::string host_of(std::string_view url) {
    const std::string plain = without_login(url.substr(0, url.find('#')));
    const std::size_t scheme = plain.find("://");
    if (scheme == std::string::npos) return {};
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(plain.find_first_of(kEndsOfHost, begin), plain.size());
    return ascii_lower(std::string_view(plain).substr(begin, end - begin));
}

void add_marker(std::string& markers, std::string_view more) {
    more = trim(more);
    if (more.empty()) return;
    if (!markers.empty()) markers += "; ";
    markers += more;
}

bool is_exact(std::string_view version) {
    if (version.empty()) return false;
    const bool digit = std::any_of(version.begin(), version.end(), [](char c) { return c >= '0' && c <= '9'; });
    return digit && version.find_first_of("<>=~^*, |${}[]()'\"!\t") == std::string_view::npos;
}

}  // namespace headgate::intake
