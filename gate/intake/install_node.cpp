// What npm, pnpm, yarn, bun and their runners (npx) install by name, and where from.
#include "intake/install_commands.hpp"
#include "intake/npm_entry.hpp"

namespace headgate::intake::shell {
namespace {

using Role = IndexOption::Role;

void npm_package(const Word& word, const std::string& registry, Installing& here) {
    if (word.computed) return here.computed("npm", word.text);
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
        if (!arguments.take({"install", "i", "add", "in", "isntall"})) return;
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
