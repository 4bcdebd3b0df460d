#include "formats/tar_layer.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "base/text.hpp"
#include "formats/container_report.hpp"
#include "formats/layer_links.hpp"
#include "formats/layer_stream.hpp"
#include "formats/pickle.hpp"
#include "formats/tar_headers.hpp"
#include "model/layers.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kLongestExtension = 1U << 20U;   // bytes of a pax header or long name
constexpr std::uint64_t kHead = 32U << 20U;              // of a file that is not held whole, at most
constexpr std::uint64_t kTail = 1U << 20U;
constexpr std::size_t kPiece = 256U << 10U;

/// The places behind the beginning at which HDF5 may begin, each twice as far as the one before: eight bytes of each are kept, since every file
/// of weights is asked whether it is one (hdf5.cpp).
constexpr std::uint64_t kFirstPlace = 512;
struct Kept {
    std::uint64_t offset = 0;
    std::array<std::uint8_t, 8> bytes{};
};

/// A file of which the middle is gone.
class Ends final : public ByteSource {
  public:
    Ends(ByteView head, std::span<const Kept> kept, ByteView tail, std::uint64_t size) : head_(head), kept_(kept), tail_(tail), size_(size) {}
    std::uint64_t size() const override { return size_; }
    std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) override {
        if (offset > size_ || length > size_ - offset) return std::nullopt;
        if (offset <= head_.size() && length <= head_.size() - offset) return head_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
        const std::uint64_t begin = size_ - tail_.size();
        if (offset >= begin) return tail_.subspan(static_cast<std::size_t>(offset - begin), static_cast<std::size_t>(length));
        for (const Kept& one : kept_) {
            if (offset >= one.offset && offset - one.offset <= one.bytes.size() && length <= one.bytes.size() - (offset - one.offset)) {
                return ByteView(one.bytes).subspan(static_cast<std::size_t>(offset - one.offset), static_cast<std::size_t>(length));
            }
        }
        missed_ = true;
        return std::nullopt;
    }
    bool missed() const { return missed_; }

  private:
    ByteView head_;
    std::span<const Kept> kept_;
    ByteView tail_;
    std::uint64_t size_;
    bool missed_ = false;
};

class LayerWalk {
  public:
    LayerWalk(LayerStream& stream, LayerUse use, ParseContext& context, ContainerReport& report)
        : stream_(stream), use_(use), context_(context), report_(report) {}

    /// False when some of it was not understood.
    bool run() {
        while (next()) {
        }
        return whole_ && !stream_.failed();
    }

  private:
    bool stop(std::string_view thing, std::string message, std::string why) {
        report_.broken(thing, std::move(message), here_, std::move(why));
        return false;
    }
    bool give_up(std::string message) {
        report_.unscannable(std::move(message), here_);
        return whole_ = false;
    }

    bool next() {
        here_ = stream_.at();
        std::uint8_t block[kTarBlock];
        const std::size_t got = stream_.read(block);
        if (stream_.failed()) return false;
        // A tar may end without its two zero blocks, between two members; unpackers take it for the end.
        if (got == 0 && headers_ > 0) return ended();
        if (got < kTarBlock) return stop("cut-off", "the layer ends within a header", "It is cut off; members behind the cut are missing.");
        if (is_zero_block(block)) return end_of_archive();
        if (++headers_ > context_.limits.members || !context_.budget.step(64)) return give_up("the layer has more entries than the limits allow");
        const auto header = read_tar_header(block);
        const bool known = has_tar_magic(block) || as_text(ByteView(block).subspan(257, 8)) == std::string_view("\0\0\0\0\0\0\0\0", 8);
        if (!header || !known) {
            return stop("broken", "no tar header stands where the next one must be", "Readers that skip ahead to the next header see other members.");
        }
        const char type = header->type;
        if (type == 'x' || type == 'g' || type == 'L' || type == 'K') return extension(*header);
        return member(*header);
    }

    // pax headers and GNU long names describe the entry behind them.
    // One of a kind for one entry, and nothing global between: Go's reader forgets an earlier one, and hands out what is global as an entry
    // of its own, with which all that came before it is gone. Others gather them.
    bool extension(const TarHeader& header) {
        const bool again = header.type == 'x' ? has_pax_ : header.type == 'L' ? long_name_.has_value() : header.type == 'K' ? long_link_.has_value() : pending();
        if (again) return stop("ambiguous-name", "extended headers for one entry are given twice, or a global one stands before it", "Readers differ on which one counts.");
        if (header.size > kLongestExtension) {
            return stop("broken", "an extended header is longer than " + std::to_string(kLongestExtension) + " bytes",
                        "Readers differ on the name of the entry behind it.");
        }
        Bytes data(static_cast<std::size_t>(header.size));
        if (stream_.read(data) < data.size() || !pad(header.size)) return cut_off("an extended header");
        if (header.type == 'x' || header.type == 'g') return pax(data, header.type);
        auto& place = header.type == 'L' ? long_name_ : long_link_;
        place = read_long_name(data);
        return place || unlike("a long name or link");
    }

