// answer.cpp: what a plugin answers to `check`.
#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "external/document.hpp"
#include "external/members.hpp"
#include "external/protocol.hpp"

namespace headgate::external {
namespace {

using codec::Json;

constexpr std::size_t kMaxMember = 1024;
constexpr std::string_view kAnswer = "the answer";
constexpr std::string_view kFinding = "a finding";
constexpr std::array<std::string_view, 4> kStatus = {"error", "partial", "not-applicable", "complete"};

bool has_file(const CheckRequest& request, std::string_view path) {
    return std::any_of(request.files.begin(), request.files.end(), [&](const InputFile& file) { return file.path == path; });
}

Result<Location> read_location(const Json& item, const CheckRequest& request) {
    Location where;
    const Json* const evidence = item.find("evidence");
    if (evidence == nullptr) return where;
    if (!evidence->is_object()) return malformed("'evidence' of a finding is no object");
    constexpr std::string_view kWhere = "'evidence' of a finding";
    if (evidence->find("path") != nullptr) {
        where.path = TRY(text_of(*evidence, "path", 1U << 20U, kWhere));
        if (!has_file(request, where.path)) return malformed("a finding is about the file '" + where.path + "', which the plugin was not given");
    }
    where.member = TRY(text_or_none(*evidence, "member", kMaxMember, kWhere));
    const std::int64_t offset = TRY(count_of(*evidence, "offset", -1, kWhere));
    if (offset >= 0) where.offset = static_cast<std::uint64_t>(offset);
    const std::int64_t line = TRY(count_of(*evidence, "line", 0, kWhere));
    if (line > UINT32_MAX) return malformed("'line' of a finding is too large");
    if (line > 0) where.line = static_cast<std::uint32_t>(line);
    return where;
}

Result<Finding> read_finding(const Json& item, const CheckRequest& request, const Description& described) {
    if (!item.is_object()) return malformed("a finding is no object");
    const std::string id = TRY(name_of(item, "rule", kMaxId, kFinding));
    const PluginRule* const rule = described.find(id);
    if (rule == nullptr) return malformed("a finding is by rule '" + id + "', which the plugin '" + described.name + "' does not describe");
    Finding finding;
    finding.id = id;
    finding.severity = rule->severity;
    if (item.find("severity") != nullptr) {
        const auto severity = parse_severity(TRY(text_of(item, "severity", 16, kFinding)));
        if (!severity) return malformed("'severity' of a finding is none of critical, high, medium, low, info");
        finding.severity = *severity;
    }
    finding.message = TRY(text_of(item, "message", kMaxText, kFinding));
    finding.where = TRY(read_location(item, request));
    finding.why = rule->why;
    finding.fix = TRY(text_or_none(item, "fix", kMaxText, kFinding));
    if (finding.fix.empty()) finding.fix = rule->fix;
    return finding;
}

// What it says of files that it did not look at makes the whole partial, whatever its status says.
Result<bool> read_coverage(const Json& document, const CheckRequest& request, Answer& answer) {
    const Json* const coverage = document.find("coverage");
    if (coverage == nullptr) return false;
    if (!coverage->is_object()) return malformed("'coverage' of the answer is no object");
    answer.examined = static_cast<std::uint64_t>(TRY(count_of(*coverage, "examined", 0, "'coverage'")));
    if (answer.examined > request.files.size()) return malformed("the plugin says that it examined more files than it was given");
    const Json* const skipped = TRY(list_of(*coverage, "skipped", request.files.size(), "'coverage'"));
    if (skipped == nullptr) return false;
    for (const Json& item : skipped->items) {
        if (!item.is_object()) return malformed("an item of 'skipped' is no object");
        const std::string path = TRY(text_of(item, "path", 1U << 20U, "'skipped'"));
        if (!has_file(request, path)) return malformed("'skipped' names the file '" + path + "', which the plugin was not given");
        const std::string reason = TRY(text_or_none(item, "reason", kMaxText, "'skipped'"));
        if (answer.message.empty()) answer.message = "it did not look at " + path + (reason.empty() ? "" : ": " + reason);
    }
    return !skipped->items.empty();
}

Result<void> read_data(const Json& document, Answer& answer) {
    const Json* const data = TRY(list_of(document, "data", kMaxData, kAnswer));
    if (data == nullptr) return {};
    for (const Json& item : data->items) {
        if (!item.is_object()) return malformed("an item of 'data' is no object");
        PluginData one;
        one.name = TRY(name_of(item, "name", 256, "'data'"));
        one.as_of = TRY(text_or_none(item, "as_of", 64, "'data'"));
        if (!one.as_of.empty() && !parse_instant(one.as_of)) return malformed("'as_of' of data is no time like 2026-11-01T00:00:00Z");
        one.sha256 = TRY(text_or_none(item, "sha256", 64, "'data'"));
        if (!one.sha256.empty() && !is_lower_hex(one.sha256, 64)) return malformed("'sha256' of data is not 64 digits of lower case hex");
        answer.data.push_back(std::move(one));
    }
    return {};
}

// A plugin that says twice who it is says the same.
Result<void> check_name(const Json& document, const Description& described) {
    const Json* const checker = document.find("checker");
    if (checker == nullptr) return {};
    const std::string* const name = checker->find_text("name");
    const std::string* const version = checker->find_text("version");
    if (name == nullptr || version == nullptr || *name != described.name || *version != described.version) {
        return malformed("'checker' of the answer is not the plugin that was described (" + described.name + " " + described.version + ")");
    }
    return {};
}

Result<Answer> read_one(const Json& document, const CheckRequest& request, const Description& described) {
    TRY_VOID(check_head(document, request.id));
    TRY_VOID(check_name(document, described));
    Answer answer;
    answer.id = request.id;
    const std::string status = TRY(text_of(document, "status", 32, kAnswer));
    const auto known = std::find(kStatus.begin(), kStatus.end(), status);
    if (known == kStatus.end()) return malformed("'status' of the answer is none of complete, partial, not-applicable, error");
    answer.status = static_cast<Status>(known - kStatus.begin());
    answer.message = TRY(text_or_none(document, "message", kMaxText, kAnswer));
    if (const Json* findings = TRY(list_of(document, "findings", kMaxFindings, kAnswer))) {
        for (const Json& item : findings->items) answer.findings.push_back(TRY(read_finding(item, request, described)));
    } else if (answer.status == Status::complete) {
        return malformed("a complete answer has no 'findings', not even an empty list");
    }
    if (answer.status == Status::not_applicable && !answer.findings.empty()) {
        return malformed("the plugin has findings about a subject that it says is not its business");
    }
    const bool left_out = TRY(read_coverage(document, request, answer));
    if (left_out && answer.status == Status::complete) answer.status = Status::partial;
    TRY_VOID(read_data(document, answer));
    return answer;
}

}  // namespace

Result<Json> read_document(ByteView bytes) {
    codec::JsonLimits limits;
    limits.depth = 32;
    limits.bytes = kMaxAnswer;
    limits.values = 200'000;
    if (bytes.empty()) return malformed("it answered nothing");
    auto document = codec::parse_json(bytes, limits);
    if (!document.ok()) return malformed("its answer is no single JSON document: " + document.error().message);
    return document;
}

Result<void> check_head(const Json& document, std::string_view id) {
    if (!document.is_object()) return malformed("its answer is no object");
    const Json* const protocol = document.find("protocol");
    if (protocol == nullptr || !protocol->is_integer() || protocol->integer != kProtocol) {
        return malformed("its answer is not of protocol " + std::to_string(kProtocol));
    }
    const std::string* const answered = document.find_text("request_id");
    if (answered == nullptr || *answered != id) return malformed("its answer is to another request: 'request_id' differs");
    return {};
}

Result<Answer> read_answer(ByteView bytes, const CheckRequest& request, const Description& described) {
    return read_one(TRY(read_document(bytes)), request, described);
}

Result<std::vector<Answer>> read_answers(ByteView bytes, std::span<const CheckRequest> requests, const Description& described) {
    const Json document = TRY(read_document(bytes));
    if (!document.is_array() || document.items.size() != requests.size()) {
        return malformed("its answer to " + std::to_string(requests.size()) + " requests is no list of as many answers");
    }
    std::vector<Answer> answers;
    for (const CheckRequest& request : requests) {
        const auto mine = [&](const Json& item) {
            const std::string* const id = item.find_text("request_id");
            return id != nullptr && *id == request.id;
        };
        const auto found = std::find_if(document.items.begin(), document.items.end(), mine);
        if (found == document.items.end()) return malformed("a request of the batch has no answer");
        answers.push_back(TRY(read_one(*found, request, described)));
    }
    return answers;
}

}  // namespace headgate::external
