// policy.cpp: `headgate policy`: look at a policy, check it, test it, compare it, sign it.
#include "cli/policy.hpp"

#include <cstdio>

#include "attest/dsse.hpp"
#include "base/text.hpp"
#include "checkers/all.hpp"
#include "cli/outputs.hpp"
#include "cli/private_key.hpp"
#include "codec/json.hpp"
#include "crypto/pkcs11_uri.hpp"
#include "io/atomic_file.hpp"
#include "policy/language.hpp"
#include "policy/policy.hpp"
#include "policy/show.hpp"

namespace headgate::cli {
namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string plural(std::size_t count, const std::string& one) { return std::to_string(count) + " " + one + (count == 1 ? "" : "s"); }

}  // namespace

Result<Instant> parse_time(const std::string& option, const std::string& text) {
    if (text.empty()) return io::now();
    const auto instant = parse_instant(text);
    if (!instant) return Error{ErrorCode::usage, option + " " + text + ": expected a time like 2026-11-23T10:00:00Z"};
    return *instant;
}

void PolicyChoice::add_to(CLI::App& app, bool with_time) {
    app.add_option("POLICY", policy, "policy file, or builtin:NAME")
        ->type_name("FILE|builtin:NAME")->capture_default_str();
    app.add_option("--policy-sha256", sha256, "digest that the policy must have")->type_name("HEX");
    app.add_option("--policy-signed-by", signed_by, "public key (PEM) that must have signed it")->type_name("FILE");
    if (with_time) app.add_option("--at", at, "as of this time (RFC 3339), default now")->type_name("TIME");
}

Result<pipeline::LoadedPolicy> PolicyChoice::load() const {
    const pipeline::PolicyPin pin = TRY(make_pin(sha256, signed_by));
    return pipeline::load_policy(policy, pin);
}

Result<Instant> PolicyChoice::time() const { return parse_time("--at", at); }

Subcommand policy_lint(CLI::App& parent) {
    auto choice = std::make_shared<PolicyChoice>();
    CLI::App* app = parent.add_subcommand("lint", "mistakes, and what deserves a second thought; exit 1 with remarks, 4 with mistakes");
    choice->add_to(*app, true);
    return {app, [choice]() -> Result<int> {
        const pipeline::LoadedPolicy loaded = TRY(choice->load());
        const auto remarks = policy::lint(loaded.policy, TRY(choice->time()));
        for (const policy::Remark& remark : remarks) print(escape_terminal(remark.line) + ": " + escape_terminal(remark.message) + "\n");
        print(choice->policy + ": " + (remarks.empty() ? "no mistakes, no remarks" : "no mistakes, " + plural(remarks.size(), "remark")) + "\n");
        return remarks.empty() ? kAllow : kDeny;
    }};
}

