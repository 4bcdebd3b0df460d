// waiver.cpp: `headgate waiver`: add, list, watch, generate and sign exceptions.
#include "cli/waiver.hpp"

#include <cstdio>

#include "attest/dsse.hpp"
#include "base/text.hpp"
#include "cli/outputs.hpp"
#include "cli/policy.hpp"
#include "cli/private_key.hpp"
#include "crypto/pkcs11_uri.hpp"
#include "io/atomic_file.hpp"
#include "io/file_source.hpp"
#include "policy/policy.hpp"
#include "policy/yaml_text.hpp"

namespace headgate::cli {
namespace {

constexpr std::int64_t kDay = 86'400;

std::string day(Instant instant) { return format_instant(instant).substr(0, 10); }

std::string covered(const Waiver& waiver) { return waiver.reference ? waiver.reference->canonical : waiver.digest.substr(0, 19) + "..."; }

void print_waiver(const Waiver& waiver, std::string_view state) {
    std::printf("%-8s  %s  %s  %s  until %s  %s: %s\n", std::string(state).c_str(), escape_terminal(waiver.id).c_str(),
                escape_terminal(waiver.rule).c_str(), escape_terminal(covered(waiver)).c_str(), day(waiver.expires).c_str(),
                escape_terminal(waiver.owner).c_str(), escape_terminal(waiver.reason).c_str());
}

std::string_view state_of(const Waiver& waiver, Instant now, std::int64_t soon) {
    if (now >= waiver.expires) return "expired";
    if (now < waiver.created) return "not yet";
    return waiver.expires.seconds - now.seconds <= soon ? "ending" : "holds";
}

Result<std::int64_t> read_span(const std::string& option, const std::string& text) {
    const auto seconds = parse_duration(text);
    if (!seconds || *seconds == 0) return Error{ErrorCode::usage, option + " " + text + ": expected a duration like 30d"};
    return *seconds;
}

Subcommand waiver_list(CLI::App& parent) {
    auto choice = std::make_shared<PolicyChoice>();
    CLI::App* app = parent.add_subcommand("list", "every waiver of a policy, and whether it holds");
    choice->add_to(*app, true);
    return {app, [choice]() -> Result<int> {
        const pipeline::LoadedPolicy loaded = TRY(choice->load());
        const Instant now = TRY(choice->time());
        for (const Waiver& waiver : loaded.policy.waivers) print_waiver(waiver, state_of(waiver, now, 14 * kDay));
        std::printf("%zu waivers  (policy %s)\n", loaded.policy.waivers.size(), escape_terminal(loaded.policy.name).c_str());
        return kAllow;
    }};
}

Subcommand waiver_expiring(CLI::App& parent) {
    struct Options {
        PolicyChoice choice;
        std::string within = "14d";
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("expiring", "waivers that have ended or end soon; exit 1 when there are some");
    options->choice.add_to(*app, true);
    app->add_option("--within", options->within, "how soon, e.g. 30d")->type_name("DURATION")->capture_default_str();
    return {app, [options]() -> Result<int> {
        const pipeline::LoadedPolicy loaded = TRY(options->choice.load());
        const Instant now = TRY(options->choice.time());
        const std::int64_t soon = TRY(read_span("--within", options->within));
        std::size_t count = 0;
        for (const Waiver& waiver : loaded.policy.waivers) {
            const std::string_view state = state_of(waiver, now, soon);
            if (state == "holds") continue;
            print_waiver(waiver, state);
            ++count;
        }
        std::printf("%zu of %zu waivers ended, or end within %s\n", count, loaded.policy.waivers.size(), options->within.c_str());
        return count == 0 ? kAllow : kDeny;
    }};
}

Subcommand waiver_sign(CLI::App& parent) {
    struct Options {
        std::string policy;
        std::string key;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("sign", "sign the waivers of a policy file: POLICY.waivers.dsse.json, for waiver-limits.signed-by");
    app->add_option("POLICY", options->policy, "policy file")->type_name("FILE")->required();
    app->add_option("--key", options->key, "private key (PEM; passphrase from HEADGATE_KEY_PASSPHRASE), or pkcs11: URI (PIN from HEADGATE_KEY_PIN)")
        ->type_name("FILE")->required();
    return {app, [options]() -> Result<int> {
        const Policy policy = TRY(pipeline::policy_with_own_waivers(options->policy));
        const auto& waivers = policy.waivers;
        if (waivers.empty()) return Error{ErrorCode::usage, options->policy + ": has no waivers of its own to sign"};
        const std::string path = TRY(io::real_path(options->policy)) + ".waivers.dsse.json";
        TRY_VOID(check_outputs({{"POLICY", options->policy}, {"--key", crypto::is_pkcs11_uri(options->key) ? "" : options->key}},
                               {{"the signature", path}}));
        const crypto::PrivateKey key = TRY(read_private_key(options->key));
        const std::string envelope =
            TRY(attest::sign_envelope(pipeline::kWaiversPayloadType, policy::waivers_to_sign(policy.name, waivers), key));
        TRY_VOID(io::write_file_atomically(path, envelope + "\n"));
        std::printf("signed %zu waivers of %s: %s\n", waivers.size(), escape_terminal(options->policy).c_str(), escape_terminal(path).c_str());
        return kAllow;
    }};
}

}  // namespace

std::string next_id(const Policy& policy, const std::string& prefix) {
    for (std::size_t number = 1;; ++number) {
        std::string digits = std::to_string(number);
        digits.insert(0, digits.size() < 3 ? 3 - digits.size() : 0, '0');
        const std::string id = prefix + digits;
        bool taken = false;
        for (const Waiver& waiver : policy.waivers) taken = taken || waiver.id == id;
        if (!taken) return id;
    }
}

Result<void> write_waivers(const std::string& path, const std::vector<Waiver>& waivers) {
    const Bytes bytes = TRY(io::read_file(path, policy::kMaxPolicyBytes));
    std::string text(as_text(bytes));
    for (const Waiver& waiver : waivers) text = TRY(policy::with_waiver(text, policy::waiver_yaml(waiver)));
    const std::string real = TRY(io::real_path(path));
    TRY_VOID(pipeline::check_policy_text(as_bytes(text), path, real));   // before it replaces the old one
    return io::write_file_atomically(real, text);
}

int run_waiver(const Arguments& arguments) {
    CLI::App app("Exceptions: one rule, one subject, named findings, an owner, an end.", "headgate waiver");
    const std::vector<Subcommand> subcommands = {waiver_add(app), waiver_list(app), waiver_expiring(app), waiver_generate(app),
                                                 waiver_sign(app)};
    return run_subcommand(app, subcommands, arguments);
}

}  // namespace headgate::cli
