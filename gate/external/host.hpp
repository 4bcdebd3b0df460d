// host.hpp: a plugin as the gate runs it: read and hashed once, run from that very copy, contained (io/contained.hpp), asked what it
// is before it is asked anything else.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "external/protocol.hpp"
#include "io/contained.hpp"
#include "io/directory.hpp"
#include "model/plugin.hpp"

namespace headgate::external {

inline constexpr std::size_t kMaxFilesOfCall = 128;        // descriptors that one call hands over; further files go into another
inline constexpr std::size_t kMaxSubjectsOfCall = 64;      // of a batch

/// A file as its bytes were when they were read, and a sealed copy of them.
struct PinnedFile {
    io::Program copy;
    std::string name;                    // of data, as the plugin asks for it; "" of the executable
    std::uint64_t size = 0;
    std::string sha256;                  // hex
};

/// Reads an executable. Error{policy} when it is neither a binary nor a script with a #! line; Error{io, not_found}.
Result<PinnedFile> read_executable(const std::string& path);
/// Reads data.
Result<PinnedFile> read_data_file(const std::string& name, const std::string& path);

/// A file that is handed over, open at its beginning.
struct OpenFile {
    std::string path;                    // within the subject
    std::uint64_t size = 0;
    std::string sha256;                  // hex
    int descriptor = -1;                 // must stay open during the call
};

/// What is asked about one subject (or a part of its files).
struct Question {
    const Subject* subject = nullptr;
    std::string tier;
    std::string settings = "{}";
    std::vector<OpenFile> files;
    std::size_t part = 1, parts = 1;
    std::vector<std::string> paths = {};   // of all parts
};

struct CallOptions {
    Instant now;
    std::string policy_uri;
    std::string policy_digest;
    bool required = true;                // containment: without it no run
    std::optional<std::chrono::steady_clock::time_point> deadline = {};   // of the whole judgement
    std::chrono::milliseconds pause{0};  // in the middle of the request, for the conformance kit
};

/// Whatever the plugin does wrong is an Error; `uncontained` says what the kernel lacked when it ran.
template <typename T>
struct Reply {
    Result<T> result;
    std::vector<std::string> uncontained = {};
};

/// Thread-safe.
class Plugin {
  public:
    /// `taken`: first words of findings that are the gate's own.
    Plugin(PluginSpec spec, PinnedFile program, std::vector<PinnedFile> data, std::vector<std::string> taken);

    const PluginSpec& spec() const { return spec_; }
    const std::string& sha256() const { return program_.sha256; }
    const std::vector<PinnedFile>& data() const { return data_; }
    /// It and its data are what the policy pins.
    bool is_pinned() const;

    /// What it says of itself, with its settings schema and what it needs looked at. Asked once; a failure is asked again.
    Reply<Description> describe(const CallOptions& options) const;

    /// Whether it takes these settings (JSON). Error{policy} where it does not, Error{malformed} where its schema is none.
    static Result<void> takes(const Description& described, const std::string& settings);

    /// One call about one subject.
    Reply<Answer> check(const Question& question, const Description& described, const CallOptions& options) const;
    /// One call about several, of a plugin whose description says `batch`: the answers in the order of the questions.
    Reply<std::vector<Answer>> check_batch(std::span<const Question> questions, const Description& described, const CallOptions& options) const;

    /// One call with any bytes as its request: for the conformance kit. Error where it could not be run; what it did is in `Contained`.
    Result<io::Contained> call(const std::string& input, std::span<const OpenFile> files, const CallOptions& options) const;

  private:
    Result<std::chrono::milliseconds> time_for(const CallOptions& options) const;
    Reply<std::string> ask(const std::string& input, std::span<const OpenFile> files, const CallOptions& options) const;
    CallFacts facts_of(std::size_t files, const CallOptions& options) const;

    PluginSpec spec_;
    PinnedFile program_;
    std::vector<PinnedFile> data_;
    std::vector<std::string> taken_;
    mutable std::mutex mutex_;
    mutable std::optional<Description> described_;
    mutable std::vector<std::string> uncontained_;
};

/// "it was ended by signal 11", "it ended with exit code 3; its log: ..."; "" when it ended well.
std::string problem_of(const io::Contained& run, std::chrono::milliseconds deadline);

/// 32 random digits of hex.
std::string new_request_id();

}  // namespace headgate::external
