#include "intake/environment.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"
#include "intake/named.hpp"
#include "intake/shell.hpp"

namespace headgate::intake {
namespace {

using Role = IndexOption::Role;

enum class Form {
    places,          // parted by spaces
    list,            // parted by ',' or '|'
    named,           // uv: "name=https://...", parted by spaces
    no_index,        // a flag
    strategy,        // uv's index-strategy
    tls_off,         // 0 or false: certificates are not looked at
    private_names,   // Go: patterns of paths that come from where their name says
    unchecked_names, // Go: patterns of paths that nothing compares with the log of checksums
    sum_database,    // Go: "off"
    flags,           // Go: "-insecure"
    files,           // of requirements, parted by spaces; those beside are their own affair
};

struct Variable {
    std::string_view name;       // lower case
    std::string_view ecosystem;
    Form form;
    Role role = Role::primary;
};

/// pip, uv, npm, yarn, bun, Go and huggingface_hub documentation, "Environment variables".
constexpr std::array<Variable, 36> kVariables = {{
    {"pip_index_url", "pypi", Form::places},
    {"pip_extra_index_url", "pypi", Form::places, Role::extra},
    {"pip_find_links", "pypi", Form::places, Role::find_links},
    {"pip_trusted_host", "pypi", Form::places, Role::trusted_host},
    {"pip_no_index", "pypi", Form::no_index},
    {"pip_requirement", "pypi", Form::files},
    {"pip_constraint", "pypi", Form::files},
    {"pip_build_constraint", "pypi", Form::files},
    {"uv_constraint", "pypi", Form::files},
    {"uv_override", "pypi", Form::files},
    {"uv_build_constraint", "pypi", Form::files},
    {"pipenv_pypi_mirror", "pypi", Form::places},
    {"uv_index_url", "pypi", Form::places},
    {"uv_default_index", "pypi", Form::named},
    {"uv_extra_index_url", "pypi", Form::places, Role::extra},
    {"uv_index", "pypi", Form::named, Role::extra},
    {"uv_find_links", "pypi", Form::list, Role::find_links},
    {"uv_insecure_host", "pypi", Form::places, Role::trusted_host},
    {"uv_index_strategy", "pypi", Form::strategy},
    {"npm_config_registry", "npm", Form::places},
    {"npm_config_strict_ssl", "npm", Form::tls_off},
    {"node_tls_reject_unauthorized", "npm", Form::tls_off},
    {"yarn_registry", "npm", Form::places},
    {"yarn_npm_registry_server", "npm", Form::places},
    {"yarn_enable_strict_ssl", "npm", Form::tls_off},
    {"bun_config_registry", "npm", Form::places},
    {"goproxy", "golang", Form::list},
    {"goprivate", "golang", Form::private_names},
    {"gonoproxy", "golang", Form::private_names},
    {"gonosumdb", "golang", Form::unchecked_names},
    {"gonosumcheck", "golang", Form::unchecked_names},
    {"goinsecure", "golang", Form::unchecked_names},
    {"gosumdb", "golang", Form::sum_database},
    {"goflags", "golang", Form::flags},
    {"hf_endpoint", "hf", Form::places},
    {"bundle_mirror__all", "gem", Form::places},
}};

const Variable* find(std::string_view name) {
    const std::string lower = ascii_lower(name);
    for (const Variable& one : kVariables) {
        if (one.name == lower) return &one;
    }
    return nullptr;
}

bool is_off(std::string_view value) { return value == "0" || value == "false" || value == "no" || value == "off"; }

class Adder {
  public:
    Adder(const Variable& variable, std::string_view name, std::uint32_t line, IntakeContext& context)
        : variable_(variable), name_(name), line_(line), context_(context) {}

    /// False, with an Opaque, when something in it is not understood, or no more may be recorded.
    bool add(std::string_view value) {
        read(value);
        return understood_;
    }

  private:
    void read(std::string_view value) {
        switch (variable_.form) {
            case Form::places: return each(value, ' ', [this](std::string_view one) { option(variable_.role, one); });
            case Form::named: return each(value, ' ', [this](std::string_view one) {
                const std::size_t equals = one.find('=');
                option(variable_.role, equals < one.find(':') ? one.substr(equals + 1) : one);
            });
            case Form::list: return list(value);
            case Form::no_index:
                if (!value.empty() && !is_off(ascii_lower(value))) option(Role::no_index, {});
                return;
            case Form::tls_off:
                if (is_off(ascii_lower(value))) option(Role::trusted_host, "of every host");
                return;
            case Form::strategy:
                if (value.starts_with("unsafe")) {
                    context_.finding("manifest.index-strategy", Severity::high, name_ + " is " + escape_terminal(value, 60) + ": every index is asked for every package",
                                     context_.at_line(line_), "Whoever publishes a higher version of an internal name on any of the indexes is installed.",
                                     "Remove the setting: by default the first index that has the name is the only one.");
                }
                return;
            // A pattern covers what lies below it, too.
            case Form::private_names: return each(value, ',', [this](std::string_view one) {
                while (one.ends_with('/')) one.remove_suffix(1);
                if (one == "*") option(Role::trusted_host, one);
                option(Role::scoped, "direct", std::string(one));
                option(Role::scoped, "direct", std::string(one) + "/**");
            });
            case Form::unchecked_names: return each(value, ',', [this](std::string_view one) { option(Role::trusted_host, one); });
            case Form::sum_database:
                if (ascii_lower(value) == "off") option(Role::trusted_host, "*");
                return;
            case Form::files: return each(value, ' ', [this](std::string_view one) {
                if (one.find("://") != std::string_view::npos) understood_ = record_url(one, context_.at_line(std::max(line_, 1U)), context_) && understood_;
            });
            case Form::flags: return each(value, ' ', [this](std::string_view one) {
                if (one == "-insecure" || one == "--insecure") option(Role::trusted_host, "*");
            });
        }
    }