Subcommand policy_show(CLI::App& parent) {
    struct Options {
        PolicyChoice choice;
        bool resolved = false;
        bool digest = false;
        std::string output = "text";
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("show", "the policy as it holds, every value with the file and line it comes from");
    options->choice.add_to(*app, false);
    app->add_flag("--resolved", options->resolved, "with everything that it extends (the default)");
    app->add_flag("--digest", options->digest, "only its digest, for --policy-sha256");
    one_of(app->add_option("--output", options->output, "text, or json: the form that the digest is of"), {"text", "json"});
    return {app, [options]() -> Result<int> {
        const pipeline::LoadedPolicy loaded = TRY(options->choice.load());
        if (options->digest) {
            print(loaded.policy.digest + "\n");
        } else if (options->output == "json") {
            auto document = TRY(codec::parse_json(as_bytes(policy::resolved_form(loaded.policy))));
            codec::Json& origins = document.add("origins", codec::Json::object());
            for (const auto& [path, line] : loaded.policy.origins) origins.add(path, codec::Json::of(line));
            print(codec::write_json_pretty(document) + "\n");
        } else {
            print("# " + loaded.policy.label + ", digest " + loaded.policy.digest + "\n" + policy::resolved_yaml(loaded.policy, checkers::all()));
        }
        return kAllow;
    }};
}

Subcommand policy_schema(CLI::App& parent) {
    CLI::App* app = parent.add_subcommand("schema", "JSON Schema of the language, for completion and hover text in editors");
    return {app, []() -> Result<int> {
        print(policy::json_schema(checkers::all()));
        return kAllow;
    }};
}

Subcommand policy_sign(CLI::App& parent) {
    struct Options {
        PolicyChoice choice;
        std::string key;
        std::string output;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("sign", "sign a policy and every file that it names, for --policy-signed-by");
    options->choice.add_to(*app, false);
    app->add_option("--key", options->key, "private key (PEM; passphrase from HEADGATE_KEY_PASSPHRASE), or pkcs11: URI (PIN from HEADGATE_KEY_PIN)")
        ->type_name("FILE")->required();
    app->add_option("--output", options->output, "where to write (default: POLICY.dsse.json)")->type_name("FILE");
    return {app, [options]() -> Result<int> {
        const pipeline::LoadedPolicy loaded = TRY(options->choice.load());
        if (loaded.path.empty()) return Error{ErrorCode::usage, options->choice.policy + " is built in: there is no file to sign"};
        const std::string path = options->output.empty() ? loaded.path + ".dsse.json" : options->output;
        std::vector<NamedPath> inputs = files_of(loaded);
        inputs.push_back({"--key", crypto::is_pkcs11_uri(options->key) ? "" : options->key});
        inputs.push_back({"--policy-signed-by", options->choice.signed_by});
        TRY_VOID(check_outputs(inputs, {{"--output", path}}));
        const crypto::PrivateKey key = TRY(read_private_key(options->key));
        TRY_VOID(io::write_file_atomically(path, TRY(attest::sign_envelope(pipeline::kPolicyPayloadType, pipeline::policy_to_sign(loaded), key)) + "\n"));
        print("signed " + options->choice.policy + " and " + plural(loaded.files.size(), "file") + " that it names: " + path + "\n");
        return kAllow;
    }};
}

Subcommand policy_ways_in(CLI::App& parent) {
    struct Options {
        PolicyChoice choice;
        std::string against;
        std::string kind;
        std::string tier;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("ways-in", "for each kind and tier, the least that must come out to be let in; --against: exit 1 with new ones");
    options->choice.add_to(*app, true);
    app->add_option("--against", options->against, "policy before a change: only ways that it did not have")
        ->type_name("FILE|builtin:NAME");
    one_of(app->add_option("--kind", options->kind, "only this kind"), {"model", "dataset", "package", "container"});
    app->add_option("--tier", options->tier, "only this tier")->type_name("TIER");
    return {app, [options]() -> Result<int> {
        const Instant now = TRY(options->choice.time());
        const pipeline::LoadedPolicy loaded = TRY(options->choice.load());
        auto ways = policy::ways_in(policy::in_force(loaded.policy, now), now);
        if (!options->against.empty()) {
            const pipeline::LoadedPolicy before = TRY(pipeline::policy_with_any_plugins(options->against));
            ways = policy::added(policy::ways_in(policy::in_force(before.policy, now), now), ways);
        }
        std::size_t shown = 0;
        for (const policy::WayIn& way : ways) {
            if (!options->kind.empty() && options->kind != to_string(way.kind)) continue;
            if (!options->tier.empty() && options->tier != way.tier) continue;
            ++shown;
            print(std::string(to_string(way.kind)) + (way.bytes ? "" : ", by name") + ", tier " + escape_terminal(way.tier) + " -> " + way.level +
                  (way.exception.empty() ? "" : "  (waiver " + escape_terminal(way.exception) + ")") + "\n");
            if (!way.passes.empty()) {
                std::string rules;
                for (const std::string& rule : way.passes) rules += (rules.empty() ? "" : ", ") + rule;
                print("    must pass: " + rules + "\n");
            }
            for (const std::string& what : way.rests_on) print("    rests on:  " + escape_terminal(what) + "\n");
        }
        if (options->against.empty()) return kAllow;
        print(shown == 0 ? "no way in that " + options->against + " does not have\n" : plural(shown, "new way") + " in\n");
        return shown == 0 ? kAllow : kDeny;
    }};
}

int run_subcommand(CLI::App& app, const std::vector<Subcommand>& subcommands, const Arguments& arguments) {
    app.require_subcommand(1);
    if (const auto code = parse_arguments(app, arguments)) return *code;
    for (const Subcommand& subcommand : subcommands) {
        if (!subcommand.app->parsed()) continue;
        auto code = subcommand.run();
        return code.ok() ? *code : fail(code.error());
    }
    return kUsage;
}

int run_policy(const Arguments& arguments) {
    CLI::App app("Look at a policy, check it, test it, compare it, sign it.", "headgate policy");
    const std::vector<Subcommand> subcommands = {policy_lint(app), policy_show(app),    policy_test(app), policy_diff(app),
                                                 policy_ways_in(app), policy_schema(app), policy_sign(app)};
    return run_subcommand(app, subcommands, arguments);
}

}  // namespace headgate::cli