    bool pax(ByteView data, char type) {
        const auto records = read_pax(data);
        if (!records) return stop("broken", "a pax header is malformed or has a key twice", "Readers differ on the name and size of the entry behind it.");
        for (const auto& [key, value] : *records) {
            if (key.starts_with("GNU.sparse")) return stop("sparse", "a sparse file (" + key + ")", "Readers differ on what it expands to.");
            if (key == "hdrcharset") return stop("broken", "a pax header sets a character set", "Readers differ on the names.");
            if (key != "path" && key != "size" && key != "linkpath") continue;
            if (type == 'g') {
                return stop("global-header", "a global pax header sets \"" + key + "\" for all entries", "Readers differ on whether it applies.");
            }
            if (key == "size") {
                pax_size_ = read_decimal(value);
                if (!pax_size_) return stop("broken", "the size in a pax header is no number", "Readers differ on where the member ends.");
            } else {
                if (!is_pax_name(value)) return unlike("the " + key + " of a pax header");
                (key == "path" ? pax_name_ : pax_link_) = value;
            }
        }
        has_pax_ = has_pax_ || type == 'x';
        return true;
    }

    bool unlike(const std::string& what) {
        return stop("ambiguous-name", what + " is empty or holds a NUL", "Some readers end it there or keep the name of the header, and others do not.");
    }
    bool pending() const { return has_pax_ || long_name_ || long_link_; }

    bool member(const TarHeader& header) {
        if ((pax_name_ && long_name_) || (pax_link_ && long_link_)) return ambiguous();
        const std::string link = pax_link_ ? *pax_link_ : long_link_ ? *long_link_ : header.link;
        const std::string written = pax_name_ ? *pax_name_ : long_name_ ? *long_name_ : header.name;
        const std::uint64_t size = pax_size_.value_or(header.size);
        if (pax_size_ && !agrees_with_pax_size(header.size, *pax_size_)) {
            return stop("size-mismatch", "the pax size of \"" + written + "\" differs from its header",
                        "Readers differ on where the member ends and the next header is.");
        }
        pax_name_ = long_name_ = pax_link_ = long_link_ = std::nullopt;
        pax_size_ = std::nullopt;
        has_pax_ = false;
        if (!header.problems.empty()) return stop("bad-name", "entry \"" + written + "\": " + header.problems.front(), "Readers differ on the name.");
        const auto path = path_in_layer(written);
        if (!path) {
            return stop("bad-name", "the name of entry \"" + written + "\" leads out of its folder by '..'", "Unpacked, it may reach another place than it seems.");
        }
        const char type = header.type;
        const bool regular = type == '0' || type == '7';
        const bool empty = type == '1' || type == '2' || type == '3' || type == '4' || type == '5' || type == '6';
        if (!regular && !empty) {
            return stop(type == 'S' ? "sparse" : "unknown-type", "entry \"" + written + "\" has the type " + std::to_string(static_cast<unsigned char>(type)),
                        "Readers differ on what it is, and on where the next header is.");
        }
        const bool folder = type == '5' || (regular && written.ends_with('/'));
        if ((empty || folder) && size != 0) {
            return stop(folder ? "folder-data" : "broken", "entry \"" + written + "\" has no bytes by its type, and a size", "Readers differ on where the next header is.");
        }
        check_links(*path, type, link);
        if (empty || folder) return true;
        return file(*path, written, size) && pad(size);
    }

    void check_links(const std::string& path, char type, const std::string& link) {
        if (use_ != LayerUse::model) return;
        if (auto wrong = links_.add(path, type, link)) {
            report_.broken("link", std::move(*wrong), here_, "What lies there, or comes there when it is unpacked, was not looked at as a part of the model.");
        }
    }

    // As unpackers join it to the root: without "." and slashes in front; nullopt with "..".
    static std::optional<std::string> path_in_layer(std::string_view written) {
        std::string path;
        for (const std::string_view part : split(written, '/')) {
            if (part.empty() || part == ".") continue;
            if (part == "..") return std::nullopt;
            path += (path.empty() ? "" : "/") + std::string(part);
        }
        return path;
    }

    bool file(const std::string& path, const std::string& written, std::uint64_t size) {
        const std::uint64_t most = context_.limits.member_bytes;
        const bool held = size <= most;
        const std::uint64_t head = std::min(kHead, most / 2), tail = std::min(kTail, most / 2);
        if (!take(held ? size : head)) return cut_off("\"" + written + "\"");
        if (held) {
            MemorySource content(bytes_);
            return look_at(content, path);
        }
        if (!pass_over(head, size - tail)) return cut_off("\"" + written + "\"");
        tail_.resize(static_cast<std::size_t>(tail));
        if (stream_.read(tail_) < tail_.size()) return cut_off("\"" + written + "\"");
        Ends content(bytes_, kept_, tail_, size);
        const std::size_t before = context_.evidence.members.size();
        if (!look_at(content, path)) return false;
        const bool taken = context_.evidence.members.size() != before;
        // Bytes without a mark of their own are a pickle if that is what an unpickler makes of them: not to be told if it goes on behind the beginning.
        Ends guessed(bytes_, kept_, tail_, size);
        const bool untold = !taken && !loads_as_pickle(guessed) && guessed.missed();
        if (!untold && (!taken || !content.missed())) return true;
        whole_ = false;
        context_.unscannable("file", "it has " + std::to_string(size) + " bytes, and is of a format of which the first " + std::to_string(head) + " are not enough",
                             {context_.path, path, std::nullopt, std::nullopt});
        return true;
    }

