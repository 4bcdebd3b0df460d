// What cargo install, go install and gem install name.
#include "intake/install_commands.hpp"
#include "intake/npm_entry.hpp"

namespace headgate::intake::shell {

using Role = IndexOption::Role;

void cargo_install(const Words& words, std::size_t first, Installing& here) {
    constexpr std::string_view kValued =
        "--version --vers --git --rev --branch --tag --path --registry --index --root --features -F --bin --example "
        "--profile --target --target-dir -j --jobs --config --color";
    const Arguments arguments = read_arguments(words, first, kValued);
    if (arguments.option({"--path"}) != nullptr) return;
    const Word* version = arguments.option({"--version", "--vers"});
    const Word* git = arguments.option({"--git"});
    const Word* revision = arguments.option({"--rev"});
    const Word* registry = arguments.option({"--registry"});
    const Word* index = arguments.option({"--index"});
    std::vector<Word> wanted = arguments.operands;
    if (wanted.empty() && git != nullptr) wanted.push_back({git->text.substr(git->text.rfind('/') + 1), git->computed, {}});
    for (const Word& word : wanted) {
        if (word.computed || (git != nullptr && git->computed) || (index != nullptr && index->computed)) {
            here.computed("cargo", word.text);
            continue;
        }
        const std::size_t at = word.text.find('@');
        Entry entry{"cargo", word.text.substr(0, at)};
        std::string_view exact = at != std::string::npos ? std::string_view(word.text).substr(at + 1) : version != nullptr && !version->computed ? std::string_view(version->text) : std::string_view{};
        if (exact.starts_with('=')) exact.remove_prefix(1);
        if (npm::is_version(exact)) entry.version = exact;
        if (git != nullptr) from_git(entry, git->text, revision == nullptr ? std::string_view{} : std::string_view(revision->text));
        if (registry != nullptr) entry.url = "registry:" + registry->text;
        if (index != nullptr) entry.url = without_login(index->text.starts_with("sparse+") ? index->text.substr(7) : index->text);
        here.add(std::move(entry));
    }
}

void go_install(const Words& words, std::size_t first, Installing& here) {
    const Arguments arguments = read_arguments(words, first, "-o -ldflags -tags -gcflags -asmflags -mod -modfile -p");
    for (const Word& word : arguments.operands) {
        const std::size_t at = word.text.find('@');
        if (is_local(word.text) || at == std::string::npos || word.text.find('/') > at) continue;   // of the module at hand
        if (word.computed) {
            here.computed("golang", word.text);
            continue;
        }
        Entry entry{"golang", word.text.substr(0, at)};
        if (word.text.size() > at + 2 && word.text[at + 1] == 'v' && npm::is_version(std::string_view(word.text).substr(at + 2))) entry.version = word.text.substr(at + 1);
        here.add(std::move(entry));
    }
}

void gem_install(const Words& words, std::size_t first, Installing& here) {
    const Arguments arguments = read_arguments(words, first, "-v --version --source -s -i --install-dir -n --bindir -P --trust-policy --platform -g --file --user");
    const Word* version = arguments.option({"-v", "--version"});
    const Word* source = arguments.option({"--source", "-s"});
    if (source != nullptr && !source->computed) here.option(Role::scoped, "gem", source->text, "--source");
    for (const Word& word : arguments.operands) {
        if (word.computed || (source != nullptr && source->computed)) {
            here.computed("gem", word.text);
            continue;
        }
        if (is_local(word.text) || word.text.ends_with(".gem")) continue;
        const std::size_t colon = word.text.find(':');
        Entry entry{"gem", word.text.substr(0, colon)};
        const std::string exact = colon != std::string::npos ? word.text.substr(colon + 1) : version != nullptr && !version->computed ? version->text : std::string();
        if (is_exact(exact)) entry.version = exact;
        if (source != nullptr) entry.url = without_login(source->text);
        here.add(std::move(entry));
    }
}

}  // namespace headgate::intake::shell
