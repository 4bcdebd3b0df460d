#include "cli/base.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "cli/command.hpp"
#include "cli/git.hpp"
#include "io/directory.hpp"
#include "model/recording.hpp"

namespace headgate::cli {
namespace {

// Why a verdict is a denial, apart from where in the file it stands.
std::multiset<std::string> reasons(const SubjectVerdict& verdict) {
    std::multiset<std::string> all;
    for (const ReportedFinding& reported : verdict.findings) {
        if (reported.waiver.empty()) all.insert(reported.rule + "\n" + reported.finding.id + "\n" + reported.finding.message);
    }
    return all;
}

bool no_worse(const SubjectVerdict& now, const SubjectVerdict& before) {
    const auto here = reasons(now);
    const auto there = reasons(before);
    return std::includes(there.begin(), there.end(), here.begin(), here.end());
}

const SubjectVerdict* find(const std::vector<SubjectVerdict>& list, const SubjectVerdict& wanted) {
    for (const SubjectVerdict& verdict : list) {
        if (verdict.subject.ref == wanted.subject.ref && verdict.subject.kind == wanted.subject.kind) return &verdict;
    }
    return nullptr;
}

// A manifest or source: all of its members are named in it. (Manifests inside an artifact are members with bytes.)
bool lists_names_alone(const SubjectVerdict& verdict) {
    return std::all_of(verdict.members.begin(), verdict.members.end(), [](const SubjectVerdict& member) { return member.subject.named_at.has_value(); });
}

bool is_known(const SubjectVerdict& now, const SubjectVerdict& before) {
    if (now.decision != Decision::deny || before.decision != Decision::deny || !no_worse(now, before)) return false;
    // A manifest may change around a member that is as it was; anything else is known only as the same bytes.
    const bool manifest = !now.members.empty() && !now.subject.is_folder && lists_names_alone(now);
    const auto& digest = now.subject.digest;
    const bool same_bytes = digest.sha256 == before.subject.digest.sha256 && digest.dir_hash == before.subject.digest.dir_hash;
    if (!manifest) return same_bytes;
    return std::all_of(now.members.begin(), now.members.end(), [&](const SubjectVerdict& member) {
        if (member.decision == Decision::allow) return true;
        const SubjectVerdict* const old = find(before.members, member);
        return old != nullptr && is_known(member, *old);
    });
}

// What each manifest asks for: subject -> member -> where from and by which digests, as written.
using Requirements = std::map<std::string, std::map<std::string, std::multiset<std::string>>>;

Result<Requirements> requirements_of(const pipeline::LoadedPolicy& policy, const pipeline::Request& request) {
    Requirements all;
    for (const Recording& recording : TRY(pipeline::collect(policy, request))) {
        for (const Requirement& requirement : recording.evidence.requirements) {
            std::string text = requirement.reference.digest + "\n" + requirement.url;
            for (const std::string& digest : requirement.integrity) text += "\n" + digest;
            all[recording.subject.ref][requirement.reference.canonical].insert(text);
        }
    }
    return all;
}

// A refused member is known only when it is asked for from the same place and with the same digests.
bool same_requirements(const SubjectVerdict& verdict, std::map<std::string, std::multiset<std::string>>& now,
                       std::map<std::string, std::multiset<std::string>>& before) {
    return std::all_of(verdict.members.begin(), verdict.members.end(), [&](const SubjectVerdict& member) {
        return member.decision == Decision::allow || now[member.subject.ref] == before[member.subject.ref];
    });
}

// The path of `path` below the repository's top, as it would be below `files`. "" when it lies elsewhere.
std::string moved(const std::string& path, const BaseTree& base) {
    const auto real = io::real_path(path.empty() ? "." : path);
    if (!real.ok() || !io::is_below(*real, base.top)) return "";
    return base.files() + real->substr(base.top.size());
}

}  // namespace

Result<void> note_known_denials(const std::string& revision, const pipeline::LoadedPolicy& policy, const pipeline::Request& request,
                                Report& report) {
    const BaseTree base = TRY(export_revision(revision));
    report.base_revision = base.commit;
    pipeline::Request before = request;
    before.arguments.clear();
    before.print_base = moved(request.print_base, base);
    for (pipeline::Request::Argument argument : request.arguments) {
        if (!io::path_type(argument.text).ok()) continue;  // a reference: nothing of it is in the repository
        argument.text = moved(argument.text, base);
        if (!argument.text.empty() && io::path_type(argument.text).ok()) before.arguments.push_back(std::move(argument));
    }
    if (before.arguments.empty()) return {};
    const Report old = pipeline::decide(policy, before);
    std::optional<Requirements> asked;   // read only where a manifest may be known
    std::optional<Requirements> asked_before;
    for (const SubjectVerdict& verdict : report.subjects) {
        const SubjectVerdict* const known = find(old.subjects, verdict);
        if (known == nullptr || !is_known(verdict, *known)) continue;
        if (!verdict.members.empty()) {
            if (!asked) asked = TRY(requirements_of(policy, request));
            if (!asked_before) asked_before = TRY(requirements_of(policy, before));
            if (!same_requirements(verdict, (*asked)[verdict.subject.ref], (*asked_before)[verdict.subject.ref])) continue;
        }
        report.known_denials.push_back(verdict.subject.ref);
    }
    return {};
}

int exit_code_of_new(const Report& report) {
    const auto& known = report.known_denials;
    Report fresh = report;
    std::erase_if(fresh.subjects, [&](const SubjectVerdict& verdict) {
        return verdict.decision == Decision::deny && std::find(known.begin(), known.end(), verdict.subject.ref) != known.end();
    });
    if (fresh.subjects.empty() && fresh.errors.empty() && !report.subjects.empty() && report.empty_arguments == 0) return kAllow;
    return fresh.exit_code();
}

}  // namespace headgate::cli
