// One requirement of a requirements file: PEP 508, a URL, a version control URL or a path.
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "intake/requirements.hpp"

namespace headgate::intake::requirements {
namespace {

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

/// "@" and a version as a purl spells it; '' when it has a character that no version has.
std::string version_suffix(std::string_view version) {
    std::string suffix = "@";
    for (const char c : version) {
        if (is_name_char(c) || c == '!') {
            suffix += c;
        } else if (c == '+') {
            suffix += "%2B";
        } else {
            return {};
        }
    }
    return suffix.size() == 1 ? std::string() : suffix;
}

struct Fragment {
    std::string egg;
    std::vector<std::string> hashes;
};

/// "#egg=name[extra]&sha256=...&subdirectory=..."
Fragment read_fragment(std::string_view text) {
    Fragment fragment;
    for (const std::string_view part : split(text, '&')) {
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view value = part.substr(equals + 1);
        if (part.substr(0, equals) == "egg") {
            std::size_t end = 0;
            while (end < value.size() && is_name_char(value[end])) ++end;
            fragment.egg = value.substr(0, end);
        } else if (auto hash = hash_of(part.substr(0, equals), value); hash && fragment.hashes.empty()) {
            fragment.hashes.push_back(std::move(*hash));   // pip looks at the first alone
        }
    }
    return fragment;
}

/// Name and version that the file name of a wheel or source archive states.
void read_file_name(std::string_view path, std::string& name, std::string& version) {
    std::string_view file = path.substr(path.rfind('/') + 1);
    if (file.ends_with(".whl")) {
        const auto parts = split(file, '-');
        if (parts.size() < 5) return;
        name = parts[0];
        version = parts[1];
        return;
    }
    for (const std::string_view ending : {".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip"}) {
        if (!file.ends_with(ending)) continue;
        file.remove_suffix(ending.size());
        const std::size_t dash = file.rfind('-');
        if (dash == std::string_view::npos || dash + 1 == file.size() || file[dash + 1] < '0' || file[dash + 1] > '9') return;
        name = file.substr(0, dash);
        version = file.substr(dash + 1);
        return;
    }
}

class Builder {
  public:
    Builder(std::vector<std::string> hashes, bool editable, std::uint32_t line, IntakeContext& context)
        : context_(context) {
        requirement_.where = context.at_line(line);
        requirement_.integrity = std::move(hashes);
        requirement_.runs_install_script = editable;
    }

    bool fail(const std::string& why) {
        context_.opaque(why, requirement_.where);
        return false;
    }

    bool finish(const std::string& reference_text) {
        auto reference = parse_reference(reference_text);
        if (!reference) {
            context_.finding("requirements.invalid-name", Severity::high, reference.error().message, requirement_.where,
                             "No index serves a package of this name; a look-alike character may hide in it.",
                             "Write the name as the index spells it.");
            return fail("requirement whose name cannot be normalised");
        }
        requirement_.reference = std::move(*reference);
        context_.evidence.requirements.push_back(std::move(requirement_));
        return true;
    }

    /// A name or place that only the environment knows: kept, and nothing can be judged about it.
    bool dynamic(std::string_view text) {
        requirement_.dynamic = true;
        requirement_.written = without_login(text);
        requirement_.source = Requirement::Source::unknown;
        requirement_.reference = computed("pkg", "pypi", "pkg:pypi/?");
        context_.evidence.requirements.push_back(std::move(requirement_));
        return true;
    }

    bool url(std::string_view text, std::string name) {
        // Behind "name @" a URL ends at white space; by itself, at "; ".
        const std::size_t mark = name.empty() ? text.find("; ") : text.find_first_of(" \t");
        if (mark != std::string_view::npos) {
            const std::string_view rest = trim(text.substr(mark));
            if (!rest.starts_with(';')) return fail("URL with a space");
            requirement_.markers = trim(rest.substr(1));
            text = trim(text.substr(0, mark));
        }
        if (text.find_first_of(" \t") != std::string_view::npos) return fail("URL with a space");
        requirement_.written = name.empty() ? without_login(text) : name;
        const std::size_t hash = text.find('#');
        Fragment fragment;
        if (hash != std::string_view::npos) fragment = read_fragment(text.substr(hash + 1));
        requirement_.integrity.insert(requirement_.integrity.end(), fragment.hashes.begin(), fragment.hashes.end());
        std::string place = without_login(text.substr(0, hash));
        requirement_.url = place;
        std::string version;
        const std::string scheme = ascii_lower(place.substr(0, place.find(':')));
        const bool vcs = scheme.find('+') != std::string::npos || scheme == "git" || scheme == "ssh";
        if (vcs) {
            requirement_.source = Requirement::Source::git;
            requirement_.runs_install_script = true;
            const std::size_t at = place.rfind('@');
            if (at != std::string::npos && at > place.find("://") + 3) {
                const std::string revision = place.substr(at + 1);
                requirement_.pinned = is_lower_hex(revision, 40) || is_lower_hex(revision, 64);
                version = revision;
            }
            if (name.empty()) name = fragment.egg;
        } else {
            requirement_.source = scheme == "file" ? Requirement::Source::path : Requirement::Source::url;
            std::string stated;
            read_file_name(place, stated, version);
            if (name.empty()) name = fragment.egg.empty() ? stated : fragment.egg;
            requirement_.pinned = !version.empty();
            if (!place.ends_with(".whl")) requirement_.runs_install_script = true;
        }
        if (name.empty() && scheme == "file") return finish("file:" + path_of(place));
        if (name.empty()) return finish(place);
        return finish("pkg:pypi/" + name + version_suffix(version));
    }

