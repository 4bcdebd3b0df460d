#include "io/same_file.hpp"

#include <sys/stat.h>

namespace headgate::io {

std::optional<FileId> file_id(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
        if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return std::nullopt;
        return FileId{status.st_dev, status.st_ino, ""};
    }
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.empty() || ::stat(folder.c_str(), &status) != 0) return std::nullopt;
    return FileId{status.st_dev, status.st_ino, name};
}

}  // namespace headgate::io
