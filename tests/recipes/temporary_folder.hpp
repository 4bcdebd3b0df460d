// temporary_folder.hpp: a folder that is gone when the test ends.
#pragma once

#include <ftw.h>
#include <sys/stat.h>

#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace headgate {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        const char* const base = std::getenv("TMPDIR");
        path_ = std::string(base == nullptr ? "/tmp" : base) + "/headgate-test.XXXXXX";
        char* const made = ::mkdtemp(path_.data());
        assert(made != nullptr);
        static_cast<void>(made);
    }
    ~TemporaryFolder() {
        ::nftw(path_.c_str(), [](const char* path, const struct stat*, int, FTW*) { return std::remove(path); }, 16,
               FTW_DEPTH | FTW_PHYS);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

    /// Writes a file, making its folders; answers its path.
    std::string write(const std::string& name, std::string_view content) const {
        for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
            ::mkdir((path_ + "/" + name.substr(0, slash)).c_str(), 0755);
        }
        std::ofstream(path_ + "/" + name, std::ios::binary | std::ios::trunc)
            .write(content.data(), static_cast<std::streamsize>(content.size()));
        return path_ + "/" + name;
    }

  private:
    std::string path_;
};

}  // namespace headgate
