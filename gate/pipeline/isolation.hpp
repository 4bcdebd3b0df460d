// isolation.hpp: where bytes of other people are parsed: in this process, or each file in a process of its own that can do nothing but
// answer (io/zygote.hpp).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/file_source.hpp"
#include "io/worker_source.hpp"
#include "io/zygote.hpp"
#include "pipeline/parsing.hpp"

namespace headgate::pipeline {

/// What a worker does with an order, as it came: parse(), and no more.
std::string work(ByteView bytes, int input);

/// Workers for parsing. Every order has one of its own: those of two files never know of each other, of one subject or of two.
class Isolation {
  public:
    enum class Mode { required, best_effort };

    /// Before threads, keys, tokens. Error{io}: parsers cannot be contained here, and `mode` or the system leaves no other way. `limits`
    /// and `work` are for tests.
    static Result<std::shared_ptr<const Isolation>> start(Mode mode, const io::WorkerLimits& limits = {}, io::Work work = pipeline::work);

    /// What of the containment this kernel does not have: only with best_effort anything.
    const std::vector<std::string>& missing() const { return zygote_->missing(); }
    bool alive() const { return zygote_->alive(); }

    using Deadline = std::optional<std::chrono::steady_clock::time_point>;
    /// A worker that dies, is late, says too much or what cannot be an answer is the finding
    /// `file.unscannable`, and an Opaque; to a question the answer is then yes, the one that has more asked. Error: no worker could be
    /// had, or `deadline` is over.
    Result<Parsed> parse(const ParseOrder& order, io::FileSource& source, Deadline deadline) const;
    /// Bytes that were read already.
    Result<Parsed> parse(const ParseOrder& order, ByteView bytes, Deadline deadline) const;

    /// What a worker made of the file behind `input`, which it preads, and which ranges of it it was shown, each within `size`.
    struct Shown {
        Parsed parsed;
        bool answered = false;           // else it has no answer, and `parsed` says so
        std::vector<io::SeenRange> seen;
    };
    Result<Shown> parse_shown(const ParseOrder& order, std::uint64_t size, int input, Deadline deadline) const;

  private:
    Result<Shown> answer_of(const ParseOrder& order, std::uint64_t size, int input, io::WorkerSource::Kind kind, Deadline deadline) const;
    Result<Parsed> ask(const ParseOrder& order, std::uint64_t size, int input, io::FileSource* file, Deadline deadline) const;

    std::unique_ptr<io::Zygote> zygote_;
};

/// Where the bytes of a request are parsed.
struct ParsingPlace {
    const Isolation* workers = nullptr;  // nullptr: in this process
    Isolation::Deadline deadline;

    Result<Parsed> parse(const ParseOrder& order, io::FileSource& source) const;
    Result<Parsed> parse(const ParseOrder& order, ByteView bytes) const;
};

}  // namespace headgate::pipeline
