#include "pipeline/registry_layers.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "crypto/sha256.hpp"
#include "formats/tar_layer.hpp"
#include "io/sparse_copy.hpp"
#include "pipeline/oci_contents.hpp"
#include "pipeline/tensor_data.hpp"
#include "pipeline/tensor_pass.hpp"

namespace headgate::pipeline {
namespace {

using formats::OciContent;

constexpr std::array<std::string_view, 10> kByDigest = {"signature", "attestation", "provenance", "integrity", "registry",
                                                        "namespace", "typosquat", "freshness", "advisory", "isolation"};

constexpr std::uint64_t kReadAhead = 64U << 10U;
constexpr std::size_t kPieceBlocks = 128;            // of kReadAhead, in one request

// A blob as its registry hands it out, range by range, as a parser asks.
class RangedBlob final : public io::HoldingSource {
  public:
    using Ask = std::function<Result<Bytes>(std::uint64_t offset, std::uint64_t length)>;
    RangedBlob(std::uint64_t size, Ask ask, const LayerLimits& limits) : size_(size), ask_(std::move(ask)), limits_(limits) {}

    std::uint64_t size() const override { return size_; }
    std::optional<Error> failure() const override { return failure_; }
    bool exhausted() const override { return exhausted_; }
    std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) override {
        if (failure_ || offset > size_ || length > size_ - offset) return std::nullopt;
        if (length == 0) return ByteView();
        if (const auto held = held_.find(offset, length)) return held;
        const std::uint64_t wanted = std::min(std::max(length, kReadAhead), size_ - offset);
        if (wanted > limits_.held - bytes_ || ++asked_ > limits_.ranges) {
            exhausted_ = true;
            return std::nullopt;
        }
        Bytes bytes;
        bytes.reserve(static_cast<std::size_t>(wanted));
        while (bytes.size() < wanted) {
            auto piece = ask_(offset + bytes.size(), std::min<std::uint64_t>(wanted - bytes.size(), kPiece));
            if (!piece.ok()) {
                failure_ = piece.error();
                return std::nullopt;
            }
            bytes.insert(bytes.end(), piece->begin(), piece->end());
        }
        bytes_ += wanted;
        return held_.add(offset, std::move(bytes)).first(static_cast<std::size_t>(length));
    }
    bool equal(std::uint64_t offset, ByteView chunk) const { return held_.equal(offset, chunk); }
    /// From the first byte on, without a gap; nothing is held.
    bool read_through(std::uint64_t offset, std::span<std::uint8_t> to) override {
        if (failure_ || offset != through_ || to.size() > size_ - offset) return false;
        while (!to.empty()) {
            if (ahead_.empty() && !fetch_ahead()) return false;
            const std::size_t length = std::min(to.size(), ahead_.size());
            std::copy_n(ahead_.begin(), length, to.begin());
            to = to.subspan(length);
            ahead_ = ahead_.subspan(length);
            through_ += length;
        }
        return true;
    }
    /// The digest of all of it, what was not read through yet included.
    Result<std::string> digest() {
        while (fetched_ < size_) {
            if (!fetch_ahead()) return *failure_;
        }
        return "sha256:" + to_hex(hash_.finish());
    }

  private:
    static constexpr std::uint64_t kPiece = 8ULL << 20U;     // of one request

    bool fetch_ahead() {
        auto piece = ask_(fetched_, std::min<std::uint64_t>(size_ - fetched_, kPiece));
        if (piece.ok() && piece->empty()) piece = Error{ErrorCode::malformed, "the registry hands out nothing where the layer goes on"};
        if (!piece.ok()) {
            failure_ = piece.error();
            return false;
        }
        piece_ = std::move(piece).value();
        ahead_ = piece_;
        fetched_ += piece_.size();
        hash_.update(piece_);
        return true;
    }

    std::uint64_t size_;
    Ask ask_;
    const LayerLimits& limits_;
    io::HeldRanges held_;
    std::uint64_t bytes_ = 0;
    std::size_t asked_ = 0;
    Bytes piece_;
    ByteView ahead_;                     // of it, what was not read yet
    std::uint64_t fetched_ = 0, through_ = 0;
    crypto::Sha256 hash_;                // of what was fetched
    std::optional<Error> failure_;
    bool exhausted_ = false;
};

class LayerReader {
  public:
    LayerReader(const ImageSource& source, const io::Repository& where, const ParsingPlace& place, bool statistics, io::Deadline deadline,
                const LayerLimits& limits)
        : source_(source), where_(where), place_(place), statistics_(statistics), deadline_(deadline), limits_(limits) {
        parsing_.member_bytes = std::min(parsing_.member_bytes, limits.expanded);
    }

