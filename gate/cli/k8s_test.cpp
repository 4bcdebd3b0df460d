// k8s_test.cpp: `headgate k8s test`: AdmissionReviews and plain manifests, judged as the webhook judges them, without a cluster and without
// a network.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>

#include "base/text.hpp"
#include "cli/k8s.hpp"
#include "cli/k8s_expected.hpp"
#include "codec/json.hpp"
#include "io/directory.hpp"
#include "io/file_source.hpp"
#include "pipeline/admission_answer.hpp"
#include "pipeline/admission_offline.hpp"
#include "pipeline/prepared_policy.hpp"

namespace headgate::cli {
namespace {

using codec::Json;

constexpr std::uint64_t kMostFile = 16ULL << 20U;
constexpr std::chrono::hours kLong{1};               // nobody waits

struct Options {
    PolicyChoice choice;
    std::vector<std::string> arguments;
    std::string expect;
    std::string output = "text";
};

struct Row {
    std::string name;                                // as printed
    std::string path;                                // with the folder that was given: what a case is compared with
    std::string operation, kind, name_space;
    std::string decision;                            // of ExpectedReview
    pipeline::AdmissionAnswer answer;
    std::vector<pipeline::AdmissionJudgement::Named> named;
    std::string problem;                             // how it differs from what was expected
    bool expected = false;
};

bool is_manifest_name(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json"); }

std::string decision_word(pipeline::AdmissionJudgement::Outcome outcome) {
    using Outcome = pipeline::AdmissionJudgement::Outcome;
    switch (outcome) {
        case Outcome::allowed: return "allow";
        case Outcome::denied: return "deny";
        case Outcome::refused: return "refuse";
        case Outcome::overdue:
        case Outcome::undecided: break;
    }
    return "error";
}

Row row_of(const pipeline::LoadedPolicy& loaded, const pipeline::OfflineReview& offline, Instant now) {
    Row row;
    row.name = row.path = offline.name;
    if (!offline.review.ok()) {
        row.decision = "none";
        row.answer.message = offline.review.error().message;
        return row;
    }
    const pipeline::AdmissionReview& review = *offline.review;
    pipeline::AdmissionContext context;
    context.now = now;
    context.deadline = std::chrono::steady_clock::now() + kLong;
    const pipeline::AdmissionJudgement judgement = pipeline::judge_admission(loaded, review, context);
    row.operation = to_string(review.operation);
    row.kind = review.kind.name;
    row.name_space = review.name_space;
    row.decision = decision_word(judgement.outcome);
    row.answer = pipeline::answer_to(review, judgement, loaded.policy.digest, "");
    row.named = judgement.named;
    if (row.answer.allowed && row.answer.message.empty()) row.answer.message = judgement.reason;
    return row;
}

Result<void> judge_file(const pipeline::LoadedPolicy& loaded, const std::string& path, Instant now, std::vector<Row>& rows) {
    const Bytes bytes = TRY(io::read_file(path, kMostFile));
    auto reviews = pipeline::offline_reviews(path, bytes);
    if (!reviews.ok()) {
        Row row;
        row.name = row.path = path;
        row.decision = "none";
        row.answer.message = reviews.error().message;
        rows.push_back(std::move(row));
        return {};
    }
    for (const pipeline::OfflineReview& review : *reviews) rows.push_back(row_of(loaded, review, now));
    return {};
}

Result<std::vector<std::string>> files_of(const std::vector<std::string>& arguments) {
    std::vector<std::string> files;
    for (const std::string& argument : arguments) {
        if (TRY(io::path_type(argument)) != io::Entry::Type::folder) {
            files.push_back(argument);
            continue;
        }
        const auto folder = TRY(io::Directory::open(argument));
        std::vector<std::string> inside;
        for (const io::Entry& entry : TRY(folder->walk(""))) {
            if (entry.type == io::Entry::Type::file && is_manifest_name(entry.path)) inside.push_back(argument + (argument.ends_with('/') ? "" : "/") + entry.path);
        }
        std::sort(inside.begin(), inside.end());
        files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
}

std::vector<std::string> references_of(const Row& row) {
    std::vector<std::string> list;
    for (const auto& one : row.named) list.push_back(one.reference);
    return list;
}

// Each case has its review; a case without one has failed too.
Result<std::vector<std::string>> compare(const std::string& path, std::vector<Row>& rows) {
    const Bytes bytes = TRY(io::read_file(path, kMostFile));
    const auto cases = TRY(read_expected(bytes, path));
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
    std::vector<std::string> missing;
    for (const ExpectedReview& expected : cases) {
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.path == folder + expected.review; });
        if (row == rows.end()) {
            missing.push_back(expected.line + ": " + expected.review + " is not among what was judged");
            continue;
        }
        row->expected = true;
        row->problem = difference(expected, row->decision, references_of(*row), row->answer.message);
        if (!row->problem.empty()) row->problem = expected.line + ": " + row->problem;
    }
    return missing;
}

void print_text(const std::vector<Row>& rows, const std::vector<std::string>& missing) {
    std::size_t width = 4;
    for (const Row& row : rows) width = std::max(width, std::min<std::size_t>(escape_terminal(row.name).size(), 60));
    for (const Row& row : rows) {
        const char* const mark = !row.expected ? "  " : row.problem.empty() ? "ok" : "no";
        const std::string what = row.operation.empty() ? "-" : row.operation + " " + row.kind + " in " + (row.name_space.empty() ? "-" : row.name_space);
        std::printf("%s  %-6s  %-*s  %s\n", mark, row.decision.c_str(), static_cast<int>(width), escape_terminal(row.name).c_str(), escape_terminal(what).c_str());
        if (!row.answer.message.empty()) std::printf("            %s\n", escape_terminal(row.answer.message).c_str());
        for (const std::string& warning : row.answer.warnings) std::printf("            warning: %s\n", escape_terminal(warning).c_str());
        if (!row.problem.empty()) std::printf("            %s\n", escape_terminal(row.problem).c_str());
    }
    for (const std::string& line : missing) std::printf("no  %s\n", escape_terminal(line).c_str());
}

Json json_of(const Row& row) {
    Json one = Json::object();
    one.add("review", Json::of(row.name));
    one.add("operation", Json::of(row.operation));
    one.add("kind", Json::of(row.kind));
    one.add("namespace", Json::of(row.name_space));
    one.add("decision", Json::of(row.decision));
    one.add("code", Json::of(std::int64_t{row.answer.allowed ? 200 : row.decision == "none" ? 400 : row.answer.code}));
    one.add("message", Json::of(row.answer.message));
    Json& references = one.add("references", Json::array());
    for (const auto& named : row.named) {
        Json reference = Json::object();
        reference.add("path", Json::of(named.path));
        reference.add("reference", Json::of(named.reference));
        reference.add("written", Json::of(named.written));
        reference.add("digest", Json::of(named.digest));
        reference.add("allowed", Json::of(named.allowed));
        references.push(std::move(reference));
    }
    Json& warnings = one.add("warnings", Json::array());
    for (const std::string& warning : row.answer.warnings) warnings.push(Json::of(warning));
    if (row.expected) one.add("differs", Json::of(row.problem));
    return one;
}

void print_json(const pipeline::LoadedPolicy& loaded, const std::vector<Row>& rows, const std::vector<std::string>& missing) {
    Json document = Json::object();
    document.add("headgate", Json::of(std::int64_t{1}));
    Json& policy = document.add("policy", Json::object());
    policy.add("name", Json::of(loaded.policy.name));
    policy.add("digest", Json::of(loaded.policy.digest));
    Json& reviews = document.add("reviews", Json::array());
    for (const Row& row : rows) reviews.push(json_of(row));
    Json& absent = document.add("missing", Json::array());
    for (const std::string& line : missing) absent.push(Json::of(line));
    std::printf("%s\n", codec::write_json(document).c_str());
}

int exit_code(const std::vector<Row>& rows, const std::vector<std::string>& missing, bool compared) {
    if (rows.empty()) return missing.empty() ? kNothing : kDeny;
    if (compared) {
        const bool differs = std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row.problem.empty(); });
        return differs || !missing.empty() ? kDeny : kAllow;
    }
    const auto has = [&](std::string_view decision) { return std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.decision == decision; }); };
    if (has("deny") || has("refuse") || has("none")) return kDeny;
    return has("error") ? kUndecided : kAllow;
}

