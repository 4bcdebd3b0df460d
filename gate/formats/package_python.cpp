#include "formats/package_python.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "codec/python_tokens.hpp"
#include "codec/toml.hpp"
#include "formats/code_kind.hpp"
#include "formats/package_names.hpp"
#include "formats/package_plain.hpp"

namespace headgate::formats {
namespace {

constexpr PythonRole kAtImport{"import", false, false};
constexpr PythonRole kAtStart{"start", true, false};
constexpr PythonRole kAtInstall{"install", true, true};
constexpr PythonRole kRunAtInstall{"install", false, true, true};    // by setup.py, whose `__name__` it shares
constexpr std::size_t kMostLines = 1000;         // of a .pth file
constexpr std::size_t kLongestPath = 1000;
constexpr std::size_t kLongestSetup = 16U << 20U;

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }     // npos + 1 is 0

bool ends_in_source(std::string_view path) { return path.ends_with(".py") || path.ends_with(".pyw"); }

/// Where a member of a wheel is installed below site-packages; nullopt for what goes elsewhere.
std::optional<std::string_view> in_site_packages(std::string_view path) {
    const std::size_t slash = path.find('/');
    const std::string_view first = path.substr(0, slash);
    if (!first.ends_with(".data")) return path;
    const std::string_view rest = path.substr(first.size() + 1);
    for (const std::string_view scheme : {"purelib/", "platlib/"}) {
        if (rest.starts_with(scheme)) return rest.substr(scheme.size());
    }
    return std::nullopt;
}

/// Lies below NAME-VERSION.data/: `data/` of it is laid over the whole environment, and the folder of site-packages is called otherwise on
/// every machine, so that what only counts there counts anywhere below.
bool is_in_data(std::string_view path) { return path.substr(0, path.find('/')).ends_with(".data") && path.find('/') != std::string_view::npos; }

/// Where a line ends for site.py, and how many bytes that takes: "\n", "\r\n", "\r" alone and, as it splits a text since Python 3.12, every
/// other character that ends a line of Unicode: vertical tab, form feed, the separators 0x1C to 0x1E, U+0085, U+2028, U+2029.
std::size_t line_end(std::string_view text, bool utf8) {
    if (text.starts_with("\r\n")) return 2;
    if (text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9")) return 3;
    if (text.starts_with("\xC2\x85")) return 2;
    const char c = text.front();
    return (c >= '\n' && c <= '\r') || (c >= '\x1C' && c <= '\x1E') || (!utf8 && c == '\x85') ? 1 : 0;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    const bool utf8 = is_utf8(text);     // else an encoding of one byte a letter is tried
    while (!text.empty() && lines.size() <= kMostLines) {
        std::size_t end = 0;
        std::size_t taken = 0;
        while (end < text.size() && (taken = line_end(text.substr(end), utf8)) == 0) ++end;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + taken);
    }
    return lines;
}

/// site.py runs each line of a .pth file that begins with "import" and a blank.
void path_configuration(ByteView content, const PackageWords& words, ParseContext& inner) {
    std::uint32_t number = 0;
    std::string_view text = as_text(content);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);       // read as utf-8-sig
    for (const std::string_view line : lines_of(text)) {
        if (++number > kMostLines) return PackageTraits(inner).add("oversized-source", "more than " + std::to_string(kMostLines) + " lines of a .pth file");
        if (!line.starts_with("import ") && !line.starts_with("import\t")) continue;
        PackageTraits(inner).add("runs-at-start", line, number);
        const std::size_t before = inner.evidence.traits.size();
        examine_python_plainly(as_bytes(line), kAtStart, words, inner);
        for (std::size_t at = before; at < inner.evidence.traits.size(); ++at) inner.evidence.traits[at].where.line = number;
    }
}

/// Modules that the interpreter imports when it starts, be they source, byte code, machine code or a package.
bool is_imported_at_start(std::string_view installed) {
    const std::string_view first = installed.substr(0, installed.find('/'));
    const std::string_view module = first.substr(0, first.find('.'));
    return module == "sitecustomize" || module == "usercustomize";
}

/// The same of what lies below .data/ but in no scheme for modules: "data/lib/python3.11/site-packages/sitecustomize.py".
bool customizes_below(std::string_view path) {
    if (!is_in_data(path) || path.find(".data/scripts/") != std::string_view::npos) return false;
    const auto parts = split(path, '/');
    return std::any_of(parts.begin() + 1, parts.end(), is_imported_at_start);
}

bool is_machine_code(ByteView content, std::string_view path) {
    const std::string_view kind = code_kind(content.first(std::min<std::size_t>(content.size(), 4096)), base_name(path));
    return kind == "elf" || kind == "pe" || kind == "mach-o";
}

