// init.cpp: `headgate init [DIR]`: look at a folder, write a policy for it (and a CI file), judge it, say what to do next.
#include "cli/init.hpp"

#include <unistd.h>

#include <cstdio>

#include "base/text.hpp"
#include "cli/parse.hpp"
#include "io/atomic_file.hpp"
#include "io/clock.hpp"
#include "io/directory.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/layout.hpp"
#include "report/report.hpp"

namespace headgate::cli {
namespace {

constexpr const char* kPolicyName = "headgate.yaml";

struct InitOptions {
    std::string folder = ".";
    std::string ci;
    bool force = false;
};

std::string in_folder(const std::string& folder, const std::string& path) { return folder == "." ? path : folder + "/" + path; }

bool is_there(const std::string& path) { return io::path_type(path).ok(); }

Error exists(const std::string& path) {
    return {ErrorCode::usage, path + ": exists already; nothing was written. Move it away, or replace it with --force"};
}

// Each missing folder of a path below `folder`.
Result<void> make_parents(const std::string& folder, const std::string& path) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const std::string parent = in_folder(folder, path.substr(0, slash));
        if (!is_there(parent)) TRY_VOID(io::make_folder(parent));
    }
    return {};
}

Result<void> write(const InitOptions& options, const std::string& path, const std::string& content) {
    TRY_VOID(make_parents(options.folder, path));
    const std::string place = in_folder(options.folder, path);
    TRY_VOID(io::write_file_atomically(place, content));
    std::printf("wrote %s\n", escape_terminal(place).c_str());
    return {};
}

// All or nothing of what is ours; a file that others use too is never replaced.
Result<void> write_all(const InitOptions& options, const std::string& policy, const std::vector<CiFile>& ci) {
    if (!options.force) {
        if (is_there(in_folder(options.folder, kPolicyName))) return exists(in_folder(options.folder, kPolicyName));
        for (const CiFile& file : ci) {
            if (!file.shared && is_there(in_folder(options.folder, file.path))) return exists(in_folder(options.folder, file.path));
        }
    }
    TRY_VOID(write(options, kPolicyName, policy));
    for (const CiFile& file : ci) {
        const std::string place = in_folder(options.folder, file.path);
        if (file.shared && is_there(place)) {
            std::printf("%s is there already and was left alone. Add to it:\n\n%s\n", escape_terminal(place).c_str(), file.lines.c_str());
        } else {
            TRY_VOID(write(options, file.path, file.content));
        }
    }
    return {};
}

void print_next(const InitOptions& options, const FolderContents& contents, int outcome) {
    const std::string policy = escape_terminal(in_folder(options.folder, kPolicyName));
    std::printf("\nNext:\n");
    if (outcome == kDeny) {
        std::printf("  - Look into what is denied: headgate explain ID, with the id in brackets. What has to stay for now gets a waiver\n"
                    "    with an end: headgate waiver generate --help\n");
    } else if (outcome == kUndecided) {
        std::printf("  - Some of it could not be judged (see ERROR above): headgate doctor --policy %s\n", policy.c_str());
    } else if (outcome == kNothing) {
        std::printf("  - Nothing here is a model, dataset, package list or image yet. Once there is: headgate check --policy %s\n", policy.c_str());
    }
    std::printf("  - Read %s; its comments offer what fits this folder%s.\n", policy.c_str(),
                contents.names.empty() ? "" : ", and name what may be internal names");
    if (options.ci.empty()) {
        std::printf("  - Put it into CI: headgate init --force --ci github (or gitlab, pre-commit)\n");
    } else {
        if (!is_there(in_folder(options.folder, ".git"))) {
            std::printf("  - %s is not the root of a git repository: CI looks for these files there.\n", escape_terminal(options.folder).c_str());
        }
        std::printf("  - Commit the files to the protected branch first: a change is judged by the policy that is there already.\n");
    }
}

Result<int> init(const InitOptions& options) {
    const FolderContents contents = TRY(look_at_folder(options.folder));
    const std::vector<CiFile> ci = options.ci.empty() ? std::vector<CiFile>() : ci_files(options.ci, kPolicyName);
    std::printf("Found: %s.\n", escape_terminal(contents.sentence()).c_str());
    TRY_VOID(write_all(options, policy_text(contents, kPolicyName), ci));

    const pipeline::LoadedPolicy policy = TRY(pipeline::load_policy(in_folder(options.folder, kPolicyName)));
    pipeline::Request request;
    request.now = io::now();
    request.print_base = TRY(io::real_path("."));
    request.arguments.push_back({options.folder, {}, {}});
    const Report report = pipeline::decide(policy, request);
    report::TextOptions text;
    text.color = wants_color(STDOUT_FILENO);
    std::printf("\n%s", report::text(report, text).c_str());
    print_next(options, contents, report.exit_code());
    return kAllow;
}

}  // namespace

int run_init(const Arguments& arguments) {
    CLI::App app("Look at a folder, write a policy for it, judge it and say what to do next. Exit 0 once the files are written,\n"
                 "whatever the verdict.",
                 "headgate init");
    app.footer(
        "Examples:\n"
        "  headgate init                          # headgate.yaml for this folder\n"
        "  headgate init models --ci github       # and a workflow that judges every pull request\n"
        "  headgate init --ci pre-commit          # and a hook for git commit");
    InitOptions options;
    app.add_option("DIR", options.folder, "folder to look at")->type_name("")->capture_default_str();
    one_of(app.add_option("--ci", options.ci, "write the file for this system too"), {"github", "gitlab", "pre-commit"});
    app.add_flag("--force", options.force, "replace headgate.yaml and our CI file when they are there");
    if (const auto code = parse_arguments(app, arguments)) return *code;
    while (options.folder.size() > 1 && options.folder.ends_with('/')) options.folder.pop_back();
    auto code = init(options);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace headgate::cli
