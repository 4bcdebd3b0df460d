// .npmrc, .yarnrc, .yarnrc.yml and bunfig.toml: which registry serves which names. Tokens and passwords in them are never recorded.
#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "codec/toml.hpp"
#include "intake/all.hpp"
#include "intake/ini.hpp"
#include "intake/package_rules.hpp"

namespace headgate::intake {
namespace {

using Role = IndexOption::Role;

void add_option(IntakeContext& context, Role role, std::string_view url, std::string_view written, std::uint32_t line, std::string names = {}) {
    context.evidence.index_options.push_back({context.at_line(std::max(line, 1U)), role, "npm", without_login(url), std::string(written), std::move(names)});
}

/// A setting of npm or yarn 1. Most settings are about other things; those that choose a place, or another file of settings, are these.
bool npm_setting(std::string_view key, std::string_view value, std::uint32_t line, IntakeContext& context) {
    const bool off = value == "false" || value == "null" || value == "0";
    if (key == "registry" || (key.starts_with('@') && key.ends_with(":registry"))) {
        if (value.empty()) return not_understood(context, "a registry without URL", line);
        const std::string_view scope = key.substr(0, key.rfind(':'));
        add_option(context, key == "registry" ? Role::primary : Role::scoped, value, key, line, key == "registry" ? std::string() : std::string(scope) + "/*");
    } else if (key == "strict-ssl" && off) {
        add_option(context, Role::trusted_host, "of every host", "strict-ssl=false", line);
    } else if (key == "userconfig" || key == "globalconfig") {
        return not_understood(context, "settings are read from another file: " + escape_terminal(value, 100), line);
    } else if (key.ends_with(":registry")) {
        return not_understood(context, "a registry for what is no scope: " + escape_terminal(key, 100), line);
    }
    return true;
}

std::string_view unquoted(std::string_view text) {
    const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    return quoted ? text.substr(1, text.size() - 2) : text;
}

/// npm's reader takes quotes, escapes, comments behind a value and variables for more than themselves. A key or a registry that has
/// any of it beside what is plain is not read here. (What begins with "//" is a login, whatever its variables come to.)
bool is_plain_key(std::string_view key) {
    const bool login = key.starts_with("//");
    return std::all_of(key.begin(), key.end(), [&](char c) {
        if (c < ' ' || c > '~' || c == '"' || c == '\'' || c == '\\' || c == ';' || c == '#') return false;
        return login || (c != '$' && c != '{' && c != '[');
    });
}

/// Without the comment behind it, and without a pair of quotes; nullopt for what is read otherwise elsewhere.
std::optional<std::string_view> plain_value(std::string_view value) {
    const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'');
    if (quoted) {
        const std::string_view inner = value.substr(1, value.size() - 2);
        if (value.back() != value.front() || inner.find_first_of("\"'\\") != std::string_view::npos) return std::nullopt;
        return inner;
    }
    if (value.find('\\') != std::string_view::npos) return std::nullopt;
    return trim(value.substr(0, value.find_first_of(";#")));
}

class YarnSettings : public npm::Rules {
  public:
    using Rules::Rules;

    bool read(const Tree& root) {
        registry(root, Role::primary, {});
        if (const Tree* scopes = table(root, "npmScopes")) {
            for (const Tree::Entry& scope : scopes->entries) {
                if (const Tree* one = table(*scopes, scope.key)) registry(*one, Role::scoped, "@" + scope.key + "/*");
            }
        }
        extensions(root, "packageExtensions");
        catalogs(root);
        const Tree* strict = member(root, "enableStrictSsl", Tree::Type::boolean);
        if (strict != nullptr && !strict->boolean) index(Role::trusted_host, "npm", "of every host", "enableStrictSsl: false", strict->line);
        each_text(root, "unsafeHttpWhitelist", [this](const std::string& host, std::uint32_t line) { index(Role::trusted_host, "npm", host, "unsafeHttpWhitelist", line); });
        return understood_;
    }

