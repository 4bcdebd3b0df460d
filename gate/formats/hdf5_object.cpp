#include "formats/hdf5_object.hpp"

#include <algorithm>

namespace headgate::formats {
namespace {

constexpr std::uint64_t kMostMessages = 100'000;
constexpr unsigned kShared = 2;   // message flag: the message stands elsewhere

struct Block {
    std::uint64_t address;
    std::uint64_t length;
};

/// Collects messages of one header over all its blocks.
class HeaderReader {
  public:
    explicit HeaderReader(Hdf5File& file) : file_(file) {}

    std::optional<std::vector<Hdf5Message>> run(std::uint64_t address) {
        const auto start = file_.peek(address, 4, "an object header");
        if (!start) return std::nullopt;
        const bool read = starts_with(*start, "OHDR") ? begin_second(address) : begin_first(address);
        if (!read) return std::nullopt;
        std::size_t next = 0;
        while (next < blocks_.size()) {            // which a block makes longer
            const Block block = blocks_[next++];
            if (!continue_in(block)) return std::nullopt;
        }
        return std::move(messages_);
    }

  private:
    bool malformed(std::uint64_t address) {
        file_.malformed("an object header", address);
        return false;
    }

    /// Version 1: a prefix of 16 bytes with alignment, then messages; no checksum.
    bool begin_first(std::uint64_t address) {
        const auto prefix = file_.peek(address, 16, "an object header");
        if (!prefix) return false;
        Hdf5Fields fields = file_.fields(*prefix);
        version_ = fields.u8();
        fields.skip(1);
        fields.skip(2);
        fields.skip(4);
        const std::uint64_t length = fields.u32();
        if (version_ != 1) return malformed(address);
        const auto bytes = file_.enter(address, 16 + length, "an object header");
        return bytes && messages_of(bytes->subspan(16), address + 16);
    }

    /// Version 2: signature, flags, optional fields, the size of the first block, its messages, a checksum.
    bool begin_second(std::uint64_t address) {
        version_ = 2;
        const std::uint64_t room = file_.size() - file_.base() - address;
        const auto prefix = file_.peek(address, std::min<std::uint64_t>(room, 34), "an object header");
        if (!prefix) return false;
        Hdf5Fields fields = file_.fields(*prefix);
        fields.skip(4);
        const unsigned version = fields.u8();
        const unsigned flags = fields.u8();
        ordered_ = (flags & 4U) != 0;
        if ((flags & 32U) != 0) fields.skip(16);
        if ((flags & 16U) != 0) fields.skip(4);
        const std::uint64_t length = fields.number(std::uint64_t{1} << (flags & 3U));
        const std::uint64_t begin = fields.offset();
        if (!fields.ok() || version != 2 || (flags & 0xC0U) != 0 || length > file_.size()) return malformed(address);
        const auto bytes = file_.enter_checked(address, begin + length + 4, "OHDR", "an object header");
        return bytes && messages_of(bytes->subspan(static_cast<std::size_t>(begin)), address + begin);
    }

    bool continue_in(const Block& block) {
        if (version_ == 1) {
            const auto bytes = file_.enter(block.address, block.length, "the continuation of an object header");
            return bytes && messages_of(*bytes, block.address);
        }
        const auto bytes = file_.enter_checked(block.address, block.length, "OCHK", "the continuation of an object header");
        return bytes && messages_of(bytes->subspan(4), block.address + 4);
    }

    bool messages_of(ByteView bytes, std::uint64_t address) {
        const std::size_t prefix = version_ == 1 ? 8 : ordered_ ? 6 : 4;
        Hdf5Fields fields = file_.fields(bytes);
        while (fields.remaining() >= prefix) {
            Hdf5Message message;
            message.kind = static_cast<std::uint16_t>(fields.number(version_ == 1 ? 2 : 1));
            const std::uint64_t length = fields.u16();
            const unsigned flags = fields.u8();
            fields.skip(prefix - (version_ == 1 ? 5U : 4U));
            message.address = address + fields.offset();
            message.bytes = fields.take(length);
            if (!fields.ok() || messages_.size() >= kMostMessages || !file_.step()) return malformed(address);
            if (!add(message, flags)) return false;
        }
        return fields.remaining() == 0 || version_ == 2 || malformed(address);  // version 2 leaves a gap too small for a message
    }

    bool add(const Hdf5Message& message, unsigned flags) {
        if (message.kind == Hdf5Message::nil) return true;
        if ((flags & kShared) != 0) {
            file_.unsupported("shared messages (committed datatypes)", message.address);
            return false;
        }
        if (message.kind == Hdf5Message::continuation) {
            Hdf5Fields fields = file_.fields(message.bytes);
            const std::uint64_t address = fields.address();
            const std::uint64_t length = fields.length();
            if (!fields.ok()) return malformed(message.address);
            blocks_.push_back({address, length});
            return true;
        }
        if (message.kind > Hdf5Message::file_space || message.kind == 0x09) {
            file_.unsupported("messages of type " + std::to_string(message.kind) + " in object headers", message.address);
            return false;
        }
        messages_.push_back(message);
        return true;
    }

    Hdf5File& file_;
    unsigned version_ = 0;
    bool ordered_ = false;
    std::vector<Block> blocks_;
    std::vector<Hdf5Message> messages_;
};

}  // namespace

std::optional<std::vector<Hdf5Message>> read_object(Hdf5File& file, std::uint64_t address) { return HeaderReader(file).run(address); }

const Hdf5Message* find_message(const std::vector<Hdf5Message>& messages, std::uint16_t kind) {
    const auto found = std::find_if(messages.begin(), messages.end(), [&](const Hdf5Message& m) { return m.kind == kind; });
    return found == messages.end() ? nullptr : &*found;
}

}  // namespace headgate::formats
