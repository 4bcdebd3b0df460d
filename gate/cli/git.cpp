#include "cli/git.hpp"

#include <cstdlib>
#include <filesystem>

#include "base/text.hpp"
#include "io/directory.hpp"
#include "io/process.hpp"

namespace headgate::cli {
namespace {

Result<std::string> ask_git(const std::vector<std::string>& words, const std::string& problem) {
    std::vector<std::string> all = {"git"};
    all.insert(all.end(), words.begin(), words.end());
    io::Finished finished = TRY(io::run_program(all, ""));
    if (finished.status != 0) return Error{ErrorCode::usage, problem};
    return std::string(trim(finished.output));
}

Result<TemporaryTree> make_tree() {
    const char* const base = std::getenv("TMPDIR");
    std::string path = std::string(base == nullptr || *base == '\0' ? "/tmp" : base) + "/headgate-base-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return Error{ErrorCode::io, path + ": cannot make a temporary folder"};
    return TemporaryTree(path);
}

}  // namespace

TemporaryTree::~TemporaryTree() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<BaseTree> export_revision(const std::string& revision) {
    if (revision.empty() || revision.starts_with('-')) return Error{ErrorCode::usage, "--base " + revision + ": expected a git revision"};
    const std::string top = TRY(ask_git({"rev-parse", "--show-toplevel"}, "--base needs a git repository, and the current folder is in none"));
    const std::string commit = TRY(ask_git({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"},
                                           "--base " + revision + ": no such revision here; fetch it first (a shallow clone lacks it)"));
    TemporaryTree tree = TRY(make_tree());
    const std::string archive = tree.path() + "/base.tar";
    const std::string files = tree.path() + "/files";
    TRY_VOID(io::make_folder(files));
    const io::Finished archived = TRY(io::run_program({"git", "archive", "--format=tar", "--output=" + archive, commit}, top));
    if (archived.status != 0) return Error{ErrorCode::io, "git archive of " + commit + " failed"};
    const io::Finished unpacked = TRY(io::run_program({"tar", "-x", "-f", archive, "-C", files, "--no-same-owner"}, ""));
    if (unpacked.status != 0) return Error{ErrorCode::io, "tar could not unpack what git archived of " + commit};
    std::error_code ignored;
    std::filesystem::remove(archive, ignored);
    return BaseTree{std::move(tree), commit, TRY(io::real_path(top))};
}

}  // namespace headgate::cli