    Result<Parsed> read(const OciContent& content, const std::string& path) {
        const formats::OciDescriptor& layer = content.layer;
        if (++layers_ > limits_.layers || layer.size > limits_.bytes - bytes_) return unread(path, layer.size, "more layers or bytes than are read from a registry");
        bytes_ += layer.size;
        const ParseOrder order{ParseOrder::Task::artifact, path, nullptr, parsing_};
        if (layer.size <= limits_.whole) return at_once(order, layer);
        return place_.workers == nullptr ? in_ranges(order, layer) : in_ranges_apart(order, layer);
    }

    /// Of an image.
    Result<Parsed> read_forward(const formats::OciDescriptor& layer, ParseOrder::Task task) {
        const std::string path = layer.path();
        if (++layers_ > limits_.layers || layer.size > limits_.bytes - bytes_) return unread(path, layer.size, "more layers or bytes than are read from a registry");
        bytes_ += layer.size;
        const ParseOrder order{task, path, nullptr, formats::layer_limits()};
        if (layer.size <= limits_.whole) return at_once(order, layer);
        return place_.workers == nullptr ? through(order, layer) : copied(order, layer);
    }

  private:
    static Parsed unread(const std::string& path, std::uint64_t size, std::string why) {
        Parsed parsed;
        parsed.facts.opaques.push_back({{path, {}, {}, {}}, std::move(why), size});
        return parsed;
    }

    Result<Parsed> at_once(const ParseOrder& order, const formats::OciDescriptor& layer) {
        const Bytes bytes = TRY(source_.blob(where_, layer.digest, limits_.whole, deadline_));
        if (bytes.size() != layer.size) return unread(order.path, bytes.size(), "it has another size than its descriptor says");
        Parsed parsed = TRY(place_.parse(order, bytes));
        TensorPass values(statistics_ ? std::span<Tensor>(parsed.facts.tensors) : std::span<Tensor>());
        if (!values.empty()) values.take(0, bytes);
        return parsed;
    }

    Result<Parsed> in_ranges(const ParseOrder& order, const formats::OciDescriptor& layer) {
        RangedBlob blob(layer.size, [&](std::uint64_t offset, std::uint64_t length) { return source_.range(where_, layer.digest, offset, length, deadline_); }, limits_);
        Parsed parsed = pipeline::parse(order, blob);
        if (blob.failure()) return *blob.failure();
        return compared(layer, std::move(parsed), [&](std::uint64_t at, ByteView bytes) { return blob.equal(at, bytes); });
    }

    Result<Parsed> through(const ParseOrder& order, const formats::OciDescriptor& layer) {
        RangedBlob blob(layer.size, [&](std::uint64_t offset, std::uint64_t length) { return source_.range(where_, layer.digest, offset, length, deadline_); }, limits_);
        Parsed parsed = pipeline::parse(order, blob);
        if (blob.failure()) return *blob.failure();
        if (TRY(blob.digest()) != layer.digest) return Error{ErrorCode::malformed, layer.digest + ": the registry hands out other bytes than the digest is of"};
        return parsed;
    }

    // What a worker reads forward, it has as a whole: it cannot be given more.
    Result<Parsed> copied(const ParseOrder& order, const formats::OciDescriptor& layer) {
        if (layer.size > limits_.copied) {
            return unread(order.path, layer.size, "of a layer in a registry, a process of its own is given " + std::to_string(limits_.copied) + " bytes at most; "
                                                  "judge the image as a layout, where it was built");
        }
        io::SparseCopy copy = TRY(io::SparseCopy::make(layer.size));
        std::uint64_t at = 0;
        std::optional<Error> full;
        const auto fill = [&](ByteView bytes) {
            const auto put = copy.fill(at, bytes);
            if (!put.ok()) full = put.error();
            at += bytes.size();
            return put.ok();
        };
        const auto whole = source_.stream(where_, layer.digest, layer.size, fill, deadline_);
        if (full) return *full;
        if (!whole.ok()) return whole.error();
        Isolation::Shown shown = TRY(place_.workers->parse_shown(order, layer.size, copy.reader(), place_.deadline));
        return std::move(shown.parsed);
    }

