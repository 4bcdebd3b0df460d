// What pip, uv and pipx install by name (their documentation), and where from.
#include "base/text.hpp"
#include "intake/environment.hpp"
#include "intake/install_commands.hpp"
#include "intake/requirements.hpp"

namespace headgate::intake::shell {
namespace {

using Role = IndexOption::Role;

/// Options with a value.
constexpr std::string_view kValued =
    "-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation --abi --root --prefix --src -b --build "
    "--upgrade-strategy -C --config-settings --config-setting --global-option --install-option --no-binary --only-binary --progress-bar --report -i --index-url "
    "--pypi-url --extra-index-url -f --find-links --log --proxy --retries --timeout --exists-action --trusted-host --cert --client-cert --cache-dir --use-feature "
    "--use-deprecated --python -p --keyring-provider --root-user-action --index --default-index --index-strategy --torch-backend --group --extra --with --from "
    "--override --overrides --constraints --link-mode --exclude-newer --prerelease --resolution --allow-insecure-host --directory --project --uploaded-prior-to --spec --suffix --pip-args -d --dest -P --upgrade-package --reinstall-package "
    "--default-timeout --log-file --resume-retries --build-constraint --build-constraints --config-file --python-platform --with-requirements --with-editable --env-file --color";

/// Where in a word something begins that is not known.
std::size_t unknown_from(const Word& word) {
    const std::size_t mark = word.text.find_first_of("$`");
    return std::min({mark, word.gaps.empty() ? word.text.size() : word.gaps.front(), word.text.size()});
}

/// "x[a]" of "x[a]==${VERSION}" in quotes: of such a word the value can change nothing but which versions are meant. "" for every other.
std::string name_of_any_version(const Word& word) {
    const std::string_view known = std::string_view(word.text).substr(0, unknown_from(word));
    std::size_t end = 0;
    const auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'; };
    while (end < known.size() && is_part(known[end])) ++end;
    if (!word.whole || end == 0 || known[0] == '-' || known[0] == '.') return {};
    if (known.substr(end).starts_with('[')) {
        const std::size_t close = known.find(']', end);
        if (close == std::string_view::npos) return {};
        end = close + 1;
    }
    const std::string_view rest = known.substr(end);
    const bool compares = is_any(rest.substr(0, 2), {"==", ">=", "<=", "~=", "!="}) || rest.starts_with('<') || rest.starts_with('>');
    const bool plain = rest.find_first_not_of("<>=!~ ,*.0123456789abcdefghijklmnopqrstuvwxyz+") == std::string_view::npos;
    return compares && plain ? std::string(known.substr(0, end)) : std::string();
}

/// "https://host/%3F" of "https://host/whl/cu${VERSION}": the host is all that such an index is judged by; "" where even that is not known.
std::string index_of_host(const Word& word) {
    const std::string_view known = std::string_view(word.text).substr(0, unknown_from(word));
    const std::size_t scheme = known.find("://");
    if (!word.whole || scheme == std::string_view::npos || known.find('@') != std::string_view::npos) return {};
    const std::size_t end = known.find('/', scheme + 3);
    if (end == std::string_view::npos || end == scheme + 3) return {};
    return std::string(known.substr(0, end)) + "/%3F";
}

void python_package(const Word& written, const std::string& index, Installing& here) {
    Word word = written;
    if (word.computed) {
        word.text = name_of_any_version(written);
        if (word.text.empty()) return here.computed("pypi", written);
    }
    if (word.text.empty() || (!is_place(word.text) && is_local(word.text)) || word.text.find_first_of("*?") < word.text.find_first_of("<>=!~")) return;
    std::string text = word.text;
    if (const std::size_t at = text.find('@'); at != std::string::npos && at > 0 && !is_place(text) && text.find(' ') == std::string::npos) {   // uv tool: "ruff@0.1"
        text = text.ends_with("@latest") ? text.substr(0, at) : text.substr(0, at) + "==" + text.substr(at + 1);
    }
    auto& all = here.context.evidence.requirements;
    const std::size_t before = all.size();
    if (!requirements::add_requirement(text, {}, false, here.line, here.context)) here.understood = false;
    if (all.size() > before && all.back().source == Requirement::Source::registry && all.back().url.empty()) all.back().url = index;
}

void python(const Arguments& arguments, Installing& here) {
    std::string index;
    bool several = false;
    std::vector<Word> wanted = arguments.operands;
    for (const auto& [name, written] : arguments.options) {
        Word value = written;
        const bool first_index = is_any(name, {"-i", "--index-url", "--pypi-url", "--default-index"});
        const bool more = is_any(name, {"--extra-index-url", "--index"});
        const bool links = is_any(name, {"-f", "--find-links"});
        if (std::string host = (first_index || more || links) && value.computed ? index_of_host(value) : std::string(); !host.empty()) value = Word{std::move(host), false, {}, {}, {}};
        if ((first_index || more || links) && value.computed) {
            here.unknown(name);
        } else if (first_index) {
            index = without_login(value.text);
            here.option(Role::scoped, "pypi", value.text, name);
        } else if (more) {
            several = true;
            const std::size_t named = value.text.find('=');   // uv: "name=https://..."
            here.option(Role::extra, "pypi", named < value.text.find(':') ? std::string_view(value.text).substr(named + 1) : std::string_view(value.text), name);
        } else if (links) {
            several = true;
            here.option(Role::find_links, "pypi", value.text, name);
        } else if (is_any(name, {"--trusted-host", "--allow-insecure-host"})) {
            here.option(Role::trusted_host, "pypi", value.text, name);
        } else if (is_any(name, {"-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "--with-requirements"})) {
            const bool elsewhere = !value.commands.empty() || value.text == "-" || value.text.starts_with("/dev/") || value.text.starts_with("/proc/");
            if (elsewhere) here.computed("pypi", value);
            if (!elsewhere && is_place(value.text)) here.place(value);
        } else if (is_any(name, {"-e", "--editable", "--with"})) {
            wanted.push_back(value);
        } else if (name == "--index-strategy" && value.text != "first-index") {
            add_variable("UV_INDEX_STRATEGY", value.text, value.computed, here.line, here.context);
        }
    }
    for (const Word& word : wanted) python_package(word, several ? std::string() : index, here);
}

/// The first operand is a package, or the program of one that --from names; the others are its arguments.
void run_tool(Arguments arguments, Installing& here) {
    if (const Word* from = arguments.option({"--from", "--spec"})) {
        arguments.operands = {*from};
    } else {
        arguments.operands.resize(std::min<std::size_t>(arguments.operands.size(), 1));
    }
    python(arguments, here);
}

}  // namespace

void pip(const Words& words, std::size_t first, Installing& here) {
    Arguments arguments = read_arguments(words, first, kValued);
    auto& operands = arguments.operands;
    if (!operands.empty() && (operands.front().computed || has_braces(operands.front().text))) {   // the verb, or options in front of it
        here.computed("pypi", operands.front());
        operands.erase(operands.begin());
    }
    if (arguments.take({"config"})) {
        if (!arguments.take({"set"}) || operands.size() < 2) return;
        std::string key = operands[0].text.substr(operands[0].text.rfind('.') + 1);
        for (char& c : key) c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return here.setting("PIP_" + key, operands[1]);
    }
    if (arguments.take({"install", "download", "wheel"})) python(arguments, here);
}

/// Behind '@' poetry and pdm have a range, or a place.
void python_project(const Words& words, std::size_t first, Installing& here) {
    Arguments arguments = read_arguments(words, first, std::string(kValued) + " -G -E --extras --source --categories --dev-group");
    auto& operands = arguments.operands;
    arguments.take({"self", "global", "plugin"});
    if (arguments.take({"source"})) {
        if (arguments.take({"add"}) && operands.size() > 1) here.option(Role::extra, "pypi", operands[1].text, "source add");
        return;
    }
    if (!arguments.take({"add", "install", "update", "upgrade"})) return;
    for (Word& word : operands) {
        const std::size_t at = word.text.find('@');
        const bool range = at != std::string::npos && at > 0 && !is_place(word.text) && !is_exact(std::string_view(word.text).substr(at + 1));
        if (!word.computed && range) word.text.resize(at);
    }
    python(arguments, here);
}

std::size_t uv_run_at(const Words& words, std::size_t first) {
    const auto valued = split(kValued, ' ');
    bool runs = false;
    for (std::size_t at = first; at < words.size(); ++at) {
        const std::string& text = words[at].text;
        if (text.starts_with('-') && text != "-") {
            if (std::find(valued.begin(), valued.end(), text) != valued.end()) ++at;
        } else if (runs) {
            return at;
        } else if (text == "run") {
            runs = true;
        } else if (text != "tool") {
            break;
        }
    }
    return words.size();
}

void uv(std::string_view program, const Words& words, std::size_t first, Installing& here) {
    Arguments arguments = read_arguments(words, first, kValued);
    auto& operands = arguments.operands;
    if (program == "uvx") {
        run_tool(arguments, here);
    } else if (program == "pipx") {
        if (arguments.take({"install", "inject"})) return python(arguments, here);
        if (arguments.take({"run"})) run_tool(arguments, here);
    } else if (arguments.take({"pip", "tool"})) {
        if (arguments.take({"run"})) return run_tool(arguments, here);
        if (arguments.take({"install"})) python(arguments, here);
    } else if (arguments.take({"add"})) {
        python(arguments, here);
    } else if (arguments.take({"run"})) {
        operands.clear();            // what is run is no package
        python(arguments, here);
    }
}

}  // namespace headgate::intake::shell
