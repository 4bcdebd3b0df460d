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
    "--override --overrides --constraints --link-mode --exclude-newer --prerelease --resolution --allow-insecure-host --directory --project --uploaded-prior-to --spec --suffix --pip-args -d --dest -P --upgrade-package --reinstall-package";

void python_package(const Word& word, const std::string& index, Installing& here) {
    if (word.computed) return here.computed("pypi", word.text);
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
    for (const auto& [name, value] : arguments.options) {
        const bool first_index = is_any(name, {"-i", "--index-url", "--pypi-url", "--default-index"});
        const bool more = is_any(name, {"--extra-index-url", "--index"});
        const bool links = is_any(name, {"-f", "--find-links"});
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
    if (arguments.operands.empty() || !is_any(arguments.operands.front().text, {"install", "download", "wheel"})) return;
    arguments.operands.erase(arguments.operands.begin());
    python(arguments, here);
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