    template <typename Use>
    static void each(std::string_view value, char separator, const Use& use) {
        for (const std::string_view one : split(value, separator)) {
            if (!trim(one).empty()) use(trim(one));
        }
    }

    /// The first place that answers is taken; those behind it are asked where it does not have something.
    void list(std::string_view value) {
        std::string plain(value);
        std::replace(plain.begin(), plain.end(), '|', ',');
        Role role = variable_.role;
        each(plain, ',', [&](std::string_view one) {
            if (one == "direct" || one == "off") return;
            option(role, one);
            if (role == Role::primary) role = Role::extra;
        });
    }

    void option(Role role, std::string_view url, std::string names = {}) {
        understood_ = context_.room() && understood_;
        if (!understood_) return;
        context_.evidence.index_options.push_back({context_.at_line(std::max(line_, 1U)), role, std::string(variable_.ecosystem), without_login(url), name_, std::move(names)});
    }

    const Variable& variable_;
    std::string name_;
    std::uint32_t line_;
    IntakeContext& context_;
    bool understood_ = true;
};

/// "export NAME=value", "NAME=value". Of other lines only those that name such a variable matter, and they are not understood.
bool read_assignments(std::string_view text, IntakeContext& context) {
    const auto nothing = [](std::string_view) { return std::optional<std::string>(); };
    bool understood = true;
    std::uint32_t number = 0;
    for (const std::string_view raw : split_lines(text)) {
        ++number;
        if (!context.room()) return false;
        std::string_view line = trim(raw);
        if (line.empty() || line.starts_with('#')) continue;
        const bool mentions = std::any_of(kVariables.begin(), kVariables.end(), [lower = ascii_lower(line)](const Variable& one) { return lower.find(one.name) != std::string::npos; });
        if (!mentions) continue;
        const auto commands = shell::read_commands(line, nothing);
        const auto assigned = [&] {
            if (!commands || commands->size() != 1) return false;
            bool any = false;
            for (const shell::Word& word : commands->front().words) {
                const std::size_t equals = word.text.find('=');
                any = true;
                if (equals == std::string::npos) continue;   // "export NAME": what it is, another line says
                if (!add_variable(word.text.substr(0, equals), word.text.substr(equals + 1), word.computed, number, context)) understood = false;
            }
            return any;
        };
        if (!assigned()) understood = not_understood(context, "a line that sets where packages come from, in a form that is not read", number);
    }
    return understood;
}

/// "NAME=value", the value as it stands there.
bool read_settings(std::string_view text, IntakeContext& context) {
    bool understood = true;
    std::uint32_t number = 0;
    for (const std::string_view raw : split_lines(text)) {
        ++number;
        if (!context.room()) return false;
        const std::string_view line = trim(raw);
        const std::size_t equals = line.find('=');
        if (line.empty() || line.starts_with('#') || equals == std::string_view::npos) continue;
        if (!add_variable(line.substr(0, equals), line.substr(equals + 1), false, number, context)) understood = false;
    }
    return understood;
}

}  // namespace

bool is_known_variable(std::string_view name) { return find(name) != nullptr; }

bool add_variable(std::string_view name, std::string_view value, bool computed, std::uint32_t line, IntakeContext& context) {
    const Variable* const variable = find(name);
    if (variable == nullptr) return true;
    if (computed && variable->form == Form::files && variable->name != "pip_requirement") return true;      // "$HOME/constraints.txt"
    if (computed) return not_understood(context, std::string(name) + " has a value that nothing here tells", line);
    return Adder(*variable, name, line, context).add(value);
}

bool matches_envrc(std::string_view file_name) { return file_name == ".envrc"; }
bool matches_go_env(std::string_view file_name) { return file_name == "go.env"; }

bool parse_envrc(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, ".envrc");
    if (!text) return false;
    context.format(".envrc");
    return read_assignments(*text, context);
}

bool parse_go_env(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, "go.env");
    if (!text) return false;
    context.format("go.env");
    return read_settings(*text, context);
}

}  // namespace headgate::intake
