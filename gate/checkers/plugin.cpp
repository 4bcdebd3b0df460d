#include "checkers/plugin.hpp"

#include <array>

namespace headgate::checkers {
namespace {

constexpr std::array kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::array<std::string_view, 2> kNotApplicable = {"skipped", "pass"};
constexpr std::array<std::string_view, 2> kPartial = {"error", "pass"};

constexpr std::array<SettingSpec, 4> kSettings = {{
    {"plugin", SettingType::plugin, Stricter::fixed, true, "", "which one of the section `plugins` is asked", {}},
    {"settings", SettingType::document, Stricter::fixed, false, "", "what it is told; its own schema says what may stand here", {}},
    {"not-applicable", SettingType::text, Stricter::earlier, false, "skipped",
     "what it comes to when the plugin says that it has nothing to say about such a subject", kNotApplicable},
    {"partial", SettingType::text, Stricter::earlier, false, "error",
     "what it comes to when the plugin says that it could not look at everything, and found nothing in the rest", kPartial},
}};

// A checker is pure, and a plugin is not: whoever has the files asks it before the rules are judged (pipeline/plugins.hpp).
// This is what remains where nobody had them, as in recorded evidence: never a pass.
CheckRun run(const CheckInput&) { return CheckRun::error("a plugin reads the files of the subject, and there are none here (recorded evidence)"); }

}  // namespace

Checker plugin_checker() {
    Checker checker;
    checker.id = "plugin";
    checker.question = "What does an external checker find?";
    checker.why = "Teams know of dangers, duties and habits that no general checker knows of.";
    checker.fix = "Do what the plugin says beside its finding; its own page says what it looks for.";
    checker.kinds = kKinds;
    checker.needs_bytes = true;
    checker.settings = kSettings;
    checker.run = run;
    return checker;
}

}  // namespace headgate::checkers
