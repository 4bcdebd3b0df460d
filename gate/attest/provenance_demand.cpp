#include "attest/provenance_demand.hpp"

#include <algorithm>

#include "attest/provenance_fields.hpp"
#include "base/text.hpp"
#include "model/builder_id.hpp"

namespace headgate::attest {
namespace {

using provenance::shown;

// "v1.2.3-rc.1+build": what is not there is not in `numbers`.
struct Version {
    bool v = false;
    std::vector<std::string_view> numbers;
    std::string_view pre;
    std::string_view build;
};

std::optional<Version> parse_version(std::string_view text) {
    Version version;
    version.v = text.starts_with('v');
    if (version.v) text.remove_prefix(1);
    if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
        version.build = text.substr(plus);
        text = text.substr(0, plus);
    }
    if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
        version.pre = text.substr(dash);
        text = text.substr(0, dash);
    }
    version.numbers = split(text, '.');
    const auto number = [](std::string_view part) {
        return !part.empty() && part.size() <= 18 && (part == "0" || part.front() != '0') &&
               std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    const bool whole = version.numbers.size() <= 3 && std::all_of(version.numbers.begin(), version.numbers.end(), number);
    if (!whole || version.pre == "-" || version.build == "+") return std::nullopt;
    return version;
}

std::string plain_source(std::string_view source) {
    if (source.starts_with("git+")) source.remove_prefix(4);
    return source.find("://") == std::string_view::npos ? "https://" + std::string(source) : std::string(source);
}

std::string ref_problem(const std::string& ref, const std::string& wanted) {
    if (ref == wanted) return "";
    return "ref: built from " + (ref.empty() ? std::string("a ref that is not said") : shown(ref)) + ", asked for is " + shown(wanted);
}

std::string refs_problem(const BuildClaims& claims, const ProvenanceDemand& demand) {
    constexpr std::string_view kTags = "refs/tags/";
    if (demand.ref) {
        if (std::string problem = ref_problem(claims.ref, *demand.ref); !problem.empty()) return problem;
    }
    if (demand.branch) {
        if (std::string problem = ref_problem(claims.ref, "refs/heads/" + *demand.branch); !problem.empty()) return problem;
    }
    if (demand.tag) {
        if (std::string problem = ref_problem(claims.ref, std::string(kTags) + *demand.tag); !problem.empty()) return problem;
    }
    if (!demand.versioned_tag) return "";
    if (!claims.ref.starts_with(kTags)) return "ref: built from " + shown(claims.ref) + ", asked for is a tag of version " + shown(*demand.versioned_tag);
    const std::string_view tag = std::string_view(claims.ref).substr(kTags.size());
    if (tag_matches_version(*demand.versioned_tag, tag)) return "";
    return "ref: the tag " + shown(tag) + " is not of version " + shown(*demand.versioned_tag);
}

// A workflow at a branch is whatever its owner pushed there last, so a builder of others' sources is one at a release tag (slsa-verifier
// takes a branch from its own tests only). A workflow of the very commit that it builds is another thing: it is part of the source
// that was asked for, and whoever could change it could change what is built. GitHub's artifact attestations are all made so. What
// such a workflow writes is forgeable by its author; bind() compares source, ref and commit with the certificate for that.
bool builds_itself(const BuildClaims& claims, const BuildSigner& signer) {
    return !signer.workflow_commit.empty() && signer.workflow_commit == claims.commit && !claims.source.empty() &&
           signer.workflow.starts_with(claims.source + "/");
}

std::string release_problem(const BuildClaims& claims, const std::optional<BuildSigner>& signer) {
    const auto problem = [](std::string_view workflow) {
        const BuilderId id = split_builder(workflow);
        if (id.path.size() == workflow.size() || is_release_ref(id.ref)) return std::string();  // a service is at no ref
        return "builder: " + shown(workflow) + " is at no release tag (refs/tags/vX.Y.Z)";
    };
    const bool itself = signer && builds_itself(claims, *signer);
    // Only itself: signing for another builder takes nothing from what that one must be.
    if (itself && claims.builder == signer->workflow) return "";
    std::string found = problem(claims.builder);
    return found.empty() && signer && !itself ? problem(signer->workflow) : found;
}

}  // namespace

bool tag_matches_version(std::string_view wanted, std::string_view tag) {
    const auto asked = parse_version(wanted);
    const auto found = parse_version(tag);
    if (!asked || !found || asked->v != found->v || asked->pre != found->pre) return false;
    if (!asked->build.empty() && asked->build != found->build) return false;
    for (std::size_t i = 0; i < asked->numbers.size(); ++i) {
        const std::string_view part = i < found->numbers.size() ? found->numbers[i] : std::string_view("0");
        if (asked->numbers[i] != part) return false;
    }
    return true;
}

std::string demand_problem(const BuildClaims& claims, const ProvenanceDemand& demand, const std::optional<BuildSigner>& signer) {
    if (demand.builder.empty()) return "builder: none is named, and no builder is trusted unnamed; the statement names " + shown(claims.builder);
    if (!names_builder(demand.builder, claims.builder)) return "builder: " + shown(claims.builder) + ", asked for is " + shown(demand.builder);
    if (demand.release_builder) {
        if (std::string problem = release_problem(claims, signer); !problem.empty()) return problem;
    }
    if (demand.source.empty()) return "source: none is named; the statement names " + shown(claims.source);
    if (claims.source != plain_source(demand.source)) return "source: " + shown(claims.source) + ", asked for is " + shown(plain_source(demand.source));
    if (claims.ref.empty()) return "ref: the statement names none";
    return refs_problem(claims, demand);
}

}  // namespace headgate::attest
