// demo.cpp: `headgate demo`: the gate at work on a small supply chain, with the outcome foretold.
#include <ftw.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "attest/verdict.hpp"
#include "base/text.hpp"
#include "cli/demo_chain.hpp"
#include "cli/parse.hpp"
#include "io/atomic_file.hpp"
#include "io/clock.hpp"
#include "io/file_source.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/data_hashes.hpp"
#include "pipeline/layout_reference.hpp"

namespace headgate::cli {
namespace {

// The demo's folder, removed at the end unless it is kept.
class DemoFolder {
  public:
    static Result<DemoFolder> make(const std::string& keep) {
        if (!keep.empty()) {
            if (io::path_type(keep).ok()) return Error{ErrorCode::usage, keep + ": exists already"};
            TRY_VOID(io::make_folder(keep));
            return DemoFolder(keep, true);
        }
        const char* const base = std::getenv("TMPDIR");
        std::string name = std::string(base == nullptr || *base == '\0' ? "/tmp" : base) + "/headgate-demo.XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) return Error{ErrorCode::io, name + ": cannot make a temporary folder"};
        return DemoFolder(name, false);
    }
    ~DemoFolder() {
        if (path_.empty() || kept_) return;
        ::nftw(path_.c_str(), [](const char* path, const struct stat*, int, FTW*) { return std::remove(path); }, 16,
               FTW_DEPTH | FTW_PHYS);
    }
    DemoFolder(DemoFolder&& other) noexcept : path_(std::move(other.path_)), kept_(other.kept_) { other.path_.clear(); }
    DemoFolder& operator=(DemoFolder&&) = delete;
    const std::string& path() const { return path_; }

  private:
    DemoFolder(std::string path, bool kept) : path_(std::move(path)), kept_(kept) {}
    std::string path_;
    bool kept_;
};

const Finding* first_finding(const SubjectVerdict& verdict, const std::string& id) {
    for (const ReportedFinding& reported : verdict.findings) {
        if (reported.finding.id.starts_with(id)) return &reported.finding;
    }
    for (const SubjectVerdict& member : verdict.members) {
        if (const Finding* finding = first_finding(member, id)) return finding;
    }
    return nullptr;
}

// Prints one case; true when the gate said what was foretold.
bool show(const DemoCase& demo, const Report& report) {
    const Decision decision = report.subjects.size() == 1 && report.errors.empty() ? report.subjects.front().decision
                                                                                   : Decision::error;
    const Finding* finding =
        report.subjects.empty() || demo.finding.empty() ? nullptr : first_finding(report.subjects.front(), demo.finding);
    const bool as_foretold = (demo.admitted ? decision == Decision::allow : decision == Decision::deny) &&
                             (demo.finding.empty() || finding != nullptr);
    std::printf("%-5s  %-28s %s\n", std::string(to_string(decision)).c_str(), demo.path.c_str(), demo.story.c_str());
    if (finding != nullptr) {
        std::printf("       %s\n         why: %s\n         fix: %s\n", escape_terminal(finding->message).c_str(),
                    escape_terminal(finding->why).c_str(), escape_terminal(finding->fix).c_str());
    }
    if (!as_foretold) {
        std::printf("       NOT AS FORETOLD: expected %s %s\n", demo.admitted ? "allow" : "deny", demo.finding.c_str());
    }
    return as_foretold;
}

Result<int> demo(const std::string& keep) {
    const DemoFolder folder = TRY(DemoFolder::make(keep));
    const std::vector<DemoCase> cases = TRY(make_demo_chain(folder.path()));
    const pipeline::LoadedPolicy policy = TRY(pipeline::load_policy(folder.path() + "/policy.yaml"));

    std::printf("A small supply chain under one policy (policy.yaml, %zu rules):\n\n", policy.policy.rules.size());
    bool all_as_foretold = true;
    pipeline::Request request;
    request.now = io::now();
    request.print_base = folder.path();
    request.evidence = {folder.path() + "/evidence"};
    std::string verdicts;
    for (const DemoCase& one : cases) {
        const bool layout = one.path.starts_with(pipeline::kLayoutScheme);
        request.arguments = {{layout ? std::string(pipeline::kLayoutScheme) + folder.path() + "/" + one.path.substr(pipeline::kLayoutScheme.size())
                                     : folder.path() + "/" + one.path,
                              {}, {}}};
        const Report report = pipeline::decide(policy, request);
        all_as_foretold = show(one, report) && all_as_foretold;
        if (&one == &cases.front()) {
            const Bytes pem = TRY(io::read_file(folder.path() + "/keys/gate.key", 64U << 10U));
            const auto key = TRY(crypto::PrivateKey::from_pem(as_text(pem), std::nullopt));
            attest::EmitOptions emit;
            emit.tool_version = HEADGATE_VERSION;
            emit.data_hashes = pipeline::data_hashes();
            verdicts = TRY(attest::emit(report, key, emit));
            TRY_VOID(io::write_file_atomically(folder.path() + "/sentiment.verdict.intoto.jsonl", verdicts));
            TRY_VOID(io::write_file_atomically(folder.path() + "/keys/gate.pub", key.public_key().pem()));
        }
    }
    std::printf("\n%s\n", all_as_foretold ? "Every outcome as foretold." : "Some outcomes were NOT as foretold.");
    if (keep.empty()) {
        std::printf("To look around: headgate demo --keep DIR\n");
    } else {
        std::printf(
            "Kept in %s. Try there:\n"
            "  headgate check --policy policy.yaml models datasets app\n"
            "  headgate verify verdict sentiment.verdict.intoto.jsonl --subject models/sentiment --key keys/gate.pub\n",
            keep.c_str());
    }
    return all_as_foretold ? kAllow : kDeny;
}

}  // namespace

int run_demo(const Arguments& arguments) {
    CLI::App app("Make a small, harmless supply chain and judge it.", "headgate demo");
    std::string keep;
    app.add_option("--keep", keep, "make it in this new folder and leave it there")->type_name("DIR");
    if (const auto code = parse_arguments(app, arguments)) return *code;
    auto code = demo(keep);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace headgate::cli
