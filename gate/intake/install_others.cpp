// What cargo, go, gem, bundle, composer and dotnet are told to install by name.
#include "intake/install_commands.hpp"
#include "intake/npm_entry.hpp"

namespace headgate::intake::shell {

using Role = IndexOption::Role;

void cargo(const Words& words, std::size_t first, Installing& here) {
    constexpr std::string_view kValued =
        "--version --vers --git --rev --branch --tag --path --registry --index --root --features -F --bin --example "
        "--profile --target --target-dir -j --jobs --config --color -Z -C --rename --manifest-path -p --package";
    Arguments arguments = read_arguments(words, first, kValued);
    if (!arguments.operands.empty() && arguments.operands.front().text.starts_with('+')) arguments.operands.erase(arguments.operands.begin());   // a toolchain
    if (!arguments.take({"install", "add", "binstall"})) return;
    if (arguments.option({"--path"}) != nullptr) return;
    const Word* version = arguments.option({"--version", "--vers"});
    const Word* git = arguments.option({"--git"});
    const Word* revision = arguments.option({"--rev"});
    const Word* registry = arguments.option({"--registry"});
    const Word* index = arguments.option({"--index"});
    std::vector<Word> wanted = arguments.operands;
    if (wanted.empty() && git != nullptr) wanted.push_back({git->text.substr(git->text.rfind('/') + 1), git->computed, {}, {}, {}});
    for (const Word& word : wanted) {
        if (word.computed || (git != nullptr && git->computed) || (index != nullptr && index->computed)) {
            here.computed("cargo", word);
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

void go(const Words& words, std::size_t first, Installing& here) {
    Arguments arguments = read_arguments(words, first, "-o -ldflags -tags -gcflags -asmflags -mod -modfile -p -C -exec -overlay");
    if (arguments.take({"env"})) {
        if (arguments.option({"-w"}) == nullptr) return;
        for (const Word& word : arguments.operands) {
            const std::size_t equals = word.text.find('=');
            if (equals != std::string::npos) here.setting(word.text.substr(0, equals), {word.text.substr(equals + 1), word.computed, {}, {}, {}});
        }
        return;
    }
    const bool gets = arguments.take({"get"});
    const bool modules = !gets && arguments.take({"mod"});
    if (!gets && !arguments.take(modules ? std::initializer_list<std::string_view>{"download"} : std::initializer_list<std::string_view>{"install", "run"})) return;
    for (const Word& word : arguments.operands) {
        const std::size_t at = word.text.find('@');
        const std::size_t slash = word.text.find('/');
        const bool newest = gets && at == std::string::npos && slash != std::string::npos && word.text.find('.') < slash;   // "go get HOST/PATH"
        if (word.computed && !is_local(word.text) && arguments.operands.size() == 1) {
            here.computed("golang", word);
            continue;
        }
        if (is_local(word.text) || (!newest && (at == std::string::npos || slash > at))) continue;   // of the module at hand
        if (word.computed) {
            here.computed("golang", word);
            continue;
        }
        Entry entry{"golang", word.text.substr(0, at)};
        if (!newest && word.text.size() > at + 2 && word.text[at + 1] == 'v' && npm::is_version(std::string_view(word.text).substr(at + 2))) entry.version = word.text.substr(at + 1);
        here.add(std::move(entry));
    }
}

void gem(const Words& words, std::size_t first, Installing& here) {
    Arguments arguments = read_arguments(words, first, "-v --version --source -s -i --install-dir -n --bindir -P --trust-policy --platform -g --file --user -a --add");
    if (arguments.take({"sources", "source"})) {
        if (const Word* added = arguments.option({"-a", "--add"})) added->computed ? here.unknown("--add") : here.option(Role::extra, "gem", added->text, "--add");
        return;
    }
    if (!arguments.take({"install", "i", "in", "ins", "inst", "insta", "instal", "update"})) return;
    const Word* version = arguments.option({"-v", "--version"});
    const Word* source = arguments.option({"--source", "-s"});
    if (source != nullptr && !source->computed) here.option(Role::scoped, "gem", source->text, "--source");
    for (const Word& word : arguments.operands) {
        if (word.computed || (source != nullptr && source->computed)) {
            here.computed("gem", word);
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

void bundle(const Words& words, std::size_t first, Installing& here) {
    Arguments arguments = read_arguments(words, first, "-v --version -s --source -g --group --git --github --branch --ref --glob --require --path --gemfile");
    if (!arguments.take({"add"})) return;
    const Word* version = arguments.option({"-v", "--version"});
    const Word* source = arguments.option({"-s", "--source"});
    const bool elsewhere = arguments.option({"--git", "--github"}) != nullptr;
    if (source != nullptr && !source->computed) here.option(Role::scoped, "gem", source->text, "--source");
    for (const Word& word : arguments.operands) {
        if (word.computed || elsewhere || (source != nullptr && source->computed)) {
            here.computed("gem", word);
            continue;
        }
        Entry entry{"gem", word.text};
        if (version != nullptr && !version->computed && is_exact(version->text)) entry.version = version->text;
        if (source != nullptr) entry.url = without_login(source->text);
        here.add(std::move(entry));
    }
}

/// "vendor/name", "vendor/name:1.0", "vendor/name=1.0"
void composer(const Words& words, std::size_t first, Installing& here) {
    Arguments arguments = read_arguments(words, first, "-d --working-dir --repository --repository-url --stability -s --ignore-platform-req");
    arguments.take({"global"});
    const bool project = arguments.take({"create-project"});
    if (!project && !arguments.take({"require", "req", "r", "update", "u", "upgrade"})) return;
    if (const Word* repository = arguments.option({"--repository", "--repository-url"})) {
        repository->computed ? here.unknown("--repository") : here.option(Role::extra, "composer", repository->text, "--repository");
    }
    if (project) arguments.operands.resize(std::min<std::size_t>(arguments.operands.size(), 1));
    for (const Word& word : arguments.operands) {
        if (word.computed) {
            here.computed("composer", word);
            continue;
        }
        const std::size_t mark = word.text.find_first_of(":=");
        if (word.text.find('/') == std::string::npos) continue;   // a version, or what PHP itself has
        Entry entry{"composer", word.text.substr(0, mark)};
        if (mark != std::string::npos && is_exact(std::string_view(word.text).substr(mark + 1))) entry.version = word.text.substr(mark + 1);
        here.add(std::move(entry));
    }
}

/// dotnet tool install NAME, dotnet add [PROJECT] package NAME
void dotnet(const Words& words, std::size_t first, Installing& here) {
    Arguments arguments = read_arguments(words, first, "-v --version --add-source --source -s --tool-path --configfile --framework -f --verbosity --package-directory -a --arch");
    auto& operands = arguments.operands;
    if (arguments.take({"tool", "new"})) {
        if (!arguments.take({"install", "update", "execute", "exec"})) return;
    } else if (arguments.take({"add", "package"})) {
        const auto package = std::find_if(operands.begin(), operands.end(), [](const Word& word) { return word.text == "package" || word.text == "add"; });
        if (package == operands.end()) return;
        operands.erase(operands.begin(), package + 1);
    } else {
        return;
    }
    operands.resize(std::min<std::size_t>(operands.size(), 1));
    const Word* source = arguments.option({"--add-source", "--source", "-s"});
    const Word* version = arguments.option({"--version", "-v"});
    if (source != nullptr) source->computed ? here.unknown("--source") : here.option(Role::extra, "nuget", source->text, "--source");
    for (const Word& word : operands) {
        if (word.computed) {
            here.computed("nuget", word);
            continue;
        }
        const std::size_t at = word.text.find_first_of("@:");
        Entry entry{"nuget", word.text.substr(0, at)};
        const std::string exact = at != std::string::npos ? word.text.substr(at + 1) : version != nullptr && !version->computed ? version->text : std::string();
        if (is_exact(exact)) entry.version = exact;
        here.add(std::move(entry));
    }
}

}  // namespace headgate::intake::shell
