// file_source.hpp: one file, opened once, read into private buffers, hashed over the bytes that the parsers saw.
//
// A file up to kWhole bytes is read once into one buffer that is hashed and parsed. A larger one is read in ranges as
// the parser asks; hash() then streams the file once and compares every range that was handed out with the bytes it
// hashes. A file that changes in between is an Error. Files are never mapped: a mapping changes under the parser.
//
// Where a worker parses (zygote.hpp), it has a sealed copy of the buffer, or reads the ranges itself and says which.
#pragma once

#include <functional>
#include <span>

#include "base/source.hpp"
#include "crypto/sha256.hpp"
#include "io/directory.hpp"
#include "io/file_stamp.hpp"
#include "io/held_ranges.hpp"

namespace headgate::io {

/// Told of bytes read; false stops the work with an Error{deadline}.
using Progress = std::function<bool(std::uint64_t bytes)>;

/// Told of the bytes that are hashed, from the first to the last, each once.
using Listener = std::function<void(std::uint64_t offset, ByteView bytes)>;

class FileSource final : public HoldingSource {
  public:
    static constexpr std::uint64_t kWhole = 32ULL << 20U;

    /// Takes a descriptor; `name` is for messages. Error{io} when it is no regular file.
    static Result<std::unique_ptr<FileSource>> open(Descriptor descriptor, std::string name);
    static Result<std::unique_ptr<FileSource>> open(const std::string& path);

    std::uint64_t size() const override { return size_; }
    std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) override;
    /// Above kWhole only from the first byte on, without a gap: hash() compares what came with the same bytes.
    bool read_through(std::uint64_t offset, std::span<std::uint8_t> to) override;
    std::optional<Error> failure() const override { return failure_; }
    bool exhausted() const override { return exhausted_; }
    const std::string& name() const { return name_; }

    /// What a worker gets: a sealed copy of all of it, read and hashed now, or (above kWhole) the open file, to read from and not to
    /// write to. nullopt: failure() says why.
    std::optional<int> for_worker();
    /// The ranges that the worker was shown (`read_through`: or read forward without holding them): hash() compares them too. False when they cannot be those of this file.
    bool shown_to_worker(std::vector<SeenRange> ranges, bool read_through);

    /// Bytes into memory of the caller's, without holding them: for streaming a file that is trusted to stay as it is, which
    /// unchanged() then asks. False when they cannot be read: failure() tells why, or they do not lie inside.
    bool copy(std::uint64_t offset, std::span<std::uint8_t> to);
    /// Whether size and times of the file are still those that it was opened with. Error{io} when they are not.
    Result<void> unchanged() const;
    /// What it was opened with. hash() has seen that it was still so at its end.
    const FileStamp& stamp() const { return stamp_; }

    /// SHA-256 of the content. Call it once, after parsing. Error{io} when reading fails or the file changed: then what
    /// `listener` heard is worth nothing.
    Result<crypto::Sha256Digest> hash(const Progress& progress, const Listener& listener = {});

  private:
    FileSource(Descriptor descriptor, std::string name) : descriptor_(std::move(descriptor)), name_(std::move(name)) {}
    bool read_range(std::uint64_t offset, std::uint8_t* to, std::size_t length);
    bool load_whole();
    Error over_time() const { return {ErrorCode::deadline, name_ + ": the time allowed for the judgement is over"}; }
    Error changed() const { return {ErrorCode::io, name_ + ": the file changed while it was read"}; }

    Descriptor descriptor_;
    std::string name_;
    std::uint64_t size_ = 0;
    FileStamp stamp_;
    bool loaded_ = false;
    Bytes whole_;
    Descriptor copy_;                    // of it, for the worker
    crypto::Sha256Digest whole_digest_{};
    HeldRanges held_;
    SeenRanges seen_;
    ReadThrough through_;
    std::optional<Error> failure_;
    bool exhausted_ = false;
};

/// A small file at once (policies, keys, bundles). Error{io} above `max_bytes`.
Result<Bytes> read_file(const std::string& path, std::uint64_t max_bytes);
/// The same for a file that is already open; `name` is for messages.
Result<Bytes> read_file_beneath(Descriptor descriptor, const std::string& name, std::uint64_t max_bytes);

}  // namespace headgate::io
