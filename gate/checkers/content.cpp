#include "checkers/content.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "model/layers.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 2> kKinds = {Kind::package, Kind::container};
constexpr std::string_view kPrefix = "content.";
constexpr std::uint32_t kMostOfOne = 100;        // findings of one id that are listed

constexpr std::string_view kWhyImport = "Importing a module runs what stands outside its functions, in every program that uses the package.";
constexpr std::string_view kWhyInstall = "Installing a package runs it, on the machine of whoever installs it, before anybody has used it.";
constexpr std::string_view kWhyStart = "It runs whenever the interpreter starts, in every program, whether that uses the package or not.";
constexpr std::string_view kWhyHidden = "What a reviewer does not see is there so that it is not seen.";
constexpr std::string_view kFixReview = "Do not install it before somebody has read this file; take a release that is known to be good.";
constexpr std::string_view kFixDecoded = "Do not install it. If it is yours, ship the code as source.";

struct Row {
    std::string_view id;
    Severity severity;
    std::string_view what;       // behind the name of the file
    std::string_view why;
    std::string_view fix;
};

// What honest packages do too is low; what they do when they build or fetch a part of theirs, medium; what nobody does who has nothing
// to hide, high.
constexpr auto kRows = std::to_array<Row>({
    {"content.network-at-import", Severity::low, "uses the network when it is imported", kWhyImport, "Look at what it fetches, or have it do so when it is called."},
    {"content.process-at-import", Severity::low, "starts a program when it is imported", kWhyImport, "Look at what it starts, or have it do so when it is called."},
    {"content.fetches-and-runs-at-import", Severity::high, "fetches something and runs it when it is imported", kWhyImport, kFixReview},
    {"content.decoded-command-at-import", Severity::high, "starts a program by an encoded text when it is imported", kWhyImport, kFixDecoded},
    {"content.decoded-code-at-import", Severity::high, "runs encoded text as code when it is imported", kWhyImport, kFixDecoded},
    {"content.decoded-objects-at-import", Severity::medium, "makes objects of encoded bytes when it is imported", "Such bytes name what they call.", kFixDecoded},
    {"content.downloaded-code-at-import", Severity::critical, "runs what it fetches as code when it is imported", kWhyImport, kFixReview},
    {"content.environment-sent-at-import", Severity::high, "sends the environment, or whose machine this is, when it is imported", kWhyImport, kFixReview},
    {"content.remote-shell-at-import", Severity::critical, "ties a shell to a connection when it is imported", kWhyImport, kFixReview},

    {"content.network-at-install", Severity::medium, "uses the network when it is installed or built", kWhyInstall, "Look at what it fetches and how that is checked; install a release that brings it."},
    {"content.fetches-and-runs-at-install", Severity::high, "fetches something and runs it when it is installed or built", kWhyInstall, kFixReview},
    {"content.decoded-command-at-install", Severity::high, "starts a program by an encoded text when it is installed or built", kWhyInstall, kFixDecoded},
    {"content.decoded-code-at-install", Severity::high, "runs encoded text as code when it is installed or built", kWhyInstall, kFixDecoded},
    {"content.decoded-objects-at-install", Severity::medium, "makes objects of encoded bytes when it is installed or built", "Such bytes name what they call.", kFixDecoded},
    {"content.downloaded-code-at-install", Severity::critical, "runs what it fetches as code when it is installed or built", kWhyInstall, kFixReview},
    {"content.environment-sent-at-install", Severity::high, "sends the environment, or whose machine this is, when it is installed or built", kWhyInstall, kFixReview},
    {"content.remote-shell-at-install", Severity::critical, "ties a shell to a connection when it is installed or built", kWhyInstall, kFixReview},
    {"content.unknown-install-command", Severity::low, "runs a command when it is installed that is no usual step", kWhyInstall, "Look at the command, or install without scripts."},

    {"content.runs-at-start", Severity::low, "runs when the interpreter starts", kWhyStart, "Look at the line; editable installs and coverage tools have one, libraries need none."},
    {"content.customizes-interpreter", Severity::medium, "brings a module that the interpreter imports when it starts", kWhyStart, kFixReview},
    {"content.network-at-start", Severity::high, "uses the network when the interpreter starts", kWhyStart, kFixReview},
    {"content.process-at-start", Severity::medium, "starts a program when the interpreter starts", kWhyStart, kFixReview},
    {"content.fetches-and-runs-at-start", Severity::critical, "fetches something and runs it when the interpreter starts", kWhyStart, kFixReview},
    {"content.decoded-command-at-start", Severity::critical, "starts a program by an encoded text when the interpreter starts", kWhyStart, kFixDecoded},
    {"content.decoded-code-at-start", Severity::critical, "runs encoded text as code when the interpreter starts", kWhyStart, kFixDecoded},
    {"content.decoded-objects-at-start", Severity::high, "makes objects of encoded bytes when the interpreter starts", kWhyStart, kFixDecoded},
    {"content.downloaded-code-at-start", Severity::critical, "runs what it fetches as code when the interpreter starts", kWhyStart, kFixReview},
    {"content.environment-sent-at-start", Severity::critical, "sends the environment, or whose machine this is, when the interpreter starts", kWhyStart, kFixReview},
    {"content.remote-shell-at-start", Severity::critical, "ties a shell to a connection when the interpreter starts", kWhyStart, kFixReview},

    {"content.decoded-code", Severity::medium, "runs encoded text as code", kWhyHidden, kFixDecoded},
    {"content.obfuscated-source", Severity::high, "is obfuscated", kWhyHidden, "Take a release whose source can be read."},
    {"content.far-right", Severity::high, "has code far to the right of other code, out of sight", kWhyHidden, kFixReview},
    {"content.invisible-text", Severity::high, "holds a run of characters that nobody sees", kWhyHidden, kFixReview},
    {"content.reordered-text", Severity::low, "holds characters that make text read in another order than it runs", kWhyHidden, "Look at the line with an editor that shows them."},
    {"content.unusual-encoding", Severity::high, "declares an encoding under which it is other code than it looks", kWhyHidden, kFixReview},
    {"content.oversized-source", Severity::high, "is source code of a length that nobody writes, and was not read", "What is not read cannot be vouched for.", kFixReview},
    {"content.unreadable-source", Severity::info, "cannot be followed to its end as source code", "Python and cargo cannot read it either, so that it hardly runs.", "Nothing, if it is a template or of another version of the language."},
    {"content.native-binary-in-pure-wheel", Severity::low, "is machine code in a wheel that says it has none", "Its source is not what was built from the rest of the package.", "Look at where it comes from."},
    {"content.compiled-code", Severity::low, "is byte code", "It may run in the place of the source beside it, or without any.", "Install from a wheel without byte code."},
    {"content.shadows-command", Severity::medium, "installs a program under the name of one of the system's", "Whoever calls the command by its name may start this one.", "Look at the program, and at what stands first on the PATH."},
    {"content.duplicate-key", Severity::low, "says something twice", "Readers differ on which of the two counts; npm takes the last.", "Have it published again with each key once."},
    {"content.duplicate-hook", Severity::medium, "says twice what runs or what it is", "Readers differ on which of the two counts; npm takes the last.", kFixReview},
    {"content.bundled-dependencies", Severity::low, "brings other packages within it", "No lockfile lists them, so that no advisory finds them.", "Look at what is bundled, or take a release without."},
    {"content.direct-url-dependency", Severity::medium, "asks for a package at a URL", "What lies there can change, and no registry's rules hold for it.", "Take a release that asks for published versions."},
    {"content.name-mismatch", Severity::high, "does not say of itself what it is called", "One package under the name of another is installed as what it is not.", "Fetch it again from its registry."},
    {"content.fetches-then-starts-at-import", Severity::high, "uses the network and starts a program when it is imported", kWhyImport, kFixReview},
});