    bool path(std::string_view text) {
        if (const std::size_t mark = text.find(';'); mark != std::string_view::npos) {
            requirement_.markers = trim(text.substr(mark + 1));
            text = trim(text.substr(0, mark));
        }
        const std::size_t hash = text.find('#');
        const Fragment fragment = hash == std::string_view::npos ? Fragment{} : read_fragment(text.substr(hash + 1));
        std::string place(text.substr(0, hash));
        if (const std::size_t extras = place.find('['); extras != std::string::npos && place.ends_with(']')) place.resize(extras);
        requirement_.written = text;
        requirement_.source = Requirement::Source::path;
        requirement_.url = place;
        if (!place.ends_with(".whl")) requirement_.runs_install_script = true;
        return finish("file:" + place);
    }

    /// name [extras] (specifiers | @ url) [; marker]
    bool pep508(std::string_view text) {
        std::size_t end = 0;
        while (end < text.size() && is_name_char(text[end])) ++end;
        if (end == 0) return fail("not a requirement: " + std::string(text));
        const std::string name(text.substr(0, end));
        std::string_view rest = trim(text.substr(end));
        if (rest.starts_with('[')) {
            const std::size_t close = rest.find(']');
            if (close == std::string_view::npos) return fail("extras without ']'");
            for (const char c : rest.substr(1, close - 1)) {
                if (!is_name_char(c) && c != ',' && c != ' ' && c != '\t') return fail("extras with a stray character");
            }
            rest = trim(rest.substr(close + 1));
        }
        if (rest.starts_with('@')) return url(trim(rest.substr(1)), name);
        if (const std::size_t mark = rest.find(';'); mark != std::string_view::npos) {
            requirement_.markers = trim(rest.substr(mark + 1));
            rest = trim(rest.substr(0, mark));
        }
        if (rest.starts_with('(') && rest.ends_with(')')) rest = trim(rest.substr(1, rest.size() - 2));
        std::string version;
        if (!rest.empty()) {
            for (const std::string_view specifier : split(rest, ',')) {
                if (!read_specifier(trim(specifier), version)) return fail("version specifier that is not understood: " + std::string(rest));
            }
        }
        requirement_.written = name;
        requirement_.pinned = !version.empty();
        if (version.empty()) requirement_.range = rest;
        return finish("pkg:pypi/" + name + version_suffix(version));
    }

  private:
    static std::string path_of(std::string_view file_url) {
        std::string_view rest = file_url.substr(file_url.find(':') + 1);
        if (rest.starts_with("//")) rest.remove_prefix(2);
        if (rest.starts_with("localhost/")) rest.remove_prefix(9);
        return std::string(rest);
    }

    static bool read_specifier(std::string_view text, std::string& version) {
        if (text.empty()) return true;  // a trailing comma is allowed
        for (const std::string_view op : {"===", "==", "~=", "!=", "<=", ">=", "<", ">"}) {
            if (!text.starts_with(op)) continue;
            const std::string_view value = trim(text.substr(op.size()));
            if (value.empty()) return false;
            const bool wildcard = value.ends_with(".*");
            if (version_suffix(wildcard ? value.substr(0, value.size() - 2) : value).empty()) return false;
            if (op.starts_with("==") && !wildcard) version = value;
            return true;
        }
        return false;
    }

    IntakeContext& context_;
    Requirement requirement_;
};

bool looks_like_path(std::string_view text) {
    if (text.starts_with('.') || text.starts_with('/') || text.starts_with('~')) return true;
    const std::string_view head = text.substr(0, text.find_first_of(" ;["));
    for (const std::string_view ending : {".whl", ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip"}) {
        if (head.ends_with(ending)) return true;
    }
    return head.find('/') != std::string_view::npos || head.find('\\') != std::string_view::npos;
}

/// A URL stands for itself, not behind "name @".
bool looks_like_url(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    for (const char c : text.substr(0, colon)) {
        if (!is_name_char(c) && c != '+') return false;
    }
    return text.substr(colon).starts_with("://") || ascii_lower(text.substr(0, colon)) == "file";
}

}  // namespace

bool add_requirement(std::string_view text, std::vector<std::string> hashes, bool editable, std::uint32_t line,
                     IntakeContext& context) {
    if (!context.room()) return false;
    Builder builder(std::move(hashes), editable, line, context);
    if (has_control_characters(text)) {
        std::string shown = escape_terminal(text, 200);
        context.finding("requirements.invalid-name", Severity::high, "control or invisible character in: " + shown,
                        context.at_line(line), "A reviewer does not see what pip reads.", "Remove the character.");
        return builder.fail("requirement with a control or invisible character");
    }
    if (has_variable(without_login(text))) return builder.dynamic(text);
    if (looks_like_url(text)) return builder.url(text, {});
    const std::size_t at = text.find('@');
    const bool named_url = at != std::string_view::npos && text.substr(0, at).find_first_of("/:") == std::string_view::npos;
    if (!named_url && (editable || looks_like_path(text))) return builder.path(text);
    return builder.pep508(text);
}

}  // namespace headgate::intake::requirements
