#include "checkers/signature.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/text.hpp"
#include "checkers/signers.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::array<std::string_view, 5> kSchemes = {"oms", "sigstore", "dsse", "cosign", "notation"};
constexpr std::string_view kOmsWithLinks = "oms-symlinks";  // attest/evidence.hpp
constexpr std::array<std::string_view, 3> kMayIgnore = {"nothing", "documentation", "anything"};
constexpr std::array kSettings = {
    SettingSpec{"any-of", SettingType::signers, Stricter::fewer, true, "",
                "who must have signed: any-of: [names of the trust section], or at-least: N with of: [names]; distinct "
                "keys count"},
    SettingSpec{"schemes", SettingType::text_list, Stricter::fewer, false, "oms, sigstore, dsse, cosign, notation",
                "which signatures count: oms (OpenSSF Model Signing), sigstore (bundle with a signing statement), dsse "
                "(the same statement in a bare envelope), cosign (its own signatures beside an image, before version 3), notation (Notary "
                "Project signatures of an image)",
                kSchemes},
    SettingSpec{"may-ignore", SettingType::text, Stricter::earlier, false, "documentation",
                "which files the ignore list of a model signature may leave out: nothing, documentation (a README, a licence, a "
                "picture, by name and by content), anything",
                kMayIgnore},
    SettingSpec{"allow-symlinks", SettingType::flag, Stricter::off, false, "false",
                "a model signature may let symbolic links stand for what they lead to (its \"allow_symlinks\")"},
};

constexpr std::string_view kWhy = "Bytes that nobody vouches for may be anybody's.";
constexpr std::string_view kFix =
    "Get the artifact with its signature from its maker, or sign it with a key that the policy trusts.";

Finding finding(std::string id, std::string message, Location where) {
    return {std::move(id), Severity::high, std::move(message), std::move(where), std::string(kWhy), std::string(kFix)};
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Names of files that tell people something and that nothing loads: a picture or a page, or what every project calls so, without an
// extension or with one of a text. "notice.jsonl" is data, whatever it calls itself.
bool is_documentation_name(std::string_view path) {
    const std::string name = ascii_lower(base_name(path));
    const auto ends_in = [&](std::initializer_list<std::string_view> extensions) {
        return std::any_of(extensions.begin(), extensions.end(), [&](std::string_view extension) { return name.ends_with(extension); });
    };
    if (ends_in({".md", ".rst", ".png", ".jpg", ".jpeg", ".gif", ".webp"}) || path == ".gitignore" || path == ".gitattributes") return true;
    for (const std::string_view stem : {"readme", "license", "licence", "notice", "copying", "changelog"}) {
        if (name == stem || (name.starts_with(stem) && name[stem.size()] == '.' && ends_in({".txt"}))) return true;
    }
    return false;
}

}  // namespace

bool leaves_out_only_documentation(const Evidence& evidence, const Signature& signature) {
    const auto& paths = signature.unsigned_files;
    return std::all_of(paths.begin(), paths.end(), [&](const std::string& path) { return is_harmless_documentation(evidence, path); });
}

bool is_harmless_documentation(const Evidence& evidence, std::string_view path) {
    if (!is_documentation_name(path)) return false;
    bool inert = false;
    for (const FormatFact& format : evidence.formats) {
        if (format.where.path != path || !format.where.member.empty()) continue;
        if (format.code || !format.inert) return false;
        inert = true;
    }
    return inert;
}

namespace {

struct Demands {
    const SignerSet& set;
    const std::vector<std::string>& schemes;
    std::string_view may_ignore;
    bool allow_links = false;
};

class Signatures {
  public:
    Signatures(const Evidence& evidence, const Demands& demands) : evidence_(evidence), demands_(demands), set_(demands.set), found_(demands.set) {}

    CheckRun judge() {
        for (const Signature& signature : evidence_.signatures) look_at(signature);
        if (found_.enough()) return CheckRun::complete();
        if (found_.count() > 0 || findings_.empty()) {
            std::string message = found_.count() == 0
                                      ? "no signature by " + demand(set_)
                                      : "signed by " + std::to_string(found_.count()) + " of those who are asked for (" +
                                            demand(set_) + ")";
            findings_.insert(findings_.begin(), finding("signature.missing", std::move(message), {}));
        }
        return CheckRun::complete(std::move(findings_));
    }

