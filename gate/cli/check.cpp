// check.cpp: `headgate check`.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <future>

#include "attest/verdict.hpp"
#include "base/text.hpp"
#include "checkers/all.hpp"
#include "cli/attach.hpp"
#include "cli/base.hpp"
#include "cli/judge_options.hpp"
#include "cli/outputs.hpp"
#include "cli/signer.hpp"
#include "io/atomic_file.hpp"
#include "io/file_source.hpp"
#include "io/heap.hpp"
#include "pipeline/data_hashes.hpp"
#include "pipeline/layout_reference.hpp"
#include "report/report.hpp"

namespace headgate::cli {
namespace {

struct CheckOptions {
    JudgeOptions judge;
    std::vector<std::string> outputs;
    std::string attest;
    std::string attest_format = "dsse";
    std::vector<std::string> attest_also;
    SignerOptions signer;
    std::string verifier_id;
    std::string color = "auto";
    std::string fail_on;
    bool exit_zero = false;
    bool allow_empty = false;
    bool strict_waivers = false;
    bool attach = false;
    std::string base;

    bool signs() const { return attach || !attest.empty(); }
    bool quiet = false;
};

struct Output {
    std::string format;
    std::string file;            // "" is stdout
};

Result<std::vector<Output>> parse_outputs(const std::vector<std::string>& wanted) {
    std::vector<Output> outputs;
    std::vector<std::string_view> names;
    for (const report::OutputFormat& format : report::formats()) names.push_back(format.name);
    for (const std::string& text : wanted) {
        const std::size_t equals = text.find('=');
        Output output{text.substr(0, equals), equals == std::string::npos ? "" : text.substr(equals + 1)};
        if (std::find(names.begin(), names.end(), output.format) == names.end()) {
            std::string message = "--output " + output.format + ": no such format";
            if (const auto near = nearest(output.format, names)) message += ", did you mean " + std::string(*near) + "?";
            return Error{ErrorCode::usage, message};
        }
        outputs.push_back(std::move(output));
    }
    if (outputs.empty()) outputs.push_back({"text", ""});
    return outputs;
}

std::string render(const Output& output, const Report& report, const CheckOptions& options) {
    if (output.format == "json") return report::json(report);
    if (output.format == "sarif") return report::sarif(report, checkers::all());
    report::TextOptions text;
    text.color = output.file.empty() &&
                 (options.color == "always" || (options.color == "auto" && wants_color(STDOUT_FILENO)));
    text.quiet = options.quiet;
    return report::text(report, text);
}

// One line on a terminal, at most ten times a second.
class ProgressLine {
  public:
    ProgressLine() : shown_(::isatty(STDERR_FILENO) == 1) {}
    ~ProgressLine() {
        if (written_) std::fputs("\r\033[K", stderr);
    }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void update(std::uint64_t bytes, std::uint64_t files) {
        if (!shown_) return;
        using namespace std::chrono;
        const auto elapsed = duration_cast<milliseconds>(steady_clock::now() - start_).count();
        std::int64_t due = next_;
        if (elapsed < due || !next_.compare_exchange_strong(due, elapsed + 100)) return;
        written_ = true;
        std::fprintf(stderr, "\rheadgate: %.1f MB read of %llu files\033[K", static_cast<double>(bytes) / 1e6,
                     static_cast<unsigned long long>(files));
    }

