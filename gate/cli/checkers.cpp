// checkers.cpp: `headgate checkers [NAME]`, made from the checkers' own tables.
#include "checkers/all.hpp"

#include <array>
#include <cstdio>

#include "base/text.hpp"
#include "cli/parse.hpp"
#include "formats/all.hpp"
#include "pipeline/rule_files.hpp"

namespace headgate::cli {
namespace {

std::string_view type_name(SettingType type) {
    static constexpr std::array<std::string_view, 9> kNames = {
        "true|false", "text", "list of text", "number", "duration", "severity", "list of patterns", "signers", "conditions"};
    return kNames[static_cast<std::size_t>(type)];
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_one(const Checker& checker) {
    print(std::string(checker.id) + ": " + std::string(checker.question) + "\n\nWhy:  " + std::string(checker.why) +
          "\nFix:  " + std::string(checker.fix) + "\nFor: ");
    for (const Kind kind : checker.kinds) print(" " + std::string(to_string(kind)));
    print(checker.needs_bytes ? "  (needs bytes)\n" : "\n");
    if (!checker.settings.empty()) print("\nSettings (`with:`):\n");
    for (const SettingSpec& setting : checker.settings) {
        print("  " + std::string(setting.key) + " (" + std::string(type_name(setting.type)) +
              (setting.required ? ", required" : "") + ")");
        if (!setting.fallback.empty()) print(", default " + std::string(setting.fallback));
        print("\n      " + std::string(setting.help) + "\n");
        for (std::size_t i = 0; i < setting.choices.size(); ++i) {
            print((i == 0 ? "      one of: " : ", ") + std::string(setting.choices[i]));
        }
        if (!setting.choices.empty()) print("\n");
    }
    if (checker.id != "serialization") return;
    print("\nFormats that this build reads:\n ");
    for (const formats::Format& format : formats::all_formats()) print(" " + std::string(format.name));
    print("\nProfiles of globals (rules/globals/):\n ");
    for (const std::string& profile : pipeline::profiles()) print(" " + profile);
    print("\n");
}

}  // namespace

int run_checkers(const Arguments& arguments) {
    CLI::App app("List the checkers, or one with its settings.", "headgate checkers");
    std::string name;
    app.add_option("CHECKER", name, "checker to describe")->type_name("");
    if (const auto code = parse_arguments(app, arguments)) return *code;
    if (name.empty()) {
        for (const Checker& checker : checkers::all()) {
            std::printf("%-14s %s\n", std::string(checker.id).c_str(), std::string(checker.question).c_str());
        }
        return kAllow;
    }
    if (const Checker* checker = checkers::find(name)) {
        print_one(*checker);
        return kAllow;
    }
    std::vector<std::string_view> names;
    for (const Checker& checker : checkers::all()) names.push_back(checker.id);
    const auto near = nearest(name, names);
    return fail({ErrorCode::usage, "no checker \"" + name + "\"" +
                                       (near ? ", did you mean \"" + std::string(*near) + "\"?" : "")});
}

}  // namespace headgate::cli
