// checkers.cpp: `headgate checkers [NAME]`, made from the checkers' own tables.
#include "checkers/all.hpp"

#include <cstdio>

#include "base/text.hpp"
#include "cli/describe.hpp"
#include "cli/parse.hpp"

namespace headgate::cli {

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
        const std::string text = describe(*checker);
        std::fwrite(text.data(), 1, text.size(), stdout);
        return kAllow;
    }
    std::vector<std::string_view> names;
    for (const Checker& checker : checkers::all()) names.push_back(checker.id);
    const auto near = nearest(name, names);
    return fail({ErrorCode::usage, "no checker \"" + name + "\"" +
                                       (near ? ", did you mean \"" + std::string(*near) + "\"?" : "")});
}

}  // namespace headgate::cli
