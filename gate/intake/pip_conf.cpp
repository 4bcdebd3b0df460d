// pip.conf, pip.ini: what pip takes as if it stood on every command line (pip documentation, "Configuration").
#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/ini.hpp"
#include "intake/requirements.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "pip.conf";

/// Long options of pip that neither name a package nor choose where one comes from.
constexpr std::array<std::string_view, 63> kHarmless = {
    "abi", "all", "break-system-packages", "build", "build-isolation", "cache-dir", "cert", "check-build-dependencies", "client-cert",
    "compile", "config-setting", "config-settings", "debug", "deps", "disable-pip-version-check", "dry-run", "exists-action", "format",
    "global-option", "ignore-installed", "ignore-requires-python", "implementation", "install-option", "isolated", "keep-outgoing",
    "keyring-provider", "log", "no-binary", "no-build-isolation", "no-cache-dir", "no-clean", "no-color", "no-compile", "no-deps",
    "no-input", "no-python-version-warning", "no-use-pep517", "no-warn-conflicts", "no-warn-script-location", "only-binary", "platform",
    "pre", "prefer-binary", "prefix", "progress-bar", "python", "python-version", "quiet", "report", "require-hashes",
    "require-virtualenv", "resume-retries", "retries", "root", "root-user-action", "src", "target", "timeout", "upgrade",
    "upgrade-strategy", "use-feature", "use-pep517", "user"};
constexpr std::array<std::string_view, 6> kHarmlessToo = {"verbose", "version", "uploaded-prior-to", "only-final", "use-deprecated", "proxy"};

std::string option_of(std::string_view key) {
    std::string name = ascii_lower(key);
    std::replace(name.begin(), name.end(), '_', '-');
    if (name.starts_with("--")) name.erase(0, 2);
    return name;
}

bool is_false(std::string_view value) {
    const std::string lower = ascii_lower(value);
    return lower == "0" || lower == "false" || lower == "no" || lower == "off" || lower == "n" || lower == "f";
}

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(const std::vector<IniLine>& lines) {
        for (const IniLine& line : lines) {
            if (!context_.room()) return false;
            const bool twice = !seen_.emplace(line.section, option_of(line.key)).second;
            if (twice) understood_ = not_understood(context_, "'" + escape_terminal(line.key, 100) + "' stands twice in its section", line.line);
            option(line);
        }
        return understood_;
    }

  private:
    void option(const IniLine& line) {
        using Role = IndexOption::Role;
        const std::string name = option_of(line.key);
        if (name == "index-url" || name == "pypi-url") return places(line, name, Role::primary);
        if (name == "extra-index-url") return places(line, name, Role::extra);
        if (name == "find-links") return places(line, name, Role::find_links);
        if (name == "trusted-host") return places(line, name, Role::trusted_host);
        if (name == "no-index") {
            if (!line.values.empty() && !is_false(line.values.front())) place(line, name, Role::no_index, {});
            return;
        }
        if (name == "requirement" || name == "constraint" || name == "build-constraint") {
            for (const std::string_view path : words(line)) context_.evidence.includes.push_back({context_.at_line(line.line), std::string(path), name != "requirement"});
            return;
        }
        if (name == "no-require-hashes") {
            if (!line.values.empty() && is_false(line.values.front())) return;
            context_.finding("requirements.hashes-off", Severity::high, "no-require-hashes switches hash checking off", context_.at_line(line.line),
                             "Packages without a hash are then installed beside those with one.", "Remove the option and give every requirement a hash.");
            return;
        }
        if (name == "editable") {
            for (const std::string& value : line.values) {
                if (!requirements::add_requirement(value, {}, true, line.line, context_)) understood_ = false;
            }
            return;
        }
        const auto is_it = [&](std::string_view known) { return known == name; };
        if (std::any_of(kHarmless.begin(), kHarmless.end(), is_it) || std::any_of(kHarmlessToo.begin(), kHarmlessToo.end(), is_it)) return;
        understood_ = not_understood(context_, "setting '" + escape_terminal(line.key, 100) + "' is not known", line.line);
    }

    static std::vector<std::string_view> words(const IniLine& line) {
        std::vector<std::string_view> found;
        for (const std::string& value : line.values) {
            for (std::string_view rest = value; !(rest = trim(rest)).empty();) {
                const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
                found.push_back(rest.substr(0, end));
                rest = rest.substr(end);
            }
        }
        return found;
    }

    void places(const IniLine& line, std::string_view name, IndexOption::Role role) {
        const auto urls = words(line);
        if (urls.empty()) understood_ = not_understood(context_, std::string(name) + " without a value", line.line);
        for (const std::string_view url : urls) place(line, name, role, url);
    }
    void place(const IniLine& line, std::string_view name, IndexOption::Role role, std::string_view url) {
        context_.evidence.index_options.push_back({context_.at_line(line.line), role, "pypi", without_login(url), std::string(name)});
    }

    IntakeContext& context_;
    std::set<std::pair<std::string, std::string>> seen_;
    bool understood_ = true;
};

}  // namespace

bool matches_pip_conf(std::string_view file_name) { return file_name == "pip.conf" || file_name == "pip.ini"; }

bool parse_pip_conf(ByteView bytes, IntakeContext& context) {
    bool understood = true;
    const auto lines = read_ini(bytes, {}, kFormat, context, understood);
    if (!lines) return false;
    context.format(kFormat);
    return Reader(context).read(*lines) && understood;
}

}  // namespace headgate::intake
