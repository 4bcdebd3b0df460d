// advisory_data.cpp: what was brought against packages, read for what a run asks.
#include <algorithm>

#include "checkers/advisory.hpp"
#include "pipeline/advisory_files.hpp"
#include "pipeline/decide.hpp"

namespace headgate::pipeline {
namespace {

bool asks(const Policy& policy) {
    return std::any_of(policy.rules.begin(), policy.rules.end(), [](const Rule& rule) { return rule.check == "advisory"; });
}

Result<void> read(const LoadedPolicy& loaded, const std::function<bool(const std::string&)>& wanted, Instant now, unsigned jobs, AdvisoryData& data) {
    TRY_VOID(read_advisories(loaded.advisory_files.advisories, wanted, now, jobs, data));
    return read_vex_files(loaded.advisory_files.vex, loaded.trust, now, data);
}

}  // namespace

std::vector<DataSource> sources_of(const AdvisoryData& data) {
    std::vector<DataSource> sources;
    sources.reserve(data.sources.size() + data.vex_documents.size());
    for (const AdvisorySource& source : data.sources) sources.push_back({source.name, source.sha256, "advisories", source.records, source.as_of()});
    for (std::size_t i = 0; i < data.vex_documents.size(); ++i) {
        DataSource source{data.vex_documents[i].name, data.vex_documents[i].digest, "vex", 0, {}};
        for (const VexStatement& statement : data.vex) {
            if (statement.document != i) continue;
            ++source.records;
            if (!source.as_of || statement.stated > *source.as_of) source.as_of = statement.stated;
        }
        sources.push_back(std::move(source));
    }
    return sources;
}

BroughtAdvisories bring_advisories(const LoadedPolicy& loaded, const std::unordered_set<std::string>& names, Instant now, unsigned jobs) {
    BroughtAdvisories brought;
    const auto& extended = loaded.policy.extended;
    const bool asked = asks(loaded.policy) || std::any_of(extended.begin(), extended.end(), [](const auto& one) { return asks(*one); });
    if (!asked || (loaded.advisories == nullptr && loaded.advisory_files.empty())) return brought;
    if (loaded.advisories != nullptr) {
        brought.data = loaded.advisories;
        brought.sources = loaded.advisory_sources.empty() ? sources_of(*brought.data) : loaded.advisory_sources;
        return brought;
    }
    auto data = std::make_shared<AdvisoryData>();
    if (auto done = read(loaded, [&](const std::string& key) { return names.contains(key); }, now, jobs, *data); !done.ok()) {
        *data = {};
        data->problem = done.error().message;
        brought.error = done.error();
    }
    brought.sources = sources_of(*data);
    brought.data = std::move(data);
    return brought;
}

Result<std::shared_ptr<const AdvisoryData>> bring_all_advisories(const LoadedPolicy& loaded, Instant now) {
    auto data = std::make_shared<AdvisoryData>();
    TRY_VOID(read(loaded, [](const std::string&) { return true; }, now, 0, *data));
    return std::shared_ptr<const AdvisoryData>(std::move(data));
}

void add_advisory_names(const Subject& subject, const Evidence& evidence, std::unordered_set<std::string>& names) {
    const auto named = checkers::package_in_name(subject, evidence);
    names.insert(advisory_key(named ? *named : subject.reference));
    for (const Requirement& requirement : evidence.requirements) names.insert(advisory_key(requirement.reference));
}

}  // namespace headgate::pipeline
