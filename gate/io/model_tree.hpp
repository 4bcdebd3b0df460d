// model_tree.hpp: the files of a model as OpenSSF Model Signing enumerates them (spec 1.0, "File enumeration"): a folder with
// everything in it, or one file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/directory.hpp"

namespace headgate::io {

struct ModelFile {
    std::string path;                    // name in the model: relative, '/' separators; of a link its own name
    std::string open_path;               // where its bytes lie beneath ModelTree::root, no component of which is a link
    std::uint64_t size = 0;
};

struct ModelTree {
    std::shared_ptr<Directory> root;     // the folder itself, or that of the single file
    bool is_folder = false;
    std::string name;                    // base name of what was named
    std::vector<ModelFile> files;        // byte-wise path order
    std::vector<std::string> left_out;   // paths of TreeOptions::leave_out that are there
    std::vector<std::string> links;      // paths of links that were followed
    std::vector<std::string> odd;        // below TreeOptions::ignored: links that were not followed, special files
};

struct TreeOptions {
    /// Relative paths, each with all below it: not looked at.
    std::vector<std::string> leave_out;
    /// Relative paths, each with all below it: what is no file there is listed in `odd` instead of being an Error.
    std::vector<std::string> ignored = {};
    /// Links are followed as long as they stay inside the folder; otherwise any link is an Error.
    bool follow_links = false;
    std::size_t max_entries = 1'000'000;
};

/// Links in `path` itself are followed: who names a model means what it leads to. Error{malformed} is the model's fault: a link
/// (when none may be there), one that leads nowhere, out of the folder or back into itself, what is neither file nor folder,
/// more entries than allowed. Error{io, not_found}: it cannot be read.
Result<ModelTree> model_tree(const std::string& path, const TreeOptions& options);

/// `path` relative to the model at `model`, when it lies in that folder: how a file beside the weights is called there. "" when
/// it does not. The last component of `path` need not exist yet, and is not followed when it is a link.
std::string path_in_model(const std::string& model, const std::string& path);

}  // namespace headgate::io
