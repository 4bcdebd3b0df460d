#include "attest/statement.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }

Result<StatementSubject> subject_of(const Json& json) {
    if (!json.is_object()) return malformed("a subject is no object");
    StatementSubject subject;
    if (const Json* name = json.find("name")) {
        if (!name->is_text()) return malformed("a subject's name is no string");
        subject.name = name->text;
    }
    const Json* const digest = json.find("digest");
    if (digest == nullptr || !digest->is_object() || digest->members.empty()) {
        return malformed("a subject has no digest");
    }
    for (const auto& [algorithm, value] : digest->members) {
        if (!value.is_text() || value.text.empty()) return malformed("a subject's digest is no string");
        for (const crypto::Hash hash : {crypto::Hash::sha384, crypto::Hash::sha512}) {
            if (algorithm == crypto::to_string(hash)) subject.further.emplace_back(hash, ascii_lower(value.text));
        }
        if (algorithm != "sha256" && algorithm != "dirHash") continue;
        if (!is_lower_hex(value.text, 64)) {
            return malformed("a subject's " + algorithm + " is not 64 lower-case hex digits");
        }
        (algorithm == "sha256" ? subject.digest.sha256 : subject.digest.dir_hash) = value.text;
    }
    return subject;
}

// RFC 6901: '~' and '/' within a key.
std::string escaped_key(std::string_view key) {
    std::string escaped;
    for (const char c : key) {
        if (c == '~') {
            escaped += "~0";
        } else if (c == '/') {
            escaped += "~1";
        } else {
            escaped += c;
        }
    }
    return escaped;
}

class Flattener {
  public:
    // The codec bounds the depth of `value`.
    bool add(const Json& value, const std::string& pointer) {
        switch (value.type) {
            case Json::Type::object:
                return std::all_of(value.members.begin(), value.members.end(), [&](const Json::Member& member) {
                    return add(member.second, pointer + "/" + escaped_key(member.first));
                });
            case Json::Type::array:
                for (std::size_t i = 0; i < value.items.size(); ++i) {
                    if (!add(value.items[i], pointer + "/" + std::to_string(i))) return false;
                }
                return true;
            case Json::Type::text: return put(pointer, PredicateField::Type::text, value.text);
            case Json::Type::boolean:
                return put(pointer, PredicateField::Type::boolean, value.boolean ? "true" : "false");
            case Json::Type::null: return put(pointer, PredicateField::Type::null, "null");
            case Json::Type::integer:
            case Json::Type::real: break;
        }
        return put(pointer, PredicateField::Type::number, value.text);
    }
    std::vector<PredicateField> take() { return std::move(fields_); }

  private:
    bool put(const std::string& pointer, PredicateField::Type type, std::string value) {
        bytes_ += pointer.size() + value.size();
        if (fields_.size() == kMaxFields || bytes_ > kMaxFieldBytes) return false;
        fields_.push_back({pointer, type, std::move(value)});
        return true;
    }
    std::vector<PredicateField> fields_;
    std::size_t bytes_ = 0;
};

const Json* at_path(const Json& json, std::string_view path) {
    const Json* value = &json;
    for (const std::string_view key : split(path, '/')) {
        value = value->find(key);
        if (value == nullptr) return nullptr;
    }
    return value;
}

}  // namespace

Result<ParsedStatement> parse_statement(ByteView json, StatementVersions versions) {
    codec::JsonLimits limits;
    limits.depth = 64;
    limits.bytes = 16U << 20U;
    limits.values = 1'000'000;
    Json document = TRY(codec::parse_json(json, limits));
    const std::string* const type = document.find_text("_type");
    if (type == nullptr) return malformed("no in-toto statement: \"_type\" is missing");
    if (*type != kStatementType && (versions == StatementVersions::v1_only || *type != kStatementTypeV01)) {
        return Error{ErrorCode::unsupported, "a statement of type " + escape_terminal(*type, 120) + "; only " +
                                                 std::string(kStatementType) + " is read"};
    }
    ParsedStatement statement;
    const std::string* const predicate_type = document.find_text("predicateType");
    if (predicate_type == nullptr || predicate_type->empty()) return malformed("\"predicateType\" is missing");
    statement.predicate_type = *predicate_type;
    const Json* const subjects = document.find("subject");
    if (subjects == nullptr || !subjects->is_array() || subjects->items.empty()) {
        return malformed("\"subject\" is missing or empty");
    }
    if (subjects->items.size() > kMaxSubjects) {
        return malformed("more than " + std::to_string(kMaxSubjects) + " subjects");
    }
    for (const Json& subject : subjects->items) statement.subjects.push_back(TRY(subject_of(subject)));
    for (Json::Member& member : document.members) {
        if (member.first != "predicate") continue;
        if (!member.second.is_object()) return malformed("\"predicate\" is no object");
        statement.predicate = std::move(member.second);
    }
    return statement;
}

bool is_about(const ParsedStatement& statement, const DigestSet& digest, const FurtherDigest& further) {
    if (digest.empty()) return false;
    const auto agrees = [&](const auto& stated) {
        const auto made = further ? further(stated.first) : std::nullopt;
        return !made || *made == stated.second;
    };
    return std::any_of(statement.subjects.begin(), statement.subjects.end(), [&](const StatementSubject& subject) {
        return subject.digest == digest && std::all_of(subject.further.begin(), subject.further.end(), agrees);
    });
}

Result<std::vector<PredicateField>> flatten(const codec::Json& predicate) {
    Flattener flattener;
    if (!predicate.is_object()) return std::vector<PredicateField>{};
    if (!flattener.add(predicate, "")) {
        return malformed("the predicate has more than " + std::to_string(kMaxFields) + " values or " +
                         std::to_string(kMaxFieldBytes) + " bytes of them");
    }
    return flattener.take();
}

std::optional<std::int64_t> stated_time(const codec::Json& predicate) {
    static constexpr std::array<std::string_view, 9> kTimes = {
        "timeVerified",           "timeCreated",
        "timestamp",              "metadata/finishedOn",
        "metadata/scanFinishedOn", "runDetails/metadata/finishedOn",
        "runDetails/metadata/startedOn", "metadata/buildFinishedOn",
        "metadata/createdOn"};
    for (const std::string_view path : kTimes) {
        const Json* const value = at_path(predicate, path);
        if (value == nullptr) continue;
        const auto instant = value->is_text() ? parse_instant(value->text) : std::nullopt;
        return instant ? std::optional<std::int64_t>(instant->seconds) : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace headgate::attest
