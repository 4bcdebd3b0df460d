// zygote.hpp: workers: a fresh process for each piece of hostile bytes, which can do nothing but read them and answer.
//
// The zygote is a copy of this process that was made early: before threads, keys, tokens and artifacts. It does one thing, to make a
// child when it is asked, and reads nothing that anybody else wrote. A worker is such a child. It does one order and ends, so that
// whoever takes it over has that order alone: no other worker shares a page with it that either can write, or a descriptor.
//
// A worker has no new privileges, an environment of nothing, no file that it may open (Landlock), descriptors for its answer and its
// input and no others but /dev/null, the few system calls of system_calls_of_parsers(), and limits of memory and processor time. It
// is a child of this process and not of the zygote (CLONE_PARENT), so that its number is this process's to kill and to wait for;
// when this process ends, so does it. A host that runs as root has workers that run as nobody.
//
// Making one takes longer than most orders. So some are made ahead and wait, as they were made, until an order comes.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "io/directory.hpp"

namespace headgate::io {

/// What a worker does: `order` is the host's, `input` a descriptor to pread and map, the answer whatever the host can decode. An
/// exception ends the worker without an answer. An empty order comes first, before it waits for a real one: to do something of the
/// kind, with bytes of its own, so that code and memory are at hand; what is answered is dropped.
using Work = std::string (*)(ByteView order, int input);

struct WorkerLimits {
    std::chrono::milliseconds deadline{600'000};     // then SIGKILL; what parsers spend is counted in steps, long before this
    std::uint64_t processor_seconds = 600;
    std::uint64_t memory = 8ULL << 30U;              // bytes of address space
    std::size_t answer = 128U << 20U;                // bytes
};

/// How an order ended.
struct Worked {
    enum class End { answered, died, late, too_much };
    End end = End::died;
    int signal = 0;                                  // died: by this one; 0: it exited
    std::string answer;                              // answered: what it said it would say, whole. Hostile
};

class Zygote {
  public:
    using Clock = std::chrono::steady_clock;

    /// Workers that wait, at most.
    static constexpr std::size_t kWaiting = 4;

    /// Call it from the main thread, before there are others. `required`: an Error where the kernel lacks a feature; otherwise missing() says which. Error{io}
    /// when no worker can be had: one is tried.
    static Result<std::unique_ptr<Zygote>> start(Work work, const WorkerLimits& limits, bool required);
    ~Zygote();
    Zygote(const Zygote&) = delete;
    Zygote& operator=(const Zygote&) = delete;

    /// One order, not empty, to a worker of its own. Error{io} when none can be had, Error{deadline} when `end` is over before the limits
    /// are; what the worker does is no error. Thread-safe.
    Result<Worked> run(std::string_view order, int input, Clock::time_point end = Clock::time_point::max()) const;

    const WorkerLimits& limits() const { return limits_; }
    /// What of the containment this kernel does not have.
    const std::vector<std::string>& missing() const { return missing_; }
    /// Whether it can still make workers. Once it cannot, it never will.
    bool alive() const;
    /// Its process number.
    int process() const { return process_; }

  private:
    Zygote(Descriptor door, int process, const WorkerLimits& limits, std::vector<std::string> missing)
        : door_(std::move(door)), process_(process), limits_(limits), missing_(std::move(missing)) {}
    struct Worker {
        Descriptor port;
        int process = 0;                 // 0: not known yet
    };
    Result<Worker> make() const;
    Result<Worker> take() const;
    void dismiss(const Worker& worker) const;

    Descriptor door_;
    int process_;
    WorkerLimits limits_;
    std::vector<std::string> missing_;
    mutable std::mutex mutex_;           // of what follows
    mutable std::vector<Worker> waiting_;
    mutable std::vector<int> ending_;    // process numbers, killed and not waited for
    mutable std::size_t wanted_ = 1;     // how many should wait: one more for each order
};

}  // namespace headgate::io