/// "name @", "name[extra] @": what may be a requirement of a place, in a text that may be anything.
bool is_requirement(std::string_view text) {
    text = trim(text);
    const std::size_t end = std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"), text.size());
    if (end == 0) return false;
    std::string_view rest = trim(text.substr(end));
    if (rest.starts_with('[')) rest = trim(rest.substr(std::min(rest.find(']'), rest.size() - 1) + 1));
    if (!rest.starts_with('@')) return false;
    rest = trim(rest.substr(1));
    const std::size_t scheme = rest.find(':');
    return scheme != std::string_view::npos && scheme > 0 && rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-") == scheme;
}

/// "name @ https://...": pip fetches it from there, whatever the index. Behind ';' stands when.
bool is_direct(std::string_view requirement) {
    const std::string_view specifier = requirement.substr(0, requirement.find(';'));
    const std::size_t at = specifier.find('@');
    return at != std::string_view::npos && specifier.find(':', at) != std::string_view::npos;
}

void requirements(std::string_view metadata, ParseContext& inner) {
    PackageTraits traits(inner);
    std::uint32_t number = 0;
    for (const std::string_view line : split_lines(metadata)) {
        ++number;
        if (line.empty()) return;
        if (!ascii_lower(line.substr(0, 14)).starts_with("requires-dist:")) continue;
        const std::string_view requirement = line.substr(14);
        if (is_direct(requirement)) traits.add("direct-url-dependency", requirement, number);
    }
}

/// Texts of a list of requirements for the build, and of the tables below.
void direct_of_build(const codec::Tree& in, PackageTraits& traits) {
    std::vector<const codec::Tree*> open = {&in};
    while (!open.empty()) {
        const codec::Tree* const here = open.back();
        open.pop_back();
        if (here->is_text() && is_requirement(here->text) && is_direct(here->text)) traits.add("direct-url-dependency", "for the build: " + here->text, here->line);
        for (const codec::Tree& one : here->items) open.push_back(&one);
        for (const codec::Tree::Entry& one : here->entries) open.push_back(&one.value);
    }
}

/// What setup.py asks for at a URL, in whichever list; and the places of `dependency_links`, which only count for `setup_requires`.
void direct_of_setup(ByteView content, ParseContext& inner) {
    if (content.size() > kLongestSetup || !inner.budget.step(content.size() / 8 + 1)) return;      // examine_python() says so
    const std::string_view source = as_text(content);
    const bool fetches_first = source.find("setup_requires") != std::string_view::npos;
    PackageTraits traits(inner);
    codec::PythonTokens tokens(source);
    std::size_t depth = 0;
    bool links = false;
    for (codec::PythonToken token = tokens.next(); !tokens.failed() && token.kind != codec::PythonToken::Kind::end; token = tokens.next()) {
        const bool text = token.kind == codec::PythonToken::Kind::text;
        if (token.is_name("dependency_links") || (text && token.value == "dependency_links")) {
            links = fetches_first;
            depth = 0;
        } else if (token.is_op("[") || token.is_op("(")) {
            ++depth;
        } else if (token.is_op("]") || token.is_op(")")) {
            if (depth <= 1) links = false;
            depth -= depth > 0 ? 1 : 0;
        } else if (text && is_requirement(token.value) && is_direct(token.value)) {
            traits.add("direct-url-dependency", token.value, token.line);
        } else if (text && links && token.value.find("://") != std::string_view::npos) {
            traits.add("direct-url-dependency", "dependency_links: " + std::string(token.value), token.line);
        }
    }
}

/// Texts beside an `exec` in setup.py, or in the `with` in front of it: the files that it runs among them.
std::set<std::string, std::less<>> run_by_setup(ByteView content) {
    std::set<std::string, std::less<>> texts;
    if (content.size() > kLongestSetup) return texts;
    std::vector<std::string> line;
    std::vector<std::string> opened;     // by the last `with`
    bool runs = false;
    bool opens = false;
    codec::PythonTokens tokens(as_text(content));
    for (codec::PythonToken token = tokens.next(); !tokens.failed(); token = tokens.next()) {
        using Kind = codec::PythonToken::Kind;
        if (token.kind == Kind::text && token.value.size() <= kLongestPath) line.emplace_back(token.value);
        runs = runs || token.is_name("exec") || token.is_name("execfile") || token.is_name("run_path") || token.is_name("run_module") || token.is_name("executable");
        opens = opens || token.is_name("with");
        if (token.kind != Kind::newline && token.kind != Kind::end) continue;
        if (runs) {
            texts.insert(opened.begin(), opened.end());
            texts.insert(line.begin(), line.end());
        }
        if (opens) opened = line;
        runs = opens = false;
        line.clear();
        if (token.kind == Kind::end) break;
    }
    return texts;
}