    /// From one byte of a file to another one, with what is kept of those between them.
    bool pass_over(std::uint64_t from, std::uint64_t to) {
        kept_.clear();
        for (std::uint64_t place = kFirstPlace; to >= sizeof(Kept::bytes) && place <= to - sizeof(Kept::bytes); place *= 2) {
            if (place < from) continue;
            Kept one;
            one.offset = place;
            if (!stream_.skip(place - from) || stream_.read(one.bytes) < one.bytes.size()) return false;
            from = place + one.bytes.size();
            kept_.push_back(one);
        }
        return stream_.skip(to - from);
    }

    bool look_at(ByteSource& content, const std::string& path) {
        if (!context_.budget.step(1 + content.size() / 4096)) return give_up("the layer has more content than the limits allow");
        if (examine_layer_file(content, path, use_, context_) == Examined::partly) whole_ = false;
        if (context_.budget.exhausted()) {
            return give_up("reading \"" + path + "\" and what stands before it takes more steps, or expands to more, than one layer may");
        }
        const Evidence& facts = context_.evidence;
        const std::size_t count = facts.formats.size() + facts.imports.size() + facts.calls.size() + facts.members.size() + facts.tensors.size() + facts.operators.size() +
                                  facts.traits.size() + facts.digest_claims.size() + facts.configurations.size() + facts.index_entries.size() + facts.opaques.size() +
                                  facts.findings.size();
        if (count > 2ULL * context_.limits.facts) return give_up("the layer holds more models and packages than are told apart in one");
        return true;
    }

    // Into `bytes_`, which grows as they come and not as they are announced.
    bool take(std::uint64_t size) {
        bytes_.clear();
        while (bytes_.size() < size) {
            const std::size_t had = bytes_.size(), piece = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, size - had));
            bytes_.resize(had + piece);
            const std::size_t got = stream_.read(std::span(bytes_).subspan(had));
            if (got == piece) continue;
            bytes_.resize(had + got);
            return false;
        }
        return true;
    }

    bool pad(std::uint64_t size) {
        std::uint8_t block[kTarBlock];
        const auto padding = std::span(block).first(static_cast<std::size_t>((kTarBlock - size % kTarBlock) % kTarBlock));
        if (stream_.read(padding) < padding.size()) return cut_off("the padding of a member");
        return true;
    }

    bool cut_off(const std::string& what) {
        if (stream_.failed()) return false;
        return stop("cut-off", what + " is not there to its end", "It is cut off.");
    }
    bool ambiguous() { return stop("ambiguous-name", "the entry's name, link or size is given twice in extended headers", "Readers differ on which one counts."); }

    bool ended() {
        if (pending()) return stop("broken", "an extended header describes no entry", "The layer is cut off or forged.");
        return false;
    }

    bool end_of_archive() {
        std::uint8_t block[kTarBlock];
        for (;;) {
            const std::size_t got = stream_.read(block);
            if (stream_.failed()) return false;
            if (std::any_of(block, block + got, [](std::uint8_t byte) { return byte != 0; })) {
                return stop("trailing-bytes", "there is content behind the end of the layer", "Readers that ignore zero blocks unpack members that others do not show.");
            }
            if (got < kTarBlock) return ended();
            if (!context_.budget.step()) return give_up("the padding at the end cannot be read within the limits");
        }
    }

    LayerStream& stream_;
    LayerUse use_;
    ParseContext& context_;
    ContainerReport& report_;
    LayerLinks links_;               // of a model's image
    Bytes bytes_, tail_;
    std::vector<Kept> kept_;
    std::uint64_t here_ = 0;         // where the entry begins, in the content
    std::uint32_t headers_ = 0;
    bool whole_ = true;
    std::optional<std::string> pax_name_, long_name_, pax_link_, long_link_;
    std::optional<std::uint64_t> pax_size_;
    bool has_pax_ = false;           // an extended header is read, and its entry is not
};

}  // namespace

Limits layer_limits() {
    Limits limits;
    limits.steps = 4'000'000'000;
    limits.expanded_bytes = 32ULL << 30U;
    limits.members = 1'000'000;
    limits.member_bytes = 256ULL << 20U;
    return limits;
}

Examined parse_layer(ByteSource& source, LayerUse use, ParseContext& context) {
    context.format(std::string(kLayer));
    LayerStream stream(source, context);
    context.format(std::string(stream.packing()));
    ContainerReport report(context, "tar");
    const bool whole = LayerWalk(stream, use, context, report).run();
    return whole && report.clean() ? Examined::whole : Examined::partly;
}

}  // namespace headgate::formats
