// What npm, pnpm, yarn, bun and their runners (npx) install by name, and where from.
#include "intake/install_commands.hpp"
#include "intake/npm_entry.hpp"

namespace headgate::intake::shell {
namespace {

using Role = IndexOption::Role;

void npm_package(const Word& word, const std::string& registry, Installing& here) {
    if (word.computed) return here.computed("npm", word);
    if (word.text.empty() || (!is_place(word.text) && is_local(word.text))) return;
    const auto [name, rest] = npm::split_name(word.text);
    const bool scoped = word.text.starts_with('@');
    if (is_place(word.text) || (!scoped && name.find('/') != std::string_view::npos)) {   // its name is in what it fetches
        const std::string last(name.substr(name.rfind('/') + 1));
        if (!parse_reference("pkg:npm/" + last)) return here.computed("npm", word.text);
        if (!npm::add_specifier(last, word.text, {}, here.line, here.context)) here.understood = false;
        return;
    }
    auto& all = here.context.evidence.requirements;
    const std::size_t before = all.size();
    if (!npm::add_specifier(name, rest, {}, here.line, here.context)) here.understood = false;
    if (all.size() > before && all.back().source == Requirement::Source::registry && all.back().url.empty()) all.back().url = registry;
}

/// "npm config set registry URL", "npm config set @scope:registry=URL": where later commands look.
void set_registries(const std::vector<Word>& words, Installing& here) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& text = words[i].text;
        const std::size_t equals = text.find('=');
        const std::string key = text.substr(0, equals);
        const bool all = key == "registry" || key == "npmRegistryServer";
        const bool scoped = key.starts_with('@') && key.ends_with(":registry");
        if (!all && !scoped) continue;
        const Word value = equals != std::string::npos ? Word{text.substr(equals + 1), words[i].computed, {}, {}, {}} : i + 1 < words.size() ? words[i + 1] : Word{};
        if (value.computed) {
            here.unknown(key);
        } else if (!value.text.empty()) {
            here.option(scoped ? Role::scoped : Role::primary, "npm", value.text, key);
            if (scoped) here.context.evidence.index_options.back().names = key.substr(0, key.find(':')) + "/*";
        }
    }
}

/// "create-x" of "x", "@s/create-x" of "@s/x", "@s/create" of "@s".
Word creator(Word word) {
    if (word.computed || is_place(word.text) || is_local(word.text)) return word;
    const std::size_t slash = word.text.starts_with('@') ? word.text.find('/') : std::string::npos;
    if (!word.text.starts_with('@')) {
        word.text = "create-" + word.text;
    } else if (slash == std::string::npos) {
        word.text.insert(std::min(word.text.find('@', 1), word.text.size()), "/create");
    } else {
        word.text.insert(slash + 1, "create-");
    }
    return word;
}

}  // namespace

void npm_command(std::string_view program, const Words& words, std::size_t first, Installing& here) {
    constexpr std::string_view kValued =
        "--prefix --registry --cache --loglevel --workspace -w --omit --include --tag --userconfig -C --cwd --dir --filter -F --modules-folder "
        "--cache-folder --package -p -c --call";
    Arguments arguments = read_arguments(words, first, kValued);
    auto& operands = arguments.operands;
    const bool runner = is_any(program, {"npx", "pnpx", "bunx"}) || (is_any(program, {"npm", "pnpm", "yarn", "bun"}) && arguments.take({"exec", "dlx", "x"}));
    if (runner) {
        if (const Word* package = arguments.option({"--package", "-p"})) {
            operands = {*package};
        } else {
            operands.resize(std::min<std::size_t>(operands.size(), 1));
        }
    } else {
        arguments.take({"global"});
        if (arguments.take({"workspace"}) && !operands.empty()) operands.erase(operands.begin());
        const bool configures = arguments.take({"config", "c"});
        if (arguments.take({"set"}) || configures) return set_registries(operands, here);
        if (arguments.take({"init", "create", "innit"})) {
            operands.resize(std::min<std::size_t>(operands.size(), 1));
            for (Word& word : operands) word = creator(std::move(word));
        } else {
            if (!operands.empty() && (operands.front().computed || has_braces(operands.front().text))) {   // the verb, or options in front of it
                here.computed("npm", operands.front());
                operands.erase(operands.begin());
            }
            // Of what a lockfile names; an option may say where from.
            const bool locked = arguments.take({"ci", "ic", "cit", "sit", "clean-install", "install-clean", "isntall-clean", "clean-install-test", "install-ci-test"});
            if (locked) operands.clear();
            if (!locked && !arguments.take({"install", "i", "a", "add", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall", "it", "install-test", "update", "up", "upgrade", "udpate",
                                 "link", "ln"})) return;
        }
    }
    const Word* registry = arguments.option({"--registry"});
    if (registry != nullptr && registry->computed) {
        here.unknown("--registry");
        registry = nullptr;
    }
    if (registry != nullptr) here.option(Role::scoped, "npm", registry->text, "--registry");
    for (const Word& word : operands) npm_package(word, registry == nullptr ? std::string() : without_login(registry->text), here);
}

}  // namespace headgate::intake::shell