/// It is one of the texts, or they are its parts: "pkg/version.py", join("pkg", "version.py").
bool names_path(const std::set<std::string, std::less<>>& texts, std::string_view path) {
    if (texts.contains(path) || texts.contains("./" + std::string(path))) return true;
    if (path.ends_with(".py")) {                 // run_module("pkg.version")
        std::string module(path.substr(0, path.size() - 3));
        std::replace(module.begin(), module.end(), '/', '.');
        if (module.find('.') != std::string::npos && texts.contains(module)) return true;
    }
    const auto parts = split(path, '/');
    return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) { return texts.contains(part); });
}

/// The same of setup.cfg, line by line.
void direct_of_config(ByteView content, ParseContext& inner) {
    const std::string_view source = as_text(content);
    const bool fetches_first = source.find("setup_requires") != std::string_view::npos;
    PackageTraits traits(inner);
    std::uint32_t number = 0;
    bool links = false;
    for (const std::string_view line : split_lines(source)) {
        ++number;
        const bool continues = line.starts_with(' ') || line.starts_with('\t');
        if (!continues) links = fetches_first && line.starts_with("dependency_links");
        const std::size_t equals = line.find('=');
        const std::string_view value = trim(continues || equals == std::string_view::npos ? line : line.substr(equals + 1));
        const bool direct = is_requirement(value) && is_direct(value);
        if (direct || (links && value.find("://") != std::string_view::npos)) traits.add("direct-url-dependency", value, number);
    }
}

void compare(const NameAndVersion& metadata, const std::optional<NameAndVersion>& other, std::string_view what, ParseContext& context) {
    if (!other || metadata.name.empty() || metadata.version.empty() || same_on_pypi(metadata, *other)) return;
    PackageTraits(context).add("name-mismatch", std::string(what) + " says " + other->name + " " + other->version + ", its metadata " + metadata.name + " " + metadata.version);
}

}  // namespace

void WheelTraits::member(std::string_view path, ByteView content, ParseContext& inner) {
    if (path == info_ + "/METADATA") return metadata(content, inner);
    if (path == info_ + "/WHEEL") return tags(content);
    if (path == info_ + "/entry_points.txt") return entry_points(content, inner);
    const auto installed = in_site_packages(path);
    if (is_in_data(path) && path.ends_with(".pth")) return path_configuration(content, words_, inner);
    if (!installed) {
        if (customizes_below(path)) {
            PackageTraits(inner).add("customizes-interpreter", path);
            if (ends_in_source(path)) examine_python_plainly(content, kAtStart, words_, inner);
        }
        const std::size_t scripts = path.find(".data/scripts/");
        if (scripts != std::string_view::npos && words_.is_program(base_name(path))) PackageTraits(inner).add("shadows-command", base_name(path));
        return;
    }
    if (is_machine_code(content, path)) native_.emplace_back(path);
    if (path.ends_with(".pyc") || path.ends_with(".pyo")) compiled_.emplace_back(path);
    if (installed->ends_with(".pth") && installed->find('/') == std::string_view::npos) return path_configuration(content, words_, inner);
    const bool start = is_imported_at_start(*installed);
    if (start) PackageTraits(inner).add("customizes-interpreter", *installed);
    if (ends_in_source(path)) examine_python_plainly(content, start ? kAtStart : kAtImport, words_, inner);
}

void WheelTraits::metadata(ByteView content, ParseContext& inner) {
    name_ = metadata_field(as_text(content), "Name");
    version_ = metadata_field(as_text(content), "Version");
    requirements(as_text(content), inner);
}

void WheelTraits::tags(ByteView content) {
    for (const std::string_view line : split_lines(as_text(content))) {
        if (!ascii_lower(line.substr(0, 4)).starts_with("tag:")) continue;
        tagged_ = true;
        pure_ = pure_ && trim(line).ends_with("-none-any");
    }
}

/// [console_scripts] and [gui_scripts]: "name = module:function".
void WheelTraits::entry_points(ByteView content, ParseContext& inner) {
    PackageTraits traits(inner);
    bool scripts = false;
    std::uint32_t number = 0;
    for (std::string_view line : split_lines(as_text(content))) {
        ++number;
        line = trim(line);
        if (line.starts_with('[')) scripts = line == "[console_scripts]" || line == "[gui_scripts]";
        const std::size_t equals = line.find('=');
        if (!scripts || equals == std::string_view::npos || line.starts_with('#')) continue;
        const std::string_view name = trim(line.substr(0, equals));
        if (words_.is_program(name)) traits.add("shadows-command", name, number);
    }
}

