// git.hpp: what was in the repository at an earlier revision, for `check --base`. Runs the `git` program.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace headgate::cli {

/// A folder that goes away with its owner.
class TemporaryTree {
  public:
    TemporaryTree(TemporaryTree&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
    TemporaryTree& operator=(TemporaryTree&&) = delete;
    ~TemporaryTree();
    const std::string& path() const { return path_; }

    explicit TemporaryTree(std::string path) : path_(std::move(path)) {}

  private:
    std::string path_;
};

struct BaseTree {
    TemporaryTree tree;
    std::string commit;          // full id
    std::string top;             // absolute path of the work tree
    /// The folder in which the revision's files lie as below `top`.
    std::string files() const { return tree.path() + "/files"; }
};

/// Writes the files of `revision` out of the repository that the current folder is in, as `git archive` gives them: what its
/// attributes leave out or change is then not the same as now, and so not known. Error{usage} for what is no revision,
/// Error{io} when git or tar fails.
Result<BaseTree> export_revision(const std::string& revision);

}  // namespace headgate::cli
