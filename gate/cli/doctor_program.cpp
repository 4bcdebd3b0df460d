// doctor_program.cpp: probes of what was built: the program, its rule data, the clock against both, the environment.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.hpp"
#include "cli/doctor.hpp"
#include "io/directory.hpp"
#include "pipeline/rule_files.hpp"

namespace headgate::cli {
namespace {

using State = Probe::State;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kOldData = 365 * kDay;

struct Variable {
    std::string_view name;
    bool secret = false;
};
constexpr std::array kVariables = {Variable{"HEADGATE_KEY_PASSPHRASE", true}, Variable{"HEADGATE_KEY_PIN", true}, Variable{"HEADGATE_RULES"}};

Instant build_date() { return parse_instant(HEADGATE_BUILD_DATE).value_or(Instant{}); }

// Data that says when it was taken: the newest and the oldest of it.
struct Ages {
    const pipeline::RuleFile* newest = nullptr;
    const pipeline::RuleFile* oldest = nullptr;
};

Ages ages_of(const std::vector<pipeline::RuleFile>& files) {
    Ages ages;
    for (const pipeline::RuleFile& file : files) {
        if (!file.as_of) continue;
        if (ages.newest == nullptr || *ages.newest->as_of < *file.as_of) ages.newest = &file;
        if (ages.oldest == nullptr || *file.as_of < *ages.oldest->as_of) ages.oldest = &file;
    }
    return ages;
}

void probe_rule_data(const std::vector<pipeline::RuleFile>& files, std::vector<Probe>& probes) {
    bool whole = true;
    for (const pipeline::RuleFile& file : files) {
        if (file.problem.empty()) continue;
        whole = false;
        probes.push_back({State::bad, "rule data", "rules/" + file.path + ": " + file.problem,
                          file.overridden ? "correct the file in the folder of HEADGATE_RULES, or unset the variable"
                                          : "install the program again"});
    }
    if (whole) probes.push_back({State::ok, "rule data", std::to_string(files.size()) + " files are readable", ""});
}

void probe_age(const Ages& ages, Instant now, std::vector<Probe>& probes) {
    if (ages.oldest == nullptr) return;
    const Instant as_of = *ages.oldest->as_of;
    const bool popular = ages.oldest->path.starts_with("names/");
    const std::string what = std::string(popular ? "popular" : "malicious") + " names (rules/" + ages.oldest->path + ") are of " + date_of(as_of);
    if (now.seconds - as_of.seconds <= kOldData) {
        probes.push_back({State::ok, "data age", what, ""});
        return;
    }
    probes.push_back({State::warn, "data age", what + ", " + days_between(now, as_of) + " ago",
                      "take a newer version, or newer lists by HEADGATE_RULES: names that became popular or malicious since are not known"});
}

void probe_clock(const Ages& ages, Instant now, std::vector<Probe>& probes) {
    const std::string time = "it is " + format_instant(now);
    const std::string fix = "set the clock (NTP): signatures and waivers are judged by it";
    if (now.seconds < build_date().seconds - kDay) {
        probes.push_back({State::bad, "clock", time + ", before this program was built (" + date_of(build_date()) + ")", fix});
    } else if (ages.newest != nullptr && now < *ages.newest->as_of) {
        probes.push_back({State::bad, "clock", time + ", before rules/" + ages.newest->path + " was taken (" +
                                                   date_of(*ages.newest->as_of) + ")", fix});
    } else {
        probes.push_back({State::ok, "clock", time, ""});
    }
}

void probe_rules_folder(std::string_view folder, const std::vector<pipeline::RuleFile>& files, std::vector<Probe>& probes) {
    const auto overridden = std::count_if(files.begin(), files.end(), [](const pipeline::RuleFile& file) { return file.overridden; });
    const std::string what = "HEADGATE_RULES=" + std::string(folder);
    const auto type = io::path_type(std::string(folder));
    if (!type.ok() || *type != io::Entry::Type::folder) {
        probes.push_back({State::bad, "environment", what + ": no folder is there, so the data of the build is used",
                          "correct the path, or unset the variable"});
    } else if (overridden == 0) {
        probes.push_back({State::bad, "environment", what + ": it holds no file of the rule data, so nothing of it is used",
                          "name the folder that holds names/, globals/ or the packs, or unset the variable"});
    } else {
        probes.push_back({State::warn, "environment", what + ": " + std::to_string(overridden) + " files of the rule data come from there",
                          "unset it to judge by the data of the build"});
    }
}

void probe_environment(const std::vector<pipeline::RuleFile>& files, std::vector<Probe>& probes) {
    bool any = false;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::string_view name = text.substr(0, text.find('='));
        if (!name.starts_with("HEADGATE_")) continue;
        const std::string_view value = text.substr(std::min(name.size() + 1, text.size()));
        any = true;
        const auto known = std::find_if(kVariables.begin(), kVariables.end(), [&](const Variable& one) { return one.name == name; });
        if (known == kVariables.end()) {
            std::vector<std::string_view> names;
            names.reserve(kVariables.size());
            for (const Variable& one : kVariables) names.push_back(one.name);
            const auto near = nearest(name, names);
            probes.push_back({State::warn, "environment", std::string(name) + " is set, and nothing in this version reads it",
                              near ? "did you mean " + std::string(*near) + "?" : "use the option of the command, or unset it"});
        } else if (known->name == "HEADGATE_RULES" && !value.empty()) {
            probe_rules_folder(value, files, probes);
        } else {
            probes.push_back({State::ok, "environment", std::string(name) + " is set" + (known->secret ? " (not shown)" : " to nothing"), ""});
        }
    }
    if (!any) probes.push_back({State::ok, "environment", "no HEADGATE_ variable is set", ""});
}

}  // namespace

void probe_program(Instant now, std::vector<Probe>& probes) {
    probes.push_back({State::ok, "program", std::string("headgate ") + HEADGATE_VERSION + ", " + HEADGATE_BUILD_TYPE + " build of " +
                                                date_of(build_date()) + ", compiler " + __VERSION__, ""});
    const std::vector<pipeline::RuleFile> files = pipeline::rule_files();
    const Ages ages = ages_of(files);
    probe_rule_data(files, probes);
    probe_age(ages, now, probes);
    probe_clock(ages, now, probes);
    probe_environment(files, probes);
}

}  // namespace headgate::cli