void WheelTraits::finish() {
    PackageTraits traits(context_);
    if (tagged_ && pure_) {
        for (const std::string& one : native_) traits.add("native-binary-in-pure-wheel", one);
    }
    for (const std::string& one : compiled_) traits.add("compiled-code", one);
    const NameAndVersion metadata{name_, version_};
    if (context_.member.empty()) compare(metadata, of_wheel(context_.name()), "the file name", context_);
    const std::string folder = info_.substr(0, info_.size() - std::string_view(".dist-info").size());
    const std::size_t dash = folder.rfind('-');
    if (dash != std::string::npos) compare(metadata, NameAndVersion{folder.substr(0, dash), folder.substr(dash + 1)}, "the folder " + info_, context_);
}

void examine_sdist(const PackageMembers& package, const PackageWords& words) {
    // A build backend that lies in the package itself runs like setup.py.
    std::vector<std::string> backend_paths;
    if (const auto project = package.content("pyproject.toml")) {
        ParseContext inner = package.inside("pyproject.toml");
        const auto document = codec::parse_toml(*project);
        if (!document.ok()) PackageTraits(inner).add("unreadable-source", document.error().message);
        const codec::Tree* const build = document.ok() ? document->find("build-system") : nullptr;
        PackageTraits direct(inner);
        if (build != nullptr) direct_of_build(*build, direct);
        const codec::Tree* const tool = document.ok() ? document->find("tool") : nullptr;
        const codec::Tree* const hatch = tool == nullptr ? nullptr : tool->find("hatch");
        const codec::Tree* const hooks = hatch == nullptr ? nullptr : hatch->find("build");
        if (hooks != nullptr) direct_of_build(*hooks, direct);
        const codec::Tree* const paths = build == nullptr ? nullptr : build->find("backend-path");
        const codec::Tree* const backend = build == nullptr ? nullptr : build->find("build-backend");
        if (paths != nullptr && paths->is_array()) {
            for (const codec::Tree& one : paths->items) {
                if (!one.is_text()) continue;
                std::string path = one.text;
                while (path.starts_with("./")) path.erase(0, 2);
                if (path == ".") path.clear();
                if (!path.empty() && !path.ends_with('/')) path += '/';
                backend_paths.push_back(std::move(path));
            }
            PackageTraits(inner).add("runs-at-install", "build backend of its own: " + (backend != nullptr && backend->is_text() ? backend->text : std::string("unnamed")), build->line);
        }
        // Only the module that is named, and what lies in its folder, is a backend: "." is a path of many.
        if (backend != nullptr && backend->is_text()) {
            std::string module = backend->text.substr(0, backend->text.find(':'));
            std::replace(module.begin(), module.end(), '.', '/');
            for (std::string& path : backend_paths) path += module;
        }
    }
    const auto is_backend = [&](std::string_view path) {
        return std::any_of(backend_paths.begin(), backend_paths.end(), [&](const std::string& one) { return path == one + ".py" || path.starts_with(one + "/"); });
    };
    const auto setup = package.content("setup.py");
    const std::set<std::string, std::less<>> scripts = setup ? run_by_setup(*setup) : std::set<std::string, std::less<>>{};
    const auto is_script = [&](std::string_view path) { return path != "setup.py" && !scripts.empty() && names_path(scripts, path); };
    package.each([&](std::string_view path, ByteView content, ParseContext& inner) {
        if (is_script(path)) examine_python_plainly(content, kRunAtInstall, words, inner);
        if (path == "setup.py") PackageTraits(inner).add("runs-at-install", "setup.py");
        if (path == "setup.py") direct_of_setup(content, inner);
        if (path == "setup.cfg") direct_of_config(content, inner);
        if (path == "PKG-INFO") requirements(as_text(content), inner);
        if (path.ends_with(".pth")) path_configuration(content, words, inner);
        if (ends_in_source(path)) examine_python_plainly(content, path == "setup.py" || is_backend(path) ? kAtInstall : kAtImport, words, inner);
    });
    if (const auto info = package.content("PKG-INFO")) {
        const std::string_view text = as_text(*info);
        const NameAndVersion metadata{std::string(metadata_field(text, "Name")), std::string(metadata_field(text, "Version"))};
        compare(metadata, of_sdist(package.file_name()), "the file name", package.context());
        compare(metadata, of_sdist(std::string(package.top()) + ".tar.gz"), "the folder " + std::string(package.top()), package.context());
    }
}

}  // namespace headgate::formats
