// directory.hpp: folders behind a descriptor. Paths are opened beneath it, never through a link.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace headgate::io {

/// An owned file descriptor.
class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    Descriptor& operator=(Descriptor&& other) noexcept;
    int get() const { return fd_; }
    bool valid() const { return fd_ >= 0; }

  private:
    int fd_;
};

struct Entry {
    enum class Type { file, folder, link, other };
    std::string path;            // relative to the folder that was walked, '/' separators
    Type type = Type::other;
    std::string target;          // of a link, as written
};

/// A folder, opened once.
class Directory {
  public:
    /// Follows links in `path` itself: the person who names a folder means what it leads to.
    static Result<std::shared_ptr<Directory>> open(const std::string& path);

    /// Opens a file beneath this folder for reading. No component may be a link (openat2 RESOLVE_NO_SYMLINKS |
    /// RESOLVE_BENEATH, component by component where the kernel lacks it).
    Result<Descriptor> open_file(const std::string& relative) const;

    /// Entries of one folder beneath this one ("" is the folder itself), byte-wise by name, `.` and `..` left out.
    Result<std::vector<Entry>> list(const std::string& relative) const;

    /// Every entry below, depth first, byte-wise path order; folders named ".git" are not entered and not listed.
    /// Error{io} when a folder cannot be read or there are more than `max_entries`.
    Result<std::vector<Entry>> walk(const std::string& relative, std::size_t max_entries = 2'000'000) const;

    const std::string& path() const { return path_; }

  private:
    Directory(Descriptor descriptor, std::string path) : descriptor_(std::move(descriptor)), path_(std::move(path)) {}
    Result<Descriptor> open_beneath(const std::string& relative, int flags) const;

    Descriptor descriptor_;
    std::string path_;
};

/// What a path is, links followed. Error{not_found} when nothing is there.
Result<Entry::Type> path_type(const std::string& path);
/// Absolute path without links. Error{not_found, io}.
Result<std::string> real_path(const std::string& path);
/// Makes one folder (0755); its parent must exist.
Result<void> make_folder(const std::string& path);
/// True if `path` is `folder` or lies below it; both absolute and real.
bool is_below(const std::string& path, const std::string& folder);

}  // namespace headgate::io
