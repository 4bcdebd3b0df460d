// doctor.hpp: the probes of `headgate doctor`. Each looks at one thing and says ok, warn or bad, with what to do.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"

namespace headgate::cli {

struct Probe {
    enum class State { ok, warn, bad };
    State state = State::bad;
    std::string name;            // "policy", "key acme-release"
    std::string what;            // what was seen, and where
    std::string fix;             // what to do; "" when ok
};

struct DoctorOptions {
    std::string policy = "builtin:baseline";
    std::string policy_sha256;
    std::string policy_signed_by;
    std::string key;             // private key file, "" without
    std::string output_dir;      // where reports will be written, "" not said
};

/// The program, its rule data and their age, the clock against both, HEADGATE_* variables.
void probe_program(Instant now, std::vector<Probe>& probes);
/// The policy, the files that it names, keys, certificates, waivers and overrides of it.
void probe_policy(const DoctorOptions& options, Instant now, std::vector<Probe>& probes);
/// The private key of --key.
void probe_private_key(const DoctorOptions& options, std::vector<Probe>& probes);
/// Folders to write to, limits of the process, headgate-serve.
void probe_machine(const DoctorOptions& options, std::vector<Probe>& probes);

/// "12 days" between two times, from either to the other.
std::string days_between(Instant a, Instant b);
/// The date of a time: "2026-11-23".
std::string date_of(Instant instant);

}  // namespace headgate::cli
