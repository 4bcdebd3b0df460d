// init.hpp: what `headgate init` sees in a folder, and the texts that it makes of it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace headgate::cli {

/// A name that the folder gives itself. Offered as a comment, never put in force: whether it is internal, its owner knows.
struct OwnName {
    std::string ecosystem;       // "npm", "pypi"
    std::string name;            // "@acme" (a scope) or "acme-tool"; letters, digits and "@._-" only
    std::string from;            // file that says so, relative to the folder
};

struct FolderContents {
    std::string name;            // of the folder, as a policy can be called
    std::size_t models = 0, model_files = 0, datasets = 0, images = 0, hub_snapshots = 0;
    std::map<std::string, std::size_t> manifests;        // "requirements.txt" -> how many
    bool has_packages = false, has_containers = false;   // manifests of either kind, or images
    std::vector<std::string> hub_organisations;          // of a hub cache: "acme" of models--acme--bert
    std::vector<OwnName> names;

    /// "2 models, requirements.txt (1)"; "nothing that is judged" when there is nothing.
    std::string sentence() const;
};

/// Looks at names and a few small files; artifacts are not read. Error{io, not_found}.
Result<FolderContents> look_at_folder(const std::string& folder);

/// A policy for it, with comments. It loads as it is.
std::string policy_text(const FolderContents& contents, const std::string& file_name);

/// A file for a CI system. `shared`: others have their own things in it, so that an existing one is left alone and `lines` are
/// shown instead.
struct CiFile {
    std::string path;            // relative to the folder
    std::string content;
    bool shared = false;
    std::string lines;           // what to add to an existing shared file
};
/// `system` is "github", "gitlab" or "pre-commit".
std::vector<CiFile> ci_files(const std::string& system, const std::string& policy_name);

}  // namespace headgate::cli
