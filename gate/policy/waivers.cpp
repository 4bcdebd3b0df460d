// waivers.cpp: which waivers hold, for which subject, and which findings they name (policy.md, "Waivers").
#include <algorithm>

#include "model/advisory.hpp"
#include "policy/policy.hpp"

namespace headgate::policy {
namespace {

constexpr std::int64_t kEndingSoon = std::int64_t{14} * 86'400;
constexpr std::string_view kMalicious = "MAL-";

std::string key_of(std::string_view rule, std::string_view subject) {
    return std::string(rule) + '\n' + std::string(subject);
}

// One package from one place. Where an installer could ask two, the waiver for one of them says nothing.
bool comes_from(const Waiver& waiver, std::span<const std::string> sources) {
    const auto trimmed = [](std::string_view url) {
        while (url.ends_with('/')) url.remove_suffix(1);
        return url;
    };
    return !sources.empty() && std::all_of(sources.begin(), sources.end(), [&](const std::string& source) {
        return trimmed(source) == trimmed(waiver.source);
    });
}

bool is_signed(const Policy& policy, const Waiver& waiver, Instant now) {
    if (!waiver.needs_signature) return true;
    return std::any_of(waiver.signed_by.begin(), waiver.signed_by.end(), [&](const std::string& name) {
        const auto& wanted = policy.waiver_limits.signed_by;
        const TrustedKey* const key = policy.find_key(name);
        return key != nullptr && std::find(wanted.begin(), wanted.end(), name) != wanted.end() &&
               key->holds_at(now);
    });
}

}  // namespace

WaiverBook::WaiverBook(const Policy& policy, Instant now) {
    for (const Waiver& waiver : policy.waivers) {
        if (now >= waiver.expires) {
            expired_.push_back(&waiver);
        } else if (now < waiver.created) {
            early_.push_back(&waiver);
        } else if (!is_signed(policy, waiver, now)) {
            unsigned_.push_back(&waiver);
        } else {
            holding_.push_back(&waiver);
            by_subject_.emplace(key_of(waiver.rule, waiver.reference ? waiver.reference->canonical : waiver.digest), &waiver);
        }
    }
}

std::vector<const Waiver*> WaiverBook::find(std::string_view rule, const Subject& subject,
                                            std::span<const std::string> sources) const {
    std::vector<const Waiver*> found;
    if (by_subject_.empty()) return found;
    const auto take = [&](std::string_view named, const auto& fits) {
        const auto [begin, end] = by_subject_.equal_range(key_of(rule, named));
        for (auto at = begin; at != end; ++at) {
            if (fits(*at->second)) found.push_back(at->second);
        }
    };
    const auto same_folder = [&](const Waiver& waiver) { return waiver.dir_hash == subject.digest.dir_hash; };
    if (!subject.digest.sha256.empty()) take("sha256:" + subject.digest.sha256, same_folder);
    if (!subject.has_bytes && !subject.reference.digest.empty()) take(subject.reference.digest, same_folder);
    // Bytes are waived by digest: a name that somebody gave them says nothing of what they are.
    if (subject.kind == Kind::package && !subject.has_bytes) {
        take(subject.reference.canonical, [&](const Waiver& waiver) { return comes_from(waiver, sources); });
    }
    return found;
}

bool waives(const Waiver& waiver, const Finding& finding) {
    const auto& ids = finding.advisories;
    const auto named = [&](std::string_view id) {
        return std::find(waiver.findings.begin(), waiver.findings.end(), id) != waiver.findings.end();
    };
    if (ids.empty()) return named(finding.id);
    const auto malicious = [](const std::string& id) { return id.starts_with(kMalicious); };
    if (std::any_of(ids.begin(), ids.end(), malicious)) {
        return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return malicious(id) && named(id); });
    }
    return named(ids.front()) ||
           std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return in_alias_family(id) && named(id); });
}

ExceptionNote note_of(const Waiver& waiver, Instant now, std::string_view used_for) {
    ExceptionNote note;
    note.id = waiver.id;
    note.rule = waiver.rule;
    note.owner = waiver.owner;
    note.approved_by = waiver.approved_by;
    note.reason = waiver.reason;
    note.ticket = waiver.ticket;
    note.expires = waiver.expires;
    note.line = waiver.line;
    note.subject = !used_for.empty() ? std::string(used_for) : waiver.reference ? waiver.reference->canonical : waiver.digest;
    note.ending = now < waiver.expires && waiver.expires.seconds - now.seconds <= kEndingSoon;
    return note;
}

ExceptionNote note_of(const Override& entry) {
    ExceptionNote note;
    note.id = entry.rule + " " + entry.key;
    note.rule = entry.rule;
    note.owner = entry.owner;
    note.reason = entry.reason;
    note.expires = entry.expires;
    note.line = entry.line;
    note.subject = entry.key + " is " + entry.value_text;
    return note;
}

}  // namespace headgate::policy
