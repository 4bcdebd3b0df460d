// facts.cpp: `headgate facts`: the evidence as JSON, schema headgate.dev/facts/v1 (rules/schema/facts-v1.schema.json). Every
// list of model/fact.hpp is there under its own name, empty lists too.
#include "codec/json.hpp"
#include "report/report.hpp"

namespace headgate::report {
namespace {

using codec::Json;

Json number(std::uint64_t value) { return Json::of(static_cast<std::int64_t>(value)); }

Json texts(const std::vector<std::string>& values) {
    Json array = Json::array();
    for (const std::string& value : values) array.push(Json::of(value));
    return array;
}

// A fact as an object that begins with where it was found.
Json at(const Location& where) {
    Json location = Json::object();
    location.add("path", Json::of(where.path));
    if (!where.member.empty()) location.add("member", Json::of(where.member));
    if (where.offset) location.add("offset", number(*where.offset));
    if (where.line) location.add("line", number(*where.line));
    Json object = Json::object();
    object.add("where", std::move(location));
    return object;
}

template <typename Fact, typename Fill>
void list(Json& document, const char* name, const std::vector<Fact>& facts, Fill fill) {
    Json& array = document.add(name, Json::array());
    for (const Fact& fact : facts) array.push(fill(fact));
}

std::string_view how_name(Call::How how) {
    static constexpr std::string_view kNames[] = {"reduce", "instance", "new_object", "build", "extend", "persistent"};
    return kNames[static_cast<std::size_t>(how)];
}

std::string_view source_name(Requirement::Source source) {
    static constexpr std::string_view kNames[] = {"registry", "url", "git", "path", "workspace", "unknown"};
    return kNames[static_cast<std::size_t>(source)];
}

std::string_view role_name(IndexOption::Role role) {
    static constexpr std::string_view kNames[] = {"primary", "extra", "find_links", "trusted_host", "no_index"};
    return kNames[static_cast<std::size_t>(role)];
}

std::string_view outcome_name(DigestClaim::Outcome outcome) {
    static constexpr std::string_view kNames[] = {"matches", "differs", "missing", "unlisted"};
    return kNames[static_cast<std::size_t>(outcome)];
}

std::string_view type_name(PredicateField::Type type) {
    static constexpr std::string_view kNames[] = {"text", "number", "boolean", "null"};
    return kNames[static_cast<std::size_t>(type)];
}

void add_artifact_facts(Json& document, const Evidence& evidence) {
    list(document, "files", evidence.files, [](const FileRecord& file) {
        Json object = Json::object();
        object.add("path", Json::of(file.path));
        object.add("size", number(file.size));
        object.add("sha256", Json::of(file.sha256));
        object.add("examined", Json::of(file.examined));
        object.add("evidence", Json::of(file.evidence));
        return object;
    });
    list(document, "formats", evidence.formats, [](const FormatFact& fact) {
        Json object = at(fact.where);
        object.add("format", Json::of(fact.format));
        object.add("inert", Json::of(fact.inert));
        object.add("code", Json::of(fact.code));
        return object;
    });
    list(document, "imports", evidence.imports, [](const Import& fact) {
        Json object = at(fact.where);
        object.add("module", Json::of(fact.module));
        object.add("name", Json::of(fact.name));
        if (!fact.written.empty()) object.add("written", Json::of(fact.written));
        return object;
    });
    list(document, "calls", evidence.calls, [](const Call& fact) {
        Json object = at(fact.where);
        object.add("how", Json::of(how_name(fact.how)));
        object.add("callee", Json::of(fact.callee));
        object.add("arguments", texts(fact.arguments));
        return object;
    });
    list(document, "members", evidence.members, [](const Member& fact) {
        Json object = at(fact.where);
        object.add("name", Json::of(fact.path));
        object.add("size", number(fact.size));
        if (!fact.sha256.empty()) object.add("sha256", Json::of(fact.sha256));
        return object;
    });
    list(document, "tensors", evidence.tensors, [](const Tensor& fact) {
        Json object = at(fact.where);
        object.add("name", Json::of(fact.name));
        object.add("dtype", Json::of(fact.dtype));
        Json& shape = object.add("shape", Json::array());
        for (const std::uint64_t dimension : fact.shape) shape.push(number(dimension));
        object.add("bytes", number(fact.bytes));
        return object;
    });
    list(document, "index_entries", evidence.index_entries, [](const IndexEntry& fact) {
        Json object = at(fact.where);
        object.add("tensor", Json::of(fact.tensor));
        object.add("file", Json::of(fact.file));
        return object;
    });
    list(document, "cards", evidence.cards, [](const Card& fact) {
        Json object = at(fact.where);
        Json& fields = object.add("fields", Json::array());
        for (const auto& [key, value] : fact.fields) {
            Json field = Json::object();
            field.add("key", Json::of(key));
            field.add("value", Json::of(value));
            fields.push(std::move(field));
        }
        return object;
    });
}

void add_manifest_facts(Json& document, const Evidence& evidence) {
    list(document, "requirements", evidence.requirements, [](const Requirement& fact) {
        Json object = at(fact.where);
        object.add("reference", Json::of(fact.reference.canonical));
        object.add("written", Json::of(fact.written));
        object.add("pinned", Json::of(fact.pinned));
        object.add("source", Json::of(source_name(fact.source)));
        object.add("url", Json::of(fact.url));
        object.add("integrity", texts(fact.integrity));
        object.add("runs_install_script", Json::of(fact.runs_install_script));
        object.add("dynamic", Json::of(fact.dynamic));
        return object;
    });
    list(document, "index_options", evidence.index_options, [](const IndexOption& fact) {
        Json object = at(fact.where);
        object.add("role", Json::of(role_name(fact.role)));
        object.add("ecosystem", Json::of(fact.ecosystem));
        object.add("url", Json::of(fact.url));
        object.add("written", Json::of(fact.written));
        return object;
    });
    list(document, "includes", evidence.includes, [](const Include& fact) {
        Json object = at(fact.where);
        object.add("path", Json::of(fact.path));
        object.add("constraints", Json::of(fact.constraints));
        return object;
    });
}

void add_trust_facts(Json& document, const Evidence& evidence) {
    list(document, "digest_claims", evidence.digest_claims, [](const DigestClaim& fact) {
        Json object = at(fact.where);
        object.add("about", Json::of(fact.about));
        object.add("outcome", Json::of(outcome_name(fact.outcome)));
        return object;
    });
    list(document, "signatures", evidence.signatures, [](const Signature& fact) {
        Json object = at(fact.where);
        object.add("scheme", Json::of(fact.scheme));
        object.add("signers", texts(fact.signers));
        object.add("key_ids", texts(fact.key_ids));
        object.add("covers_subject", Json::of(fact.covers_subject));
        object.add("problem", Json::of(fact.problem));
        if (!fact.problem_path.empty()) object.add("problem_path", Json::of(fact.problem_path));
        object.add("unsigned_files", texts(fact.unsigned_files));
        object.add("digest", Json::of(fact.digest));
        return object;
    });
    list(document, "statements", evidence.statements, [](const Statement& fact) {
        Json object = at(fact.where);
        object.add("predicate_type", Json::of(fact.predicate_type));
        object.add("signers", texts(fact.signers));
        object.add("key_ids", texts(fact.key_ids));
        object.add("digest", Json::of(fact.digest));
        object.add("issued", fact.issued ? Json::of(format_instant({*fact.issued})) : Json{});
        Json& fields = object.add("fields", Json::array());
        for (const PredicateField& field : fact.fields) {
            Json item = Json::object();
            item.add("at", Json::of(field.pointer));
            item.add("type", Json::of(type_name(field.type)));
            item.add("value", Json::of(field.value));
            fields.push(std::move(item));
        }
        return object;
    });
}

}  // namespace

std::string facts(const Subject& subject, const Evidence& evidence) {
    Json document = Json::object();
    document.add("schema", Json::of("headgate.dev/facts/v1"));
    document.add("ref", Json::of(subject.ref));
    document.add("kind", Json::of(to_string(subject.kind)));
    document.add("origin", Json::of(to_string(subject.origin)));
    Json& digest = document.add("digest", Json::object());
    if (!subject.digest.sha256.empty()) digest.add("sha256", Json::of(subject.digest.sha256));
    if (!subject.digest.dir_hash.empty()) digest.add("dirHash", Json::of(subject.digest.dir_hash));
    add_artifact_facts(document, evidence);
    add_manifest_facts(document, evidence);
    add_trust_facts(document, evidence);
    list(document, "opaques", evidence.opaques, [](const Opaque& fact) {
        Json object = at(fact.where);
        object.add("why", Json::of(fact.why));
        object.add("bytes", number(fact.bytes));
        return object;
    });
    list(document, "findings", evidence.findings, [](const Finding& finding) {
        Json object = at(finding.where);
        object.add("id", Json::of(finding.id));
        object.add("severity", Json::of(to_string(finding.severity)));
        object.add("message", Json::of(finding.message));
        object.add("why", Json::of(finding.why));
        object.add("fix", Json::of(finding.fix));
        return object;
    });
    return codec::write_json(document) + "\n";
}

}  // namespace headgate::report