  private:
    bool shown_;
    std::atomic<bool> written_{false};
    std::atomic<std::int64_t> next_{300};  // short runs show nothing
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Result<void> write_attestation(const CheckOptions& options, Signer& signer, const pipeline::Request& request, const Report& report,
                               std::vector<std::pair<std::string, std::string>> data_hashes) {
    if (!report.policy_pinned) {
        return Error{ErrorCode::usage,
                     "the policy, or a file that it names, lies inside what was judged and is not pinned: give --policy-sha256 to attest"};
    }
    attest::EmitOptions emit;
    emit.format = options.attest_format == "bundle" ? attest::AttestFormat::bundle : attest::AttestFormat::dsse;
    for (const std::string& predicate : options.attest_also) (predicate == "svr" ? emit.simple_result : emit.test_result) = true;
    if (!options.verifier_id.empty()) emit.verifier_id = options.verifier_id;
    emit.tool_version = HEADGATE_VERSION;
    emit.data_hashes = std::move(data_hashes);
    const auto sign = [&](std::string_view statement) {
        return emit.format == attest::AttestFormat::bundle ? signer.bundle(statement) : signer.envelope(statement);
    };
    if (!options.attest.empty()) TRY_VOID(io::write_file_atomically(options.attest, TRY(attest::emit(report, sign, emit))));
    if (options.attach) TRY_VOID(attach_verdicts(report, request, [&](std::string_view statement) { return signer.bundle(statement); }, emit));
    return {};
}

int adjusted(int code, const CheckOptions& options, const Report& report) {
    if (code == kAllow && options.fail_on == "warn") {
        for (const SubjectVerdict& subject : report.subjects) {
            for (const RuleOutcome& rule : subject.rules) {
                if (rule.result == RuleResult::warn) return options.exit_zero ? kAllow : kDeny;
            }
        }
    }
    if (code == kDeny && options.exit_zero) return kAllow;
    if (code == kNothing && options.allow_empty) return kAllow;
    return code;
}

// The part of an argument that is a path.
std::string path_of(const std::string& argument) {
    return argument.starts_with(pipeline::kLayoutScheme) ? pipeline::split_layout_reference(argument).folder : argument;
}

// Before the long work: a report or verdict is written over nothing that was read.
Result<void> check_paths(const CheckOptions& options, const std::vector<Output>& outputs, const pipeline::LoadedPolicy& policy,
                         const pipeline::Request& request) {
    std::vector<NamedPath> written = {{"--attest", options.attest}};
    for (const Output& output : outputs) written.push_back({"--output", output.file});
    if (std::all_of(written.begin(), written.end(), [](const NamedPath& one) { return one.path.empty(); })) return {};
    std::vector<NamedPath> inputs = options.signer.files();
    for (const auto& argument : request.arguments) inputs.push_back({"SUBJECT", path_of(argument.text)});
    for (const std::string& path : request.evidence) inputs.push_back({"--evidence", path});
    for (const std::string& path : options.judge.advisories.advisories) inputs.push_back({"--advisories", path});
    for (const std::string& path : options.judge.advisories.vex) inputs.push_back({"--vex", path});
    for (auto& [option, path] : options.judge.registry.files()) inputs.push_back({option, path});
    inputs.push_back({"--compare-base", request.compare_base});
    inputs.push_back({"--policy-signed-by", options.judge.policy_signed_by});
    if (!options.judge.policy_signed_by.empty()) inputs.push_back({"the signature of the policy,", policy.path + ".dsse.json"});
    for (NamedPath& file : files_of(policy)) inputs.push_back(std::move(file));
    return check_outputs(inputs, written);
}

Result<int> check(const CheckOptions& options) {
    const std::vector<Output> outputs = TRY(parse_outputs(options.outputs));
    if (options.attest.empty() && !options.attest_also.empty()) return Error{ErrorCode::usage, "--attest-also goes with --attest FILE"};
    if (options.signs() != options.signer.given()) {
        return Error{ErrorCode::usage, std::string(options.attach ? "--attach" : "--attest FILE") + " goes together with --key FILE, or with --keyless"};
    }
    TRY_VOID(options.signer.check());
    const bool needs_bundle = options.signer.keyless || !options.signer.timestamp_url.empty();
    if (!options.attest.empty() && needs_bundle && options.attest_format != "bundle") {
        return Error{ErrorCode::usage, "--keyless and --timestamp-server-url need --attest-format bundle: a bare envelope has no place for certificates and timestamps"};
    }
    if (options.signs() && !options.judge.at.empty()) {
        return Error{ErrorCode::usage, "--at is for dry runs: a verdict of another time is not attested"};
    }
    // Before the long work, beside each other.
    std::future<Result<Signer>> prepared;
    if (options.signer.given()) prepared = std::async(std::launch::async, [&] { return Signer::prepare(options.signer); });
    auto loaded = load(options.judge);
    std::optional<Signer> signer;
    if (prepared.valid()) signer = TRY(prepared.get());
    if (!loaded.ok()) return loaded.error();
    const pipeline::LoadedPolicy& policy = loaded.value();
    pipeline::Request request = TRY(make_request(options.judge, policy.policy));
    TRY_VOID(check_paths(options, outputs, policy, request));
    io::expect_much_memory();
    // What the verdict says of the data that it rests on is found out while the artifact is read.
    std::future<std::vector<std::pair<std::string, std::string>>> data_hashes;
    if (signer) data_hashes = std::async(std::launch::async, pipeline::data_hashes);
    // Never taken apart: the program ends right after it, and a large lockfile has a hundred thousand pieces.
    static Report& report = *new Report;
    {
        ProgressLine line;
        if (!options.quiet) {
            request.progress = [&](std::uint64_t done, std::uint64_t files) { line.update(done, files); };
        }
        request.ends_soon = true;
        report = pipeline::decide(policy, request);
        if (!options.base.empty()) TRY_VOID(note_known_denials(options.base, policy, request, report));
    }
    for (const Output& output : outputs) {
        const std::string content = render(output, report, options);
        if (!output.file.empty()) {
            TRY_VOID(io::write_file_atomically(output.file, content));
        } else if (std::fwrite(content.data(), 1, content.size(), stdout) != content.size() || std::fflush(stdout) != 0) {
            return Error{ErrorCode::io, "standard output: cannot write the report"};
        }
    }
    const int code = options.base.empty() ? report.exit_code() : exit_code_of_new(report);
    if (signer && code != kNothing) {
        auto written = write_attestation(options, *signer, request, report, data_hashes.get());
        // What could not be decided is not attested; that there was nothing else to attest is no mistake of the caller's.
        if (!written.ok() && code != kUndecided) return written.error();
        if (!written.ok()) std::fprintf(stderr, "headgate: no attestation: %s\n", escape_terminal(written.error().message).c_str());
    }
    if (options.strict_waivers && !(report.unused_waivers.empty() && report.expired_waivers.empty())) {
        return Error{ErrorCode::usage, "--strict-waivers: " + std::to_string(report.unused_waivers.size()) + " waivers unused, " +
                                           std::to_string(report.expired_waivers.size()) + " expired; remove them from the policy"};
    }
    return adjusted(code, options, report);
}

}  // namespace

int run_check(const Arguments& arguments) {
    CLI::App app("Judge models, datasets, packages and containers against one policy.", "headgate check");
    CheckOptions options;
    add_judge_options(app, options.judge);
    app.add_option("--output", options.outputs, "form of the report, on stdout or in a file (repeatable)")
        ->type_name("FORMAT[=FILE]")
        ->allow_extra_args(false);
    app.add_option("--attest", options.attest, "write signed verdicts (in-toto VSA) to this file")->type_name("FILE");
    app.add_flag("--attach", options.attach, "put the signed verdict about each oci-layout: image into its layout, as a referrer (Sigstore bundle)");
    one_of(app.add_option("--attest-also", options.attest_also,
                          "the verdict in other words too: in-toto Simple Verification Result, in-toto test result (repeatable)"),
           {"svr", "test-result"})
        ->allow_extra_args(false);
    one_of(app.add_option("--attest-format", options.attest_format, "DSSE envelopes, or a Sigstore bundle v0.3"),
           {"dsse", "bundle"})
        ->capture_default_str();
    options.signer.add_to(app);
    app.add_option("--verifier-id", options.verifier_id, "verifier.id of the attestation")->type_name("URI");
    one_of(app.add_option("--color", options.color, "colour of the text report"), {"auto", "always", "never"})
        ->capture_default_str();
    one_of(app.add_option("--fail-on", options.fail_on, "warn: a warning fails the run too"), {"warn"});
    app.add_option("--base", options.base, "git revision: deny only what is new since then, report all")->type_name("REVISION");
    app.add_flag("--exit-zero", options.exit_zero, "report a denial, but exit 0 instead of 1");
    app.add_flag("--allow-empty", options.allow_empty, "exit 0 instead of 3 when nothing was there to judge");
    app.add_flag("--strict-waivers", options.strict_waivers, "exit 4 when a waiver of the policy was not used, or has ended");
    app.add_flag("--quiet", options.quiet, "only the last line");
    if (const auto code = parse_arguments(app, arguments)) return *code;
    if (auto started = start_isolation(options.judge); !started.ok()) return fail(started.error());
    auto code = check(options);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace headgate::cli
