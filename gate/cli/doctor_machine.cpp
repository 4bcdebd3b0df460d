// doctor_machine.cpp: probes of the machine: folders to write to, limits of the process, the server's program.
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "cli/doctor.hpp"
#include "io/directory.hpp"

namespace headgate::cli {
namespace {

using State = Probe::State;

constexpr std::uint64_t kLittleSpace = 64U << 20U;
constexpr rlim_t kTooFewFiles = 64;       // a check holds a few files per core, and folders
constexpr rlim_t kFewFiles = 512;         // headgate serve: 256 connections, and what a check needs

// A file is made there and removed again. `needed`: bad instead of warn when that fails.
void probe_folder(const std::string& name, const std::string& folder, bool needed, const std::string& fix, std::vector<Probe>& probes) {
    std::string probe_file = folder + "/.headgate-doctor.XXXXXX";
    const io::Descriptor descriptor(::mkstemp(probe_file.data()));
    if (!descriptor.valid()) {
        probes.push_back({needed ? State::bad : State::warn, name, folder + ": nothing can be written there: " + std::strerror(errno), fix});
        return;
    }
    ::unlink(probe_file.c_str());
    struct statvfs space {};
    if (::statvfs(folder.c_str(), &space) == 0 && space.f_blocks != 0 && space.f_bavail * space.f_frsize < kLittleSpace) {
        probes.push_back({State::warn, name, folder + ": only " + std::to_string((space.f_bavail * space.f_frsize) >> 20U) + " MiB are free",
                          "make room there"});
        return;
    }
    probes.push_back({State::ok, name, folder + " can be written to", ""});
}

void probe_limits(std::vector<Probe>& probes) {
    struct rlimit files {};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    const std::string what = "up to " + (files.rlim_cur == RLIM_INFINITY ? "any number of" : std::to_string(files.rlim_cur)) + " files may be open";
    if (files.rlim_cur < kTooFewFiles) {
        probes.push_back({State::bad, "open files", what + ", too few to judge a folder", "ulimit -n 1024"});
    } else if (files.rlim_cur < kFewFiles) {
        probes.push_back({State::warn, "open files", what + "; headgate serve keeps up to 256 connections", "ulimit -n 1024"});
    } else {
        probes.push_back({State::ok, "open files", what, ""});
    }
}

void probe_server(std::vector<Probe>& probes) {
    char self[PATH_MAX];
    const ssize_t length = ::readlink("/proc/self/exe", self, sizeof self);
    std::string program(self, length <= 0 ? 0 : static_cast<std::size_t>(length));
    program.resize(program.rfind('/') + 1);
    program += "headgate-serve";
    if (::access(program.c_str(), X_OK) == 0) {
        probes.push_back({State::ok, "server", program + " is there", ""});
    } else {
        probes.push_back({State::bad, "server", program + ": " + std::strerror(errno) + ", so `headgate serve` cannot start",
                          "install headgate-serve of the same build beside headgate"});
    }
}

}  // namespace

void probe_machine(const DoctorOptions& options, std::vector<Probe>& probes) {
    const char* const temporary = std::getenv("TMPDIR");
    probe_folder("temp folder", temporary == nullptr || *temporary == '\0' ? "/tmp" : temporary, true,
                 "set TMPDIR to a folder that this user may write to", probes);
    const bool named = !options.output_dir.empty();
    probe_folder("output", named ? options.output_dir : ".", named, "name another folder, or let this user write there", probes);
    probe_limits(probes);
    probe_server(probes);
}

}  // namespace headgate::cli
