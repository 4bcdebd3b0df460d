// contained.hpp: somebody else's program, run so that it can do nothing but read what it is given and answer.
//
// It has no new privileges, an environment made from nothing, an empty home that it cannot write to, the descriptors that it is
// given and no others; Landlock lets it read system libraries and its inputs, and write nothing; seccomp leaves out sockets,
// sessions, ptrace and the rest of system_calls.hpp; limits bound processor time, memory, files and processes; it is a process
// group of its own, which ends with the deadline, with the answer, and (its leader) with this process. A host that runs as root
// runs it as nobody: it reads its inputs through their descriptors.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "io/directory.hpp"

namespace headgate::io {

struct Program {
    Descriptor image;                    // a sealed copy in memory: what was hashed is what runs
    std::string name;                    // argv[0]
};

/// Reads a program (a binary, or a script with its #! line) whole, at most `kMaxProgram` bytes.
Result<Program> load_program(const std::string& path, Bytes& content);
inline constexpr std::uint64_t kMaxProgram = 256ULL << 20U;

struct ContainedLimits {
    std::chrono::milliseconds deadline{5000};    // then SIGTERM, and kGrace later SIGKILL
    std::uint64_t memory = 1ULL << 30U;          // bytes of address space, each process
    std::uint64_t processor_seconds = 60;        // each process
    std::uint64_t processes = 64;                // beyond those that run on the machine already
    std::uint64_t open_files = 256;
    std::size_t output = 4U << 20U;              // bytes of stdout
    std::size_t log = 64U << 10U;                // bytes of stderr that are kept; more is dropped
};
inline constexpr std::chrono::milliseconds kGrace{200};
inline constexpr int kFirstInput = 3;

struct ContainedCall {
    std::vector<std::string> arguments;          // behind argv[0]
    std::vector<std::string> environment;        // "NAME=value", beside PATH, HOME, TMPDIR and LANG
    std::string input;                           // stdin
    std::vector<int> inputs;                     // open for reading: numbers kFirstInput, ... in the child, in this order
    std::chrono::milliseconds pause{0};          // between the first half of `input` and the rest: for tests of programs
    std::vector<std::string> readable;           // further files and folders that it may open and run
    bool network = false;
    ContainedLimits limits;
    bool required = true;                        // false: go on where the kernel lacks a feature, and say so in `missing`
};

struct Contained {
    enum class End { exited, signalled, deadline, too_much_output };
    End end = End::signalled;
    int code = 0;                                // exit code, or signal
    std::string output;                          // whole if it exited
    std::string log;                             // of stderr, shortened
    std::vector<std::string> missing;            // what of the containment this kernel does not have
};

/// Error{unsupported} when `required` and the kernel lacks a feature; Error{io} when it cannot be started. Whatever the program
/// does is no error but an End. Thread-safe.
Result<Contained> run_contained(const Program& program, const ContainedCall& call);

}  // namespace headgate::io