/// Traits that say nothing against a package by themselves: what is normal, what other checkers ask about, what only counts with others.
constexpr auto kSilent = std::to_array<std::string_view>(
    {"runs-at-install", "runs-at-prepare", "process-at-install", "environment-at-install", "identity-at-install", "install-command", "encoded-literal", "native-binary"});

constexpr std::array<std::string_view, kRows.size()> names_of_rows() {
    std::array<std::string_view, kRows.size()> names;
    for (std::size_t at = 0; at < kRows.size(); ++at) names[at] = kRows[at].id.substr(kPrefix.size());
    return names;
}
constexpr auto kNames = names_of_rows();

constexpr std::array<SettingSpec, 1> kSettings = {{
    {"accept", SettingType::text_list, Stricter::fewer, false, "", "what is not reported: names of findings without 'content.'", kNames},
}};

class Judge {
  public:
    explicit Judge(const CheckInput& input) : input_(input) {}

    Result<std::vector<Finding>> run() {
        std::map<std::pair<std::string, std::string>, std::set<std::string_view>> together;      // by path and member
        for (const Trait& trait : input_.evidence.traits) {
            together[{trait.where.path, trait.where.member}].insert(trait.trait);
            const bool silent = std::find(kSilent.begin(), kSilent.end(), trait.trait) != kSilent.end();
            if (silent) continue;
            // Of a package.json: what is installed, and what runs.
            const std::string_view name = trait.trait == "duplicate-key" && decides(trait.detail) ? std::string_view("duplicate-hook") : std::string_view(trait.trait);
            if (!add(name, trait.detail, trait.where)) return Error{ErrorCode::internal, "no rule for the trait '" + trait.trait + "'"};
        }
        for (const auto& [place, traits] : together) {
            const Location where{place.first, place.second, {}, {}};
            if (traits.contains("network-at-import") && traits.contains("process-at-import")) add("fetches-then-starts-at-import", "", where);
            // A build script that reads every variable and uses the network.
            const bool reads = traits.contains("environment-at-install") || traits.contains("identity-at-install");
            if (reads && traits.contains("network-at-install")) add("environment-sent-at-install", "reads it and uses the network", where);
        }
        for (const auto& [row, count] : counts_) {
            if (count <= kMostOfOne) continue;
            findings_.push_back({std::string(row->id), row->severity, "and " + std::to_string(count - kMostOfOne) + " more like these, which are not listed", {},
                                 std::string(row->why), std::string(row->fix)});
        }
        return std::move(findings_);
    }

