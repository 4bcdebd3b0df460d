#include "io/directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "base/text.hpp"

namespace headgate::io {
namespace {

Error io_error(const std::string& path, int error_number) {
    const bool missing = error_number == ENOENT || error_number == ENOTDIR;
    return {missing ? ErrorCode::not_found : ErrorCode::io, path + ": " + std::strerror(error_number)};
}

Entry::Type type_of(mode_t mode) {
    if (S_ISREG(mode)) return Entry::Type::file;
    if (S_ISDIR(mode)) return Entry::Type::folder;
    if (S_ISLNK(mode)) return Entry::Type::link;
    return Entry::Type::other;
}

// For kernels without openat2: every component with O_NOFOLLOW, `..` refused.
int open_by_component(int root, const std::string& relative, int flags) {
    Descriptor current(::dup(root));
    const auto parts = split(relative, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].empty() || parts[i] == "." || parts[i] == "..") {
            errno = EXDEV;
            return -1;
        }
        const bool last = i + 1 == parts.size();
        const int wanted = last ? flags | O_NOFOLLOW : O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        const int next = ::openat(current.get(), std::string(parts[i]).c_str(), wanted);
        if (next < 0) return -1;
        if (last) return next;
        current = Descriptor(next);
    }
    errno = EINVAL;
    return -1;
}

}  // namespace

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Result<std::shared_ptr<Directory>> Directory::open(const std::string& path) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.valid()) return io_error(path, errno);
    return std::shared_ptr<Directory>(new Directory(std::move(descriptor), path));
}

Result<Descriptor> Directory::open_beneath(const std::string& relative, int flags) const {
    open_how how{};
    how.flags = static_cast<decltype(how.flags)>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const char* name = relative.empty() ? "." : relative.c_str();
    int fd = static_cast<int>(::syscall(SYS_openat2, descriptor_.get(), name, &how, sizeof how));
    if (fd < 0 && errno == ENOSYS) {
        fd = relative.empty() ? ::openat(descriptor_.get(), ".", flags)
                              : open_by_component(descriptor_.get(), relative, flags);
    }
    if (fd < 0) return io_error(path_ + "/" + relative, errno);
    return Descriptor(fd);
}

Result<Descriptor> Directory::open_file(const std::string& relative) const {
    // O_NONBLOCK: opening a FIFO must not wait for a writer; what is not a regular file is refused after fstat.
    return open_beneath(relative, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

Result<std::vector<Entry>> Directory::list(const std::string& relative) const {
    Descriptor descriptor = TRY(open_beneath(relative, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const int fd = ::dup(descriptor.get());
    DIR* stream = fd < 0 ? nullptr : ::fdopendir(fd);
    if (stream == nullptr) return io_error(path_ + "/" + relative, errno);
    std::vector<Entry> entries;
    errno = 0;
    while (const dirent* item = ::readdir(stream)) {
        const std::string name = item->d_name;
        if (name == "." || name == "..") continue;
        struct stat status {};
        Entry entry;
        entry.path = relative.empty() ? name : relative + "/" + name;
        if (::fstatat(descriptor.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
            entry.type = type_of(status.st_mode);
        }
        if (entry.type == Entry::Type::link) {
            char target[PATH_MAX];
            const ssize_t length = ::readlinkat(descriptor.get(), name.c_str(), target, sizeof target);
            if (length > 0) entry.target.assign(target, static_cast<std::size_t>(length));
        }
        entries.push_back(std::move(entry));
        errno = 0;
    }
    const int error_number = errno;
    ::closedir(stream);
    if (error_number != 0) return io_error(path_ + "/" + relative, error_number);
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
    return entries;
}

Result<std::vector<Entry>> Directory::walk(const std::string& relative, std::size_t max_entries) const {
    std::vector<Entry> found;
    std::vector<std::string> folders = {relative};
    while (!folders.empty()) {
        const std::string folder = std::move(folders.back());
        folders.pop_back();
        for (Entry& entry : TRY(list(folder))) {
            if (entry.type == Entry::Type::folder) {
                const std::size_t slash = entry.path.rfind('/');
                const std::string name = slash == std::string::npos ? entry.path : entry.path.substr(slash + 1);
                if (name == ".git") continue;
                folders.push_back(entry.path);
            }
            found.push_back(std::move(entry));
            if (found.size() > max_entries) {
                return Error{ErrorCode::io, path_ + ": more than " + std::to_string(max_entries) + " entries"};
            }
        }
    }
    std::sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
    return found;
}

Result<Entry::Type> path_type(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return io_error(path, errno);
    return type_of(status.st_mode);
}

Result<std::string> real_path(const std::string& path) {
    char* resolved = ::realpath(path.c_str(), nullptr);
    if (resolved == nullptr) return io_error(path, errno);
    std::string answer(resolved);
    std::free(resolved);
    return answer;
}

Result<void> make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) != 0) return io_error(path, errno);
    return {};
}

bool is_below(const std::string& path, const std::string& folder) {
    if (folder == "/" || path == folder) return true;
    return path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace headgate::io
