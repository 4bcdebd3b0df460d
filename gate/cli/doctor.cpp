// doctor.cpp: `headgate doctor`: what is wrong here, before it is wrong in a pipeline.
#include "cli/doctor.hpp"

#include <unistd.h>

#include <cstdio>

#include "base/text.hpp"
#include "cli/policy_options.hpp"
#include "io/clock.hpp"

namespace headgate::cli {
namespace {

void print(const Probe& probe, bool color) {
    static constexpr const char* kWords[] = {"ok  ", "warn", "bad "};
    static constexpr const char* kColors[] = {"\033[32m", "\033[33m", "\033[31m"};
    const auto state = static_cast<std::size_t>(probe.state);
    std::printf("%s%s%s  %-12s %s\n", color ? kColors[state] : "", kWords[state], color ? "\033[0m" : "",
                escape_terminal(probe.name).c_str(), escape_terminal(probe.what).c_str());
    if (!probe.fix.empty()) std::printf("      %-12s fix: %s\n", "", escape_terminal(probe.fix).c_str());
}

int doctor(const DoctorOptions& options) {
    const Instant now = io::now();
    std::vector<Probe> probes;
    probe_program(now, probes);
    probe_policy(options, now, probes);
    probe_private_key(options, probes);
    probe_machine(options, probes);
    std::size_t warnings = 0;
    std::size_t bad = 0;
    const bool color = wants_color(STDOUT_FILENO);
    for (const Probe& probe : probes) {
        print(probe, color);
        if (probe.state == Probe::State::warn) ++warnings;
        if (probe.state == Probe::State::bad) ++bad;
    }
    std::printf("\n%zu probes, %zu bad, %zu warnings\n", probes.size(), bad, warnings);
    return bad == 0 ? kAllow : kDeny;
}

}  // namespace

std::string days_between(Instant a, Instant b) {
    const std::int64_t days = (a < b ? b.seconds - a.seconds : a.seconds - b.seconds) / 86'400;
    return std::to_string(days) + (days == 1 ? " day" : " days");
}

std::string date_of(Instant instant) { return format_instant(instant).substr(0, 10); }

int run_doctor(const Arguments& arguments) {
    CLI::App app("Look for what would go wrong: data, policy, keys, clock, folders. Exit 0 when nothing is bad, else 1.",
                 "headgate doctor");
    app.footer(
        "Examples:\n"
        "  headgate doctor\n"
        "  headgate doctor --policy policy.yaml --key gate.key --output-dir reports");
    DoctorOptions options;
    add_policy_options(app, options.policy, options.policy_sha256, options.policy_signed_by);
    app.add_option("--key", options.key, "private key (PEM, or pkcs11: URI) that verdicts will be signed with")->type_name("FILE");
    app.add_option("--output-dir", options.output_dir, "folder that reports and verdicts will be written to")->type_name("DIR");
    if (const auto code = parse_arguments(app, arguments)) return *code;
    const auto pin = make_pin(options.policy_sha256, options.policy_signed_by);
    return pin.ok() ? doctor(options) : fail(pin.error());
}

}  // namespace headgate::cli