Result<int> run(const Options& options) {
    pipeline::LoadedPolicy loaded = TRY(options.choice.load());
    loaded.prepared = std::make_shared<pipeline::PreparedPolicies>();
    const Instant now = TRY(options.choice.time());
    std::vector<Row> rows;
    for (const std::string& path : TRY(files_of(options.arguments))) TRY_VOID(judge_file(loaded, path, now, rows));
    std::vector<std::string> missing;
    const bool compared = !options.expect.empty();
    if (compared) missing = TRY(compare(options.expect, rows));
    if (options.output == "json") {
        print_json(loaded, rows, missing);
    } else {
        print_text(rows, missing);
        const auto count = [&](const auto& is) { return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), is)); };
        if (compared) {
            const std::size_t failed = count([](const Row& row) { return !row.problem.empty(); }) + missing.size();
            const std::size_t passed = count([](const Row& row) { return row.expected && row.problem.empty(); });
            std::printf("%zu passed, %zu failed, %zu not expected  (policy %s)\n", passed, failed, count([](const Row& row) { return !row.expected; }),
                        escape_terminal(loaded.policy.name).c_str());
        } else {
            std::printf("%zu allowed, %zu not  (policy %s)\n", count([](const Row& row) { return row.decision == "allow"; }),
                        count([](const Row& row) { return row.decision != "allow"; }), escape_terminal(loaded.policy.name).c_str());
        }
    }
    return exit_code(rows, missing, compared);
}

}  // namespace

Subcommand k8s_test(CLI::App& parent) {
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("test", "replay AdmissionReviews and manifests offline, as the webhook would answer them");
    app->add_option("reviews", options->arguments, "files of AdmissionReviews or manifests (YAML, JSON), or folders of them")->type_name("FILE|DIR")->required();
    app->footer("What --expect takes:\n  k8s-test: 1\n  cases:\n    - { review: pods/a.yaml, decision: deny, references: [\"oci:docker.io/library/nginx\"], says: container.digest }\n"
                "Paths are relative to that file, \"a.yaml#2\" is the second object of one. decision: allow, deny, refuse, error, none.");
    add_policy_options(*app, options->choice.policy, options->choice.sha256, options->choice.signed_by);
    app->add_option("--at", options->choice.at, "the moment to judge at; now without")->type_name("TIME");
    app->add_option("--expect", options->expect, "what is expected of which review (YAML); exit 1 when one comes out otherwise")->type_name("FILE");
    one_of(app->add_option("--output", options->output, "how to print")->capture_default_str(), {"text", "json"});
    return {app, [options]() -> Result<int> { return run(*options); }};
}

}  // namespace headgate::cli
