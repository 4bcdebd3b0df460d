#include "io/landlock.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace headgate::io {
namespace {

// Rights and scopes by their number: Debian's header knows those of version 3.
constexpr std::uint64_t kRun = 1U << 0U, kWriteFile = 1U << 1U, kReadFile = 1U << 2U, kReadFolder = 1U << 3U;
constexpr std::uint64_t kFirst = (1U << 13U) - 1U;                    // version 1
constexpr std::uint64_t kRefer = 1U << 13U, kTruncate = 1U << 14U;    // 2, 3
constexpr std::uint64_t kTcp = 3U;                                    // 4: bind, connect
constexpr std::uint64_t kDevices = 1U << 15U;                         // 5
constexpr std::uint64_t kScopes = 3U;                                 // 6: abstract sockets, signals

struct Ruleset {
    std::uint64_t files, network, scoped;
};

long create(const Ruleset* ruleset, std::size_t size, std::uint32_t flags) { return ::syscall(SYS_landlock_create_ruleset, ruleset, size, flags); }

bool allow(int ruleset, int file, std::uint64_t rights) {
    landlock_path_beneath_attr rule{};
    rule.allowed_access = rights;
    rule.parent_fd = file;
    return ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0U) == 0;
}

bool allow_path(int ruleset, const std::string& path, std::uint64_t rights) {
    const Descriptor file(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!file.valid()) return errno == ENOENT || errno == ENOTDIR || errno == EACCES;     // not there: nothing to open
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) return false;
    return allow(ruleset, file.get(), S_ISDIR(about.st_mode) ? rights : rights & ~kReadFolder);
}

}  // namespace

int landlock_version() {
    static const long version = create(nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? static_cast<int>(version) : 0;
}

Result<Descriptor> landlock_ruleset(const Openable& openable) {
    const int version = landlock_version();
    if (version == 0) return Error{ErrorCode::unsupported, "this kernel has no Landlock"};
    Ruleset ruleset{kFirst, 0, 0};
    if (version >= 2) ruleset.files |= kRefer;
    if (version >= 3) ruleset.files |= kTruncate;
    if (version >= 4 && !openable.network) ruleset.network = kTcp;
    if (version >= 5) ruleset.files |= kDevices;
    if (version >= 6) ruleset.scoped = kScopes;
    const std::size_t size = version >= 6 ? sizeof ruleset : version >= 4 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
    Descriptor made(static_cast<int>(create(&ruleset, size, 0)));
    if (!made.valid()) return Error{ErrorCode::io, std::string("landlock_create_ruleset: ") + std::strerror(errno)};
    bool added = !openable.devices || allow_path(made.get(), "/dev/null", kReadFile | kWriteFile);
    for (const char* device : {"/dev/zero", "/dev/urandom", "/dev/random"}) {
        added = added && (!openable.devices || allow_path(made.get(), device, kReadFile));
    }
    for (const std::string& path : openable.readable) added = added && allow_path(made.get(), path, kRun | kReadFile | kReadFolder);
    for (const int folder : openable.inputs) added = added && allow(made.get(), folder, kReadFile | kReadFolder);
    // What lives in memory only is not Landlock's to close (EBADFD).
    for (const int file : openable.files) added = added && (allow(made.get(), file, kReadFile) || errno == EBADFD);
    if (!added) return Error{ErrorCode::io, std::string("landlock_add_rule: ") + std::strerror(errno)};
    return made;
}

}  // namespace headgate::io
