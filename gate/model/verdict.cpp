#include "model/verdict.hpp"

#include <array>

namespace headgate {
namespace {

constexpr std::array<std::string_view, 3> kDecisions = {"deny", "error", "allow"};
constexpr std::array<std::string_view, 4> kLevels = {"none", "names", "restricted", "admit"};
constexpr std::array<std::string_view, 8> kResults = {"error",   "fail",     "warn",           "waived",
                                                      "skipped", "upcoming", "not-applicable", "pass"};

}  // namespace

std::string_view to_string(Decision decision) { return kDecisions[static_cast<std::size_t>(decision)]; }
std::string_view to_string(Level level) { return kLevels[static_cast<std::size_t>(level)]; }
std::string_view to_string(RuleResult result) { return kResults[static_cast<std::size_t>(result)]; }

int Report::exit_code() const {
    bool error = !errors.empty();
    for (const SubjectVerdict& subject : subjects) {
        if (subject.decision == Decision::deny) return 1;
        if (subject.decision == Decision::error) error = true;
    }
    if (error) return 2;
    return subjects.empty() || empty_arguments > 0 ? 3 : 0;
}

}  // namespace headgate
