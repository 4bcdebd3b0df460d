// waiver_add.cpp: `headgate waiver add`: one exception, written by hand.
#include <cstdio>

#include "base/text.hpp"
#include "cli/waiver.hpp"
#include "policy/yaml_text.hpp"

namespace headgate::cli {
namespace {

struct Options {
    std::string policy;
    std::string rule;
    std::string digest;
    std::string dir_hash;
    std::string reference;
    std::string source;
    std::vector<std::string> findings;
    std::string reason;
    std::string owner;
    std::string approved_by;
    std::string expires;
    std::string ticket;
    std::string id;
    std::string at;
    bool print = false;
};

// A day, or a duration from now.
Result<Instant> read_end(const std::string& text, Instant now) {
    if (const auto seconds = parse_duration(text)) return Instant{now.seconds + *seconds};
    const auto instant = parse_instant(text);
    if (!instant) return Error{ErrorCode::usage, "--expires " + text + ": expected a day like 2026-12-31, or a duration like 30d"};
    return *instant;
}

Result<int> add(const Options& options) {
    const Instant now = TRY(parse_time("--at", options.at));
    Waiver waiver;
    waiver.rule = options.rule;
    waiver.digest = options.digest;
    waiver.dir_hash = options.dir_hash;
    waiver.source = options.source;
    waiver.findings = options.findings;
    waiver.reason = options.reason;
    waiver.owner = options.owner;
    waiver.approved_by = options.approved_by;
    waiver.created = now;
    waiver.expires = TRY(read_end(options.expires, now));
    waiver.ticket = options.ticket;
    if (options.reference.empty() == options.digest.empty()) {
        return Error{ErrorCode::usage, "name the subject by --digest, or a package by --reference and --source"};
    }
    if (!options.reference.empty()) {
        auto reference = parse_reference(options.reference);
        if (!reference.ok()) return Error{ErrorCode::usage, "--reference " + options.reference + ": " + reference.error().message};
        waiver.reference = std::move(reference).value();
    }
    const Policy known = TRY(pipeline::policy_of_file(options.policy));
    waiver.id = options.id.empty() ? next_id(known, "WVR-" + format_instant(now).substr(0, 4) + "-") : options.id;
    if (options.print) {
        std::printf("%s", policy::waiver_yaml(waiver).c_str());
        return kAllow;
    }
    TRY_VOID(write_waivers(options.policy, {waiver}));
    std::printf("added %s to %s, until %s\n", escape_terminal(waiver.id).c_str(), escape_terminal(options.policy).c_str(),
                format_instant(waiver.expires).c_str());
    if (!known.waiver_limits.signed_by.empty()) std::printf("sign the waivers again: headgate waiver sign %s --key KEY\n", options.policy.c_str());
    return kAllow;
}

}  // namespace

Subcommand waiver_add(CLI::App& parent) {
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("add", "add an exception to a policy file");
    app->add_option("POLICY", options->policy, "policy file")->type_name("FILE")->required();
    app->add_option("--rule", options->rule, "the rule that it is an exception to")->type_name("RULE")->required();
    app->add_option("--digest", options->digest, "sha256:<hex> of the subject, as the verdict shows it")
        ->type_name("DIGEST");
    app->add_option("--dir-hash", options->dir_hash, "of a folder: its dirHash")->type_name("HEX");
    app->add_option("--reference", options->reference, "of a package: pkg:pypi/name@1.2.3")->type_name("REFERENCE");
    app->add_option("--source", options->source, "of a package: URL of the index or registry that it comes from")
        ->type_name("URI");
    app->add_option("--finding", options->findings, "finding or advisory that it names (repeatable)")
        ->type_name("FINDING")->required()->allow_extra_args(false);
    app->add_option("--reason", options->reason, "why the risk is taken")->type_name("WORDS")->required();
    app->add_option("--owner", options->owner, "who answers for it")->type_name("PERSON")->required();
    app->add_option("--approved-by", options->approved_by, "who agreed; never the owner")
        ->type_name("PERSON")->required();
    app->add_option("--expires", options->expires, "a day, or a duration like 30d")->type_name("TIME")->required();
    app->add_option("--ticket", options->ticket, "where it is discussed")->type_name("WORDS");
    app->add_option("--id", options->id, "its name (default: WVR-YEAR-NNN, the next)")->type_name("ID");
    app->add_option("--at", options->at, "when it was agreed (RFC 3339), default now")->type_name("TIME");
    app->add_flag("--print", options->print, "print it, and leave the file alone");
    return {app, [options] { return add(*options); }};
}

}  // namespace headgate::cli
