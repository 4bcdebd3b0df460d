#include "attest/subject_digests.hpp"

#include <algorithm>

#include "codec/json.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

constexpr std::size_t kMaxAlgorithms = 32;

Error malformed(std::string what) { return {ErrorCode::malformed, "statement: " + std::move(what)}; }

Result<NamedDigests> read_subject(const Json& subject) {
    const Json* const digest = subject.find("digest");
    if (digest == nullptr || !digest->is_object() || digest->members.empty()) return malformed("a subject has no digest");
    if (digest->members.size() > kMaxAlgorithms) return malformed("a subject has more than 32 digests");
    NamedDigests digests;
    for (const auto& [algorithm, value] : digest->members) {
        if (!value.is_text() || value.text.empty()) return malformed("a digest is no string");
        digests.emplace(algorithm, value.text);
    }
    return digests;
}

bool agrees(const NamedDigests& subject, const NamedDigests& known) {
    bool same = false;
    for (const auto& [algorithm, value] : known) {
        const auto stated = subject.find(algorithm);
        if (stated == subject.end()) continue;
        if (value.empty() || stated->second != value) return false;
        same = true;
    }
    return same;
}

}  // namespace

Result<StatementSubjects> read_subjects(ByteView statement) {
    codec::JsonLimits limits;
    limits.bytes = 16U << 20U;
    limits.values = 500'000;
    auto json = codec::parse_json(statement, limits);
    if (!json.ok()) return malformed(json.error().message);
    const std::string* const type = json->find_text("_type");
    if (type == nullptr || (*type != "https://in-toto.io/Statement/v1" && *type != "https://in-toto.io/Statement/v0.1")) {
        return malformed("its \"_type\" is not an in-toto statement of version 0.1 or 1");
    }
    const std::string* const predicate = json->find_text("predicateType");
    if (predicate == nullptr || predicate->empty()) return malformed("it has no \"predicateType\"");
    const Json* const subjects = json->find("subject");
    if (subjects == nullptr || !subjects->is_array() || subjects->items.empty()) return malformed("it has no subject");
    if (subjects->items.size() > kMaxBundleSubjects) return malformed("it has more than 1024 subjects");
    StatementSubjects result{*predicate, {}, {}, {}};
    for (const Json& subject : subjects->items) {
        result.subjects.push_back(TRY(read_subject(subject)));
        const Json* const name = subject.find("name");
        if (name != nullptr && !name->is_text()) return malformed("a subject's name is no string");
        result.names.push_back(name == nullptr ? "" : name->text);
    }
    for (Json::Member& member : json->members) {
        if (member.first == "predicate") result.predicate = std::move(member.second);
    }
    return result;
}

bool names_digest(const StatementSubjects& statement, const NamedDigests& known) {
    return std::any_of(statement.subjects.begin(), statement.subjects.end(), [&](const NamedDigests& subject) { return agrees(subject, known); });
}

}  // namespace headgate::attest