  private:
    void registry(const Tree& in, Role role, std::string names) {
        const std::string url = text(in, "npmRegistryServer");
        if (!url.empty()) index(role, "npm", url, "npmRegistryServer", in.find("npmRegistryServer")->line, std::move(names));
    }
};

class BunSettings : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const Tree* install = table(root, "install");
        if (install == nullptr) return understood_;
        if (const Tree* one = install->find("registry")) registry(*one, Role::primary, {});
        if (const Tree* scopes = table(*install, "scopes")) {
            for (const Tree::Entry& scope : scopes->entries) registry(scope.value, Role::scoped, (scope.key.starts_with('@') ? "" : "@") + scope.key + "/*");
        }
        return understood_;
    }

  private:
    /// A URL, or a table with one.
    void registry(const Tree& one, Role role, std::string names) {
        const std::string url = one.is_text() ? one.text : one.is_table() ? text(one, "url") : std::string();
        if (url.empty()) {
            fail("a registry without URL", one.line);
        } else {
            index(role, "npm", url, "install.registry", one.line, std::move(names));
        }
    }
};

}  // namespace

bool matches_npmrc(std::string_view file_name) { return file_name == ".npmrc"; }
bool matches_yarnrc(std::string_view file_name) { return file_name == ".yarnrc"; }
bool matches_yarnrc_yml(std::string_view file_name) { return file_name == ".yarnrc.yml"; }
bool matches_bunfig(std::string_view file_name) { return file_name == "bunfig.toml"; }

bool parse_npmrc(ByteView bytes, IntakeContext& context) {
    bool understood = true;
    const auto lines = read_ini(bytes, {"=", false, true}, ".npmrc", context, understood);
    if (!lines) return false;
    context.format(".npmrc");
    for (const IniLine& line : *lines) {
        if (!context.room()) return false;
        const std::string_view key = line.key;
        const bool chooses = key == "registry" || key.ends_with(":registry") || key == "userconfig" || key == "globalconfig" || key == "strict-ssl";
        if (!is_plain_key(line.key)) {
            understood = not_understood(context, "a key that npm may read as another: " + escape_terminal(line.key, 100), line.line);
            continue;
        }
        if (!chooses) continue;          // tokens, proxies, formats: nothing that chooses a place
        const auto value = plain_value(line.values.empty() ? std::string_view{} : std::string_view(line.values.front()));
        if (!value) {
            understood = not_understood(context, "a value of '" + escape_terminal(line.key, 100) + "' that npm may read as another", line.line);
        } else if (!npm_setting(line.key, *value, line.line, context)) {
            understood = false;
        }
    }
    return understood;
}

/// Lines of a key and a value, either of which may be quoted.
bool parse_yarnrc(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, ".yarnrc");
    if (!text) return false;
    context.format(".yarnrc");
    bool understood = true;
    std::uint32_t number = 0;
    for (const std::string_view raw : split_lines(*text)) {
        ++number;
        const std::string_view line = trim(raw);
        if (line.empty() || line.starts_with('#')) continue;
        if (!context.room()) return false;
        const std::size_t quote = line.front() == '"' ? line.find('"', 1) : std::string_view::npos;
        const std::size_t end = quote != std::string_view::npos ? quote + 1 : std::min(line.find_first_of(" \t"), line.size());
        if (!npm_setting(unquoted(line.substr(0, end)), unquoted(trim(line.substr(end))), number, context)) understood = false;
    }
    return understood;
}

bool parse_yarnrc_yml(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_yaml_tree(bytes);
    if (!root) return malformed(context, ".yarnrc.yml", root.error().message);
    if (!root->is_table()) return malformed(context, ".yarnrc.yml", "the document is no mapping");
    context.format(".yarnrc.yml");
    return YarnSettings(context).read(*root);
}

bool parse_bunfig(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_toml(bytes);
    if (!root) return malformed(context, "bunfig.toml", root.error().message);
    context.format("bunfig.toml");
    return BunSettings(context).read(*root);
}

}  // namespace headgate::intake
