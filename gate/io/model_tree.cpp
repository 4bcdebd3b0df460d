#include "io/model_tree.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_set>

namespace headgate::io {
namespace {

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }

std::string below(const std::string& folder, const std::string& name) { return folder.empty() ? name : folder + "/" + name; }

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

class Enumeration {
  public:
    Enumeration(const TreeOptions& options, std::string real, ModelTree& tree)
        : options_(options),
          left_out_(options.leave_out.begin(), options.leave_out.end()),
          ignored_(options.ignored.begin(), options.ignored.end()),
          real_(std::move(real)),
          tree_(tree) {}

    Result<void> run() {
        std::vector<Folder> folders = {{"", {""}}};
        while (!folders.empty()) {
            const Folder folder = std::move(folders.back());
            folders.pop_back();
            for (const Entry& entry : TRY(tree_.root->list(folder.places.back()))) {
                const std::string path = below(folder.path, std::string(base_name(entry.path)));
                if (left_out_.contains(path)) {
                    tree_.left_out.push_back(path);
                    continue;
                }
                if (++entries_ > options_.max_entries) {
                    return malformed("more than " + std::to_string(options_.max_entries) + " entries");
                }
                TRY_VOID(take(folder, path, entry, folders));
            }
        }
        const auto by_path = [](const ModelFile& a, const ModelFile& b) { return a.path < b.path; };
        std::sort(tree_.files.begin(), tree_.files.end(), by_path);
        return {};
    }

  private:
    struct Folder {
        std::string path;                        // name in the model
        std::vector<std::string> places;         // where it and the folders above it really lie beneath the root
    };

    Result<void> take(const Folder& folder, const std::string& path, const Entry& entry, std::vector<Folder>& folders) {
        std::string place = entry.path;
        Entry::Type type = entry.type;
        const bool odd = (type == Entry::Type::link && !options_.follow_links) || type == Entry::Type::other;
        if (odd && is_ignored(path)) {
            tree_.odd.push_back(path);
            return {};
        }
        if (type == Entry::Type::link) {
            if (!options_.follow_links) {
                return malformed(path + " is a symbolic link (to " + entry.target + "); links are not part of a signed model");
            }
            place = TRY(place_behind(path, entry));
            type = TRY(path_type(below(real_, place)));
            tree_.links.push_back(path);
        }
        if (type == Entry::Type::folder) {
            if (std::find(folder.places.begin(), folder.places.end(), place) != folder.places.end()) {
                return malformed(path + " is a symbolic link that leads back to a folder it lies in");
            }
            folders.push_back({path, folder.places});
            folders.back().places.push_back(std::move(place));
            return {};
        }
        if (type != Entry::Type::file) return malformed(path + " is neither a file nor a folder");
        const std::uint64_t size = TRY(size_of(place));
        tree_.files.push_back({path, std::move(place), size});
        return {};
    }

    bool is_ignored(const std::string& path) const {
        for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
            if (ignored_.contains(path.substr(0, end))) return true;
        }
        return ignored_.contains(path);
    }

    // What a link leads to, beneath the root. Whatever happens to it afterwards, its place is opened without following links.
    Result<std::string> place_behind(const std::string& path, const Entry& entry) const {
        const auto target = real_path(below(real_, entry.path));
        if (!target.ok()) return malformed(path + " is a symbolic link that leads nowhere (to " + entry.target + ")");
        if (*target == real_ || !is_below(*target, real_)) {
            return malformed(path + " is a symbolic link " + (*target == real_ ? "back to the model" : "out of the model") + " (to " +
                             entry.target + ")");
        }
        return target->substr(real_ == "/" ? 1 : real_.size() + 1);
    }

    Result<std::uint64_t> size_of(const std::string& place) const {
        const Descriptor file = TRY(tree_.root->open_file(place));
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) return Error{ErrorCode::io, place + ": " + std::strerror(errno)};
        if (!S_ISREG(status.st_mode)) return malformed(place + " is no regular file");
        return static_cast<std::uint64_t>(status.st_size);
    }

    const TreeOptions& options_;
    std::unordered_set<std::string> left_out_;
    std::unordered_set<std::string> ignored_;
    std::string real_;
    ModelTree& tree_;
    std::size_t entries_ = 0;
};

}  // namespace

Result<ModelTree> model_tree(const std::string& path, const TreeOptions& options) {
    ModelTree tree;
    const std::string real = TRY(real_path(path));
    tree.name = std::string(base_name(real));
    const Entry::Type type = TRY(path_type(real));
    if (type == Entry::Type::folder) {
        tree.is_folder = true;
        tree.root = TRY(Directory::open(real));
        TRY_VOID(Enumeration(options, real, tree).run());
        return tree;
    }
    if (type != Entry::Type::file) return malformed(path + " is neither a file nor a folder");
    const std::size_t slash = real.rfind('/');
    tree.root = TRY(Directory::open(slash == 0 ? "/" : real.substr(0, slash)));
    // A single file is called what the person called it, wherever a link led.
    const std::string given(base_name(path));
    const Descriptor file = TRY(tree.root->open_file(tree.name));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return Error{ErrorCode::io, path + ": " + std::strerror(errno)};
    tree.files.push_back({given, tree.name, static_cast<std::uint64_t>(status.st_size)});
    tree.name = given;
    return tree;
}

std::string path_in_model(const std::string& model, const std::string& path) {
    const auto folder = real_path(model);
    const std::size_t slash = path.rfind('/');
    const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    const auto real_parent = real_path(parent);
    if (!folder.ok() || !real_parent.ok() || !is_below(*real_parent, *folder)) return "";
    const std::string rest = *real_parent == *folder ? "" : real_parent->substr(*folder == "/" ? 1 : folder->size() + 1);
    return below(rest, std::string(base_name(path)));
}

}  // namespace headgate::io
