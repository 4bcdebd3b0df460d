// init_policy.cpp: the policy that `headgate init` writes. What is in force is the baseline; all else is offered in comments,
// each of which loads once its '#' are removed (tests/e2e/init tries them).
#include "cli/init.hpp"
#include "policy/yaml_text.hpp"

namespace headgate::cli {
namespace {

std::string head(const FolderContents& contents, const std::string& file) {
    return "# What may enter this folder. Made by `headgate init`; it is yours to edit.\n"
           "#\n"
           "# Found here: " + contents.sentence() + ".\n"
           "#\n"
           "#   headgate check --policy " + file + " .      judge the folder\n"
           "#   headgate policy show " + file + "           every rule that holds, and the line it comes from\n"
           "#   headgate policy lint " + file + "           mistakes, and what deserves a second thought\n"
           "#   headgate explain model.safe-format             what a rule asks, and why\n"
           "#   headgate waiver generate --help                exceptions for what is here already, each with an end\n"
           "headgate: 1\n"
           "policy: " + policy::quoted("local/" + contents.name) + "\n"
           "\n"
           "# Every rule of this pack holds (others: builtin:strict and more, see `headgate policy show --help`). What stands below\n"
           "# can only make it stricter; `overrides` loosen, each with a reason, an owner and an end.\n"
           "extends:\n"
           "  - builtin:baseline\n";
}

std::string names_block(const FolderContents& contents) {
    if (contents.names.empty() && contents.hub_organisations.empty()) return {};
    std::string text =
        "\n# Names that a public registry must never serve in place of yours (dependency confusion). This folder names itself so;\n"
        "# keep what is internal, put your own index or registry there, and remove the '#'.\n"
        "# names:\n#   internal:\n";
    std::vector<std::string> scopes;
    std::vector<std::string> npm;
    std::vector<std::string> pypi;
    std::string from;
    for (const OwnName& own : contents.names) {
        (own.ecosystem == "pypi" ? pypi : own.name.starts_with('@') ? scopes : npm).push_back(own.name);
        from += (from.empty() ? "" : ", ") + own.from;
    }
    if (!scopes.empty() || !npm.empty()) {
        text += "#     npm: { ";
        if (!scopes.empty()) text += "scopes: " + policy::listed(scopes) + ", ";
        if (!npm.empty()) text += "packages: " + policy::listed(npm) + ", ";
        text += "registry: \"https://npm.example\" }\n";
    }
    if (!pypi.empty()) text += "#     pypi: { packages: " + policy::listed(pypi) + ", index: \"https://pypi.example/simple\" }\n";
    if (!contents.hub_organisations.empty()) text += "#     hf: { organizations: " + policy::listed(contents.hub_organisations) + " }\n";
    return text;
}

std::string trust_block(const FolderContents& contents) {
    if (contents.models + contents.model_files + contents.datasets == 0) return {};
    return "\n# Whose signatures count (OpenSSF Model Signing, DSSE). The rule model.signed below needs it.\n"
           "# trust:\n"
           "#   keys:\n"
           "#     release: { public-key: keys/release.pub }\n";
}

std::string rules_block(const FolderContents& contents) {
    std::string rules;
    if (contents.models + contents.model_files > 0) {
        rules += "#   - { id: model.card, mode: enforce }          # a model without a card is refused, not only noted\n"
                 "#   - id: model.signed\n"
                 "#     for: [model]\n"
                 "#     check: signature\n"
                 "#     with: { any-of: [release] }\n"
                 "#     why: Our models leave the training pipeline signed.\n";
    }
    if (contents.datasets > 0) rules += "#   - { id: dataset.card, mode: enforce }        # data without a card is refused\n";
    if (contents.has_packages) rules += "#   - { id: package.pinned, mode: enforce }      # every package by exact version and hash\n";
    if (contents.has_containers) rules += "#   - { id: container.digest, mode: enforce }    # every image by digest, none by tag\n";
    if (rules.empty()) return {};
    return "\n# What the baseline only notes, refused; and what it does not ask.\n# rules:\n" + rules;
}

}  // namespace

std::string policy_text(const FolderContents& contents, const std::string& file_name) {
    return head(contents, file_name) + names_block(contents) + trust_block(contents) + rules_block(contents) +
           "\n# Judged first, beats every rule.\n"
           "# blocked:\n"
           "#   - { reference: \"hf:evilcorp/**\", why: known impersonator }\n";
}

}  // namespace headgate::cli