  private:
    // A document is a fact of its own under each root that bears it out: what it shows under one is not held against it under another.
    bool is_told_of(const Signature& signature) const {
        return std::any_of(evidence_.signatures.begin(), evidence_.signatures.end(), [&](const Signature& other) {
            const bool same = !signature.digest.empty() && other.digest == signature.digest && other.where == signature.where;
            return same && (!found_.of(other).empty() || (&other < &signature && other.signers == signature.signers));
        });
    }

    void look_at(const Signature& signature) {
        const auto signers = found_.of(signature);
        if (signers.empty() && is_told_of(signature)) return;
        if (signers.empty()) {
            std::string message = signature.signers.empty()
                                      ? "the signature " + signature.where.path + " is by no key that the policy trusts"
                                      : "the signature " + signature.where.path + " is by " + list_of(signature.signers) +
                                            ", asked for is " + demand(set_);
            const std::string& why = signature.key_problem.empty() ? signature.problem : signature.key_problem;
            if (signature.signers.empty() && !why.empty()) message += ": " + why;
            findings_.push_back(finding("signature.not-trusted", std::move(message), signature.where));
        } else if (!signature.covers_subject) {
            Location where = signature.where;
            if (!signature.problem_path.empty()) where = {signature.problem_path, {}, {}, {}};
            findings_.push_back(finding("signature.does-not-cover",
                                        "the signature " + signature.where.path + " by " + list_of(signature.signers) +
                                            " does not cover these bytes: " + signature.problem,
                                        std::move(where)));
        } else if (!is_of_scheme(signature)) {
            findings_.push_back(finding("signature.not-trusted",
                                        "the signature " + signature.where.path + " is of scheme " + signature.scheme +
                                            ", asked for is " + list_of(demands_.schemes),
                                        signature.where));
        } else if (signature.scheme == kOmsWithLinks && !demands_.allow_links) {
            findings_.push_back(finding("signature.follows-links",
                                        "the signature " + signature.where.path + " by " + list_of(signature.signers) +
                                            " lets symbolic links stand for what they lead to",
                                        signature.where));
        } else if (!leaves_out(signature)) {
            found_.add(signers);
        }
    }

    bool is_of_scheme(const Signature& signature) const {
        const std::string_view scheme = signature.scheme == kOmsWithLinks ? std::string_view("oms") : signature.scheme;
        return std::find(demands_.schemes.begin(), demands_.schemes.end(), scheme) != demands_.schemes.end();
    }

    bool leaves_out(const Signature& signature) {
        if (demands_.may_ignore == "anything") return false;
        const bool documentation = demands_.may_ignore == "documentation";
        bool any = false;
        for (const std::string& path : signature.unsigned_files) {
            if (documentation && is_harmless_documentation(evidence_, path)) continue;
            any = true;
            findings_.push_back(finding("signature.unsigned-file",
                                        path + " is left out by the ignore list of the signature " +
                                            signature.where.path + ": nobody signed it",
                                        {path, {}, {}, {}}));
        }
        return any;
    }

    const Evidence& evidence_;
    const Demands& demands_;
    const SignerSet& set_;
    SignersFound found_;
    std::vector<Finding> findings_;
};

CheckRun run(const CheckInput& input) {
    const auto* const set = input.settings.find<SignerSet>("any-of");
    const auto* const schemes = input.settings.find<std::vector<std::string>>("schemes");
    if (set == nullptr || set->of.empty()) return CheckRun::error("the rule names no signers");
    static const std::vector<std::string> kAll(kSchemes.begin(), kSchemes.end());
    const auto* const may_ignore = input.settings.find<std::string>("may-ignore");
    const auto* const links = input.settings.find<bool>("allow-symlinks");
    const Demands demands{*set, schemes == nullptr ? kAll : *schemes, may_ignore == nullptr ? "documentation" : std::string_view(*may_ignore),
                          links != nullptr && *links};
    return Signatures(input.evidence, demands).judge();
}

std::string problem(const Settings& settings, std::string_view key, const RuleData*) {
    const auto* const schemes = settings.find<std::vector<std::string>>(key);
    const bool none = key == "schemes" && schemes != nullptr && schemes->empty();
    return none ? "an empty list: no signature would count, so the rule can never pass" : "";
}

}  // namespace

const Checker& signature_checker() {
    static const Checker kChecker = {
        "signature",
        "Is it signed by whom the policy trusts, over exactly these bytes, with no unsigned file beside them?",
        kWhy,
        kFix,
        kKinds,
        true,
        kSettings,
        run,
        nullptr,
        problem,
    };
    return kChecker;
}

}  // namespace headgate::checkers
