#include "cli/policy_options.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::cli {

void add_policy_options(CLI::App& app, std::string& policy, std::string& sha256, std::string& signed_by) {
    app.add_option("--policy", policy, "policy to judge by")->type_name("FILE|builtin:NAME")->capture_default_str();
    app.add_option("--policy-sha256", sha256, "digest that the policy must have: of `policy show --digest`, or of its file")
        ->type_name("HEX");
    app.add_option("--policy-signed-by", signed_by, "public key (PEM) that must have signed the policy: FILE.dsse.json")
        ->type_name("FILE");
}

void add_advisory_options(CLI::App& app, pipeline::AdvisoryFiles& files) {
    app.add_option("--advisories", files.advisories, "what is known against packages: OSV records, a folder or zip file of them (repeatable)")
        ->type_name("FILE|DIR")
        ->allow_extra_args(false);
    app.add_option("--vex", files.vex, "what somebody says of known flaws: OpenVEX, CycloneDX or CSAF, signed (repeatable)")
        ->type_name("FILE|DIR")
        ->allow_extra_args(false);
}

Result<pipeline::PolicyPin> make_pin(const std::string& sha256, const std::string& signed_by) {
    pipeline::PolicyPin pin{{}, signed_by};
    if (sha256.empty()) return pin;
    std::string hex = ascii_lower(sha256);
    if (hex.starts_with("sha256:")) hex.erase(0, 7);
    if (!is_lower_hex(hex, 64)) return Error{ErrorCode::usage, "--policy-sha256: expected 64 hex digits"};
    pin.sha256 = hex;
    return pin;
}

}  // namespace headgate::cli
