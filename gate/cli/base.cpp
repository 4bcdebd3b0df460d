#include "cli/base.hpp"

#include <algorithm>
#include <set>

#include "cli/command.hpp"
#include "cli/git.hpp"
#include "io/directory.hpp"

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

bool is_known(const SubjectVerdict& now, const SubjectVerdict& before) {
    if (now.decision != Decision::deny || before.decision != Decision::deny || !no_worse(now, before)) return false;
    const auto& digest = now.subject.digest;
    if (now.members.empty()) return digest.sha256 == before.subject.digest.sha256 && digest.dir_hash == before.subject.digest.dir_hash;
    return std::all_of(now.members.begin(), now.members.end(), [&](const SubjectVerdict& member) {
        if (member.decision == Decision::allow) return true;
        const SubjectVerdict* const old = find(before.members, member);
        return old != nullptr && is_known(member, *old);
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
    for (const SubjectVerdict& verdict : report.subjects) {
        const SubjectVerdict* const known = find(old.subjects, verdict);
        if (known != nullptr && is_known(verdict, *known)) report.known_denials.push_back(verdict.subject.ref);
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