    // A worker reaches no registry. It parses a file of the blob's length, all of it zeros at first, and says which ranges it was shown; those
    // are filled in, and another worker begins again, until one has seen nothing but what is there. More than it asked for is filled in
    // each time, so that a parser that reads on and on comes to an end.
    Result<Parsed> in_ranges_apart(const ParseOrder& order, const formats::OciDescriptor& layer) {
        io::SparseCopy copy = TRY(io::SparseCopy::make(layer.size));
        std::vector<bool> there(static_cast<std::size_t>((layer.size + kReadAhead - 1) / kReadAhead), false);
        std::uint64_t held = 0;
        std::size_t ahead = 1;
        for (;;) {
            Isolation::Shown shown = TRY(place_.workers->parse_shown(order, layer.size, copy.reader(), place_.deadline));
            if (!shown.answered) return std::move(shown.parsed);
            bool missing = false;
            for (const io::SeenRange& range : shown.seen) {
                const auto first = static_cast<std::size_t>(range.offset / kReadAhead), last = static_cast<std::size_t>((range.offset + range.length - 1) / kReadAhead);
                for (std::size_t block = first; block <= last; ++block) {
                    if (there[block]) continue;
                    missing = true;
                    std::size_t end = block;
                    while (end < there.size() && end < last + ahead && !there[end] && end - block < kPieceBlocks) there[end++] = true;
                    const std::uint64_t from = block * kReadAhead, length = std::min(end * kReadAhead, layer.size) - from;
                    held += length;
                    if (held > limits_.held) return unread(order.path, layer.size, "its parser needs more of the layer in memory than the limit allows");
                    TRY_VOID(copy.fill(from, TRY(source_.range(where_, layer.digest, from, length, deadline_))));
                }
            }
            if (!missing) {
                io::SeenRanges seen;
                static_cast<void>(seen.set(std::move(shown.seen), layer.size));      // possible ones, as the worker's answer was read
                return compared(layer, std::move(shown.parsed), [&](std::uint64_t at, ByteView bytes) { return seen.take(at, bytes); });
            }
            ahead = std::min(ahead * 2, kPieceBlocks);
        }
    }

    // The whole, once: it has its digest, and its parser saw what it is made of.
    template <typename Same>
    Result<Parsed> compared(const formats::OciDescriptor& layer, Parsed parsed, const Same& same_at) {
        TensorPass values(statistics_ ? std::span<Tensor>(parsed.facts.tensors) : std::span<Tensor>());
        std::uint64_t at = 0;
        bool same = true;
        const auto take = [&](ByteView bytes) {
            same = same && same_at(at, bytes);
            if (same && !values.empty()) values.take(at, bytes);
            at += bytes.size();
            return same;
        };
        const auto whole = source_.stream(where_, layer.digest, layer.size, take, deadline_);
        if (!same) return Error{ErrorCode::malformed, layer.digest + ": the registry hands out other bytes in ranges than as a whole"};
        if (!whole.ok()) return whole.error();
        return parsed;
    }

    const ImageSource& source_;
    const io::Repository& where_;
    const ParsingPlace& place_;
    const bool statistics_;
    const io::Deadline deadline_;
    const LayerLimits& limits_;
    Limits parsing_;
    std::size_t layers_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace

bool looks_at_content(std::string_view checker) { return std::find(kByDigest.begin(), kByDigest.end(), checker) == kByDigest.end(); }

Result<void> read_layers(const ImageSource& source, const io::Repository& where, std::span<const OciContent> contents, const ParsingPlace& place,
                         bool statistics, io::Deadline deadline, const LayerLimits& limits, Evidence& evidence) {
    const std::vector<std::string> paths = content_paths(contents, evidence);
    drop_layer_records(contents, evidence);
    LayerReader reader(source, where, place, statistics, deadline, limits);
    for (std::size_t i = 0; i < contents.size(); ++i) {
        const formats::OciDescriptor& layer = contents[i].layer;
        const bool again = std::find(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(i), paths[i]) != paths.begin() + static_cast<std::ptrdiff_t>(i);
        if (again) {
            check_packing(contents[i], paths[i], evidence);
            continue;
        }
        Parsed parsed = TRY(reader.read(contents[i], paths[i]));
        check_packing(contents[i], paths[i], parsed.facts);
        evidence.merge(std::move(parsed.facts));
        evidence.files.push_back({paths[i], layer.size, layer.digest.substr(std::string_view("sha256:").size()), parsed.yes, false});
    }
    std::sort(evidence.files.begin(), evidence.files.end(), [](const FileRecord& a, const FileRecord& b) { return a.path < b.path; });
    settle_tensor_data(evidence);
    return {};
}

Result<void> read_image_layers(const ImageSource& source, const io::Repository& where, std::span<const formats::OciDescriptor> layers, LayersWanted wanted,
                               const std::string& root, const ParsingPlace& place, io::Deadline deadline, const LayerLimits& limits, Evidence& evidence) {
    LayerReader reader(source, where, place, false, deadline, limits);
    for (const formats::OciDescriptor& layer : layers) take_layer(layer, TRY(reader.read_forward(layer, task_for(wanted))), evidence);
    all_layers_taken(wanted, root, evidence);
    return {};
}

void leave_layers(std::span<const OciContent> contents, Evidence& evidence) {
    for (const OciContent& content : contents) {
        for (FileRecord& file : evidence.files) {
            if (file.path != content.layer.path() || !file.examined) continue;
            file.examined = false;
            Opaque& left = evidence.opaques.emplace_back();
            left.where.path = file.path;
            left.why = kNotFetched;
            left.bytes = file.size;
        }
    }
}

}  // namespace headgate::pipeline
