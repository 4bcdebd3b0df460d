// landlock.hpp: what a process may open, by the kernel's Landlock: nothing but what is listed, for it and all its children.
#pragma once

#include <string>
#include <vector>

#include "io/directory.hpp"

namespace headgate::io {

/// The version of Landlock's interface that this kernel has; 0 for none. 1: files (5.13), 3: truncation (6.2), 4: TCP (6.7),
/// 5: ioctl of devices (6.10), 6: signals and abstract sockets (6.12).
int landlock_version();

struct Openable {
    std::vector<std::string> readable;   // files, and folders with all that is below: to read and run; what is absent is left out
    std::vector<int> inputs;             // open folders: to read, not to run
    std::vector<int> files;              // open files, which may be opened anew (/proc/self/fd/N), to read, not to run
    bool network = false;                // TCP; abstract sockets stay closed
    bool devices = true;                 // /dev/null, to write to as well; zero, random and urandom
};

/// A ruleset that a child puts on itself (landlock_restrict_self). Nothing may be written but /dev/null. Error{unsupported}
/// where the kernel has no Landlock.
Result<Descriptor> landlock_ruleset(const Openable& openable);

}  // namespace headgate::io