  private:
    static bool decides(std::string_view key) {
        return key == "name" || key == "version" || key == "main" || key == "bin" || key == "scripts" || key == "gypfile" || key == "scripts.preinstall" ||
               key == "scripts.install" || key == "scripts.postinstall";
    }

    bool add(std::string_view name, const std::string& detail, const Location& where) {
        const auto* const row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& one) { return one.id.substr(kPrefix.size()) == name; });
        if (row == kRows.end()) return false;
        const auto* const accepted = input_.settings.find<std::vector<std::string>>("accept");
        if (accepted != nullptr && std::find(accepted->begin(), accepted->end(), name) != accepted->end()) return true;
        if (++counts_[row] > kMostOfOne) return true;
        std::string message = name_of(where) + " " + std::string(row->what);
        if (!detail.empty()) message += ": " + detail;
        findings_.push_back({std::string(row->id), severity_of(*row, where), std::move(message), where, std::string(row->why), std::string(row->fix)});
        return true;
    }
    /// PyPI refuses packages that ask for others at a URL, npm does not: where pip meets one, somebody went round the index.
    static Severity severity_of(const Row& row, const Location& where) {
        const bool npm = where.member.ends_with("package.json") || where.path.ends_with("package.json");
        return row.id == "content.direct-url-dependency" && !npm ? Severity::high : row.severity;
    }

    std::string name_of(const Location& where) const {
        if (!where.member.empty()) return where.member;
        return where.path.empty() ? input_.subject.ref : where.path;
    }

    const CheckInput& input_;
    std::map<const Row*, std::uint64_t> counts_;
    std::vector<Finding> findings_;
};

CheckRun run(const CheckInput& input) {
    if (!input.subject.has_bytes) return CheckRun::skipped("needs the files of the package");
    // Of a container, packages in its layers; that none were looked for is not that there are none. A manifest has none.
    const bool unread = input.subject.kind == Kind::container && !input.subject.is_manifest && !layers_are_read(input.evidence, false);
    if (unread) return CheckRun::skipped("the packages of an image lie in its layers, which this rule is not given (layers: true)");
    auto findings = Judge(input).run();
    if (!findings.ok()) return CheckRun::error(findings.error().message);
    return CheckRun::complete(std::move(findings).value());
}

}  // namespace

Checker content_checker() {
    Checker checker;
    checker.id = "content";
    checker.question = "What does it do by itself when it is installed, imported or when the interpreter starts, and what does it hide?";
    checker.why = "A package is code that runs before anybody has called it.";
    checker.fix = kFixReview;
    checker.kinds = kKinds;
    checker.needs_bytes = true;
    checker.settings = kSettings;
    checker.run = run;
    checker.reads_layers = true;
    return checker;
}

}  // namespace headgate::checkers
