#include "formats/hdf5_chunks.hpp"

#include <algorithm>
#include <bit>

#include "formats/hdf5_heap.hpp"

namespace headgate::formats {
namespace {

const std::string kChunk = "a chunk of a dataset";

class ChunkReader {
  public:
    ChunkReader(Hdf5File& file, const Hdf5Chunking& chunking) : file_(file), chunking_(chunking) {}

    std::optional<std::uint64_t> run() {
        if (chunking_.index == kNowhere) return 0;
        bool read = false;
        switch (chunking_.kind) {
            case 0: read = tree(); break;
            case 1: read = chunk(chunking_.index, chunking_.filtered ? chunking_.single_bytes : chunking_.bytes); break;
            case 2: read = implicit(); break;
            case 3: read = fixed_array(); break;
            case 4: read = extensible_array(); break;
            default: read = second_tree(); break;
        }
        return read ? std::optional(stored_) : std::nullopt;
    }

  private:
    bool malformed(const std::string& what, std::uint64_t address) {
        file_.malformed(what, address);
        return false;
    }

    bool chunk(std::uint64_t address, std::uint64_t bytes) {
        if (address == kNowhere) return true;  // not written
        if (!chunking_.filtered && bytes != chunking_.bytes) return malformed("the size of a chunk", address);
        stored_ += std::min(bytes, file_.size());
        return file_.claim(address, bytes, kChunk);
    }

    bool implicit() {
        std::uint64_t bytes = 0;
        if (chunking_.filtered || __builtin_mul_overflow(chunking_.count, chunking_.bytes, &bytes)) {
            return malformed("an implicit index of chunks", chunking_.index);
        }
        stored_ = bytes;
        return file_.claim(chunking_.index, bytes, "the chunks of a dataset");
    }

    /// Version 1: keys hold the size of the chunk that follows and its place.
    bool tree() {
        const std::uint64_t width = file_.address_size;
        const std::uint64_t key = 8 + 8 * (chunking_.extent.size() + 1);
        const std::uint64_t length = 8 + 2 * width + 2ULL * file_.chunk_k * (key + width) + key;
        std::vector<std::uint64_t> nodes{chunking_.index};
        while (!nodes.empty()) {
            const std::uint64_t address = nodes.back();
            nodes.pop_back();
            const auto bytes = file_.enter(address, length, "a B-tree node of chunks");
            if (!bytes) return false;
            Hdf5Fields fields = file_.fields(*bytes);
            const ByteView signature = fields.take(4);
            const unsigned kind = fields.u8();
            const unsigned level = fields.u8();
            const unsigned used = fields.u16();
            fields.skip(2 * width);  // siblings
            if (!starts_with(signature, "TREE") || kind != 1 || used > 2 * file_.chunk_k) return malformed("a B-tree node of chunks", address);
            for (unsigned i = 0; i < used; ++i) {
                const std::uint64_t stored = fields.u32();
                fields.skip(key - 4);
                const std::uint64_t child = fields.address();
                if (level != 0) nodes.push_back(child);
                else if (!chunk(child, stored)) return false;
            }
        }
        return true;
    }

    /// B-tree of version 2: records of type 10 (address, place), or 11 (address, size, mask, place).
    bool second_tree() {
        const std::uint64_t place = 8 * chunking_.extent.size();
        const std::uint64_t width = file_.address_size;
        for (const ByteView record : read_tree2(file_, chunking_.index, chunking_.filtered ? 11 : 10)) {
            Hdf5Fields fields = file_.fields(record);
            const std::uint64_t address = fields.address();
            const std::uint64_t rest = width + place + (chunking_.filtered ? 4 : 0);
            if (record.size() < rest || record.size() > rest + 8) return malformed("a record of a B-tree", chunking_.index);
            if (!chunk(address, chunking_.filtered ? fields.number(record.size() - rest) : chunking_.bytes)) return false;
        }
        return file_.clean();
    }

    /// What the headers of both kinds of arrays begin with: signature, version, client and the size of an entry.
    bool array_head(Hdf5Fields& fields) {
        fields.skip(4);
        const unsigned version = fields.u8();
        const unsigned client = fields.u8();
        entry_ = fields.u8();
        return version == 0 && entry_fits(client);
    }

    bool fixed_array() {
        const std::uint64_t width = file_.address_size;
        const auto header = file_.enter_checked(chunking_.index, 8 + file_.length_size + width + 4, "FAHD", "an array of chunks");
        if (!header) return false;
        Hdf5Fields fields = file_.fields(*header);
        const bool fits = array_head(fields);
        const unsigned page_bits = fields.u8();
        const std::uint64_t entries = fields.length();
        const std::uint64_t block = fields.address();
        if (!fits || page_bits == 0 || page_bits > 30 || entries > file_.size()) return malformed("an array of chunks", chunking_.index);
        if (block == kNowhere) return true;
        const std::uint64_t page = std::uint64_t{1} << page_bits;
        const std::uint64_t prefix = 6 + width;
        if (entries <= page) {
            const auto bytes = file_.enter_checked(block, prefix + entries * entry_ + 4, "FADB", "a block of an array of chunks");
            return bytes && elements(bytes->subspan(static_cast<std::size_t>(prefix)), entries);
        }
        const std::uint64_t pages = (entries + page - 1) / page;
        const std::uint64_t head = prefix + (pages + 7) / 8 + 4;
        const auto bytes = file_.enter_checked(block, head, "FADB", "a block of an array of chunks");
        if (!bytes) return false;
        const ByteView written = bytes->subspan(static_cast<std::size_t>(prefix));  // a bit for each page, from the highest
        for (std::uint64_t i = 0; i < pages; ++i) {
            if (!page_of(written, i, block + head + i * (page * entry_ + 4), std::min(page, entries - i * page))) return false;
        }
        return true;
    }

    /// The shape of an extensible array (format specification, VII.D).
    struct Extensible {
        std::uint64_t in_index = 0;        // elements in the index block
        std::uint64_t smallest = 0;        // elements of the smallest data block
        std::uint64_t pointers = 0;        // data blocks of the smallest secondary block
        std::uint64_t page = 0;            // elements of a page
        std::uint64_t offset_bytes = 0;    // width of the place of a block within the array
        unsigned secondary = 0;            // secondary blocks that there can be
    };

    bool extensible_array() {
        const std::uint64_t width = file_.address_size;
        const auto header = file_.enter_checked(chunking_.index, 12 + 6ULL * file_.length_size + width + 4, "EAHD", "an array of chunks");
        if (!header) return false;
        Hdf5Fields fields = file_.fields(*header);
        const bool fits = array_head(fields);
        const unsigned bits = fields.u8();
        Extensible array;
        array.in_index = fields.u8();
        array.smallest = fields.u8();
        array.pointers = fields.u8();
        const unsigned page_bits = fields.u8();
        fields.skip(6ULL * file_.length_size);
        const std::uint64_t index = fields.address();
        const bool sizes = bits <= 64 && page_bits <= 30 && std::has_single_bit(array.smallest) && std::has_single_bit(array.pointers) &&
                           array.pointers > 1 && bits > static_cast<unsigned>(std::bit_width(array.smallest));
        if (!fits || !sizes) return malformed("an array of chunks", chunking_.index);
        array.page = std::uint64_t{1} << page_bits;
        array.offset_bytes = (bits + 7U) / 8;
        array.secondary = 2 + bits - static_cast<unsigned>(std::bit_width(array.smallest));
        return index == kNowhere || index_block(array, index);
    }
    bool entry_fits(unsigned client) const {
        const std::uint64_t width = file_.address_size;
        return client == (chunking_.filtered ? 1U : 0U) && (chunking_.filtered ? entry_ > width + 4 && entry_ <= width + 12 : entry_ == width);
    }

    /// Elements, then the data blocks of the first secondary blocks, then the other secondary blocks.
    bool index_block(const Extensible& array, std::uint64_t address) {
        const auto direct = 2 * static_cast<unsigned>(std::bit_width(array.pointers) - 1);  // secondary blocks that have no block
        const std::uint64_t blocks = 2 * (array.pointers - 1);
        if (array.secondary < direct) return malformed("an array of chunks", chunking_.index);
        const std::uint64_t length = 6 + std::uint64_t{file_.address_size} * (1 + blocks + array.secondary - direct) + array.in_index * entry_ + 4;
        const auto bytes = file_.enter_checked(address, length, "EAIB", "the index of an array of chunks");
        if (!bytes) return false;
        Hdf5Fields fields = file_.fields(*bytes);
        fields.skip(6ULL + file_.address_size);
        if (!elements(fields.take(array.in_index * entry_), array.in_index)) return false;
        for (unsigned level = 0; level < direct; ++level) {
            for (std::uint64_t i = 0; i < (std::uint64_t{1} << (level / 2)); ++i) {
                if (!data_block(array, fields.address(), array.smallest << ((level + 1) / 2), {}, 0)) return false;
            }
        }
        for (unsigned level = direct; level < array.secondary; ++level) {
            const std::uint64_t block = fields.address();
            if (block != kNowhere && !secondary_block(array, block, level)) return false;
        }
        return fields.ok() || malformed("the index of an array of chunks", address);
    }

    bool secondary_block(const Extensible& array, std::uint64_t address, unsigned level) {
        const std::uint64_t blocks = level / 2 < 32 ? std::uint64_t{1} << (level / 2) : UINT64_MAX;
        if (blocks > file_.size()) return malformed("a secondary block of an array of chunks", address);
        const std::uint64_t elements_each = array.smallest << ((level + 1) / 2);
        const std::uint64_t pages = elements_each > array.page ? elements_each / array.page : 0;
        const std::uint64_t mask = (pages + 7) / 8;  // which pages of a block are there
        const std::uint64_t prefix = 6 + file_.address_size + array.offset_bytes;
        std::uint64_t masks = 0;
        if (__builtin_mul_overflow(blocks, mask, &masks) || masks > file_.size()) return malformed("a secondary block of an array of chunks", address);
        const auto bytes = file_.enter_checked(address, prefix + masks + blocks * file_.address_size + 4, "EASB", "a secondary block of an array of chunks");
        if (!bytes) return false;
        Hdf5Fields fields = file_.fields(*bytes);
        fields.skip(prefix);
        const ByteView there = fields.take(masks);
        for (std::uint64_t i = 0; i < blocks; ++i) {
            const ByteView of_block = there.subspan(static_cast<std::size_t>(i * mask), static_cast<std::size_t>(mask));
            if (!data_block(array, fields.address(), elements_each, of_block, pages)) return false;
        }
        return fields.ok() || malformed("a secondary block of an array of chunks", address);
    }

    bool data_block(const Extensible& array, std::uint64_t address, std::uint64_t count, ByteView there, std::uint64_t pages) {
        if (address == kNowhere) return true;
        const std::uint64_t prefix = 6 + file_.address_size + array.offset_bytes;
        std::uint64_t length = 0;
        if (__builtin_mul_overflow(count, entry_, &length) || length > file_.size()) return malformed("a block of an array of chunks", address);
        const auto bytes = file_.enter_checked(address, prefix + (pages == 0 ? length : 0) + 4, "EADB", "a block of an array of chunks");
        if (!bytes) return false;
        if (pages == 0) return elements(bytes->subspan(static_cast<std::size_t>(prefix)), count);
        for (std::uint64_t i = 0; i < pages; ++i) {
            if (!page_of(there, i, address + prefix + 4 + i * (array.page * entry_ + 4), array.page)) return false;
        }
        return true;
    }

    /// A page that its bit says is there; the room of the others is only accounted for.
    bool page_of(ByteView there, std::uint64_t page, std::uint64_t address, std::uint64_t count) {
        if ((static_cast<unsigned>(there[static_cast<std::size_t>(page / 8)]) >> (7U - page % 8) & 1U) == 0) {
            return file_.claim(address, count * entry_ + 4, "a page of an array of chunks");
        }
        const auto content = file_.enter_checked(address, count * entry_ + 4, "", "a page of an array of chunks");
        return content && elements(*content, count);
    }

    bool elements(ByteView bytes, std::uint64_t count) {
        Hdf5Fields fields = file_.fields(bytes);
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint64_t address = fields.address();
            std::uint64_t stored = chunking_.bytes;
            if (chunking_.filtered) {
                stored = fields.number(entry_ - file_.address_size - 4U);
                fields.skip(4);
            }
            if (!fields.ok() || !chunk(address, stored)) return fields.ok() ? false : malformed("an array of chunks", chunking_.index);
        }
        return true;
    }

    Hdf5File& file_;
    const Hdf5Chunking& chunking_;
    std::uint64_t entry_ = 0;
    std::uint64_t stored_ = 0;
};

}  // namespace

std::optional<std::uint64_t> read_chunks(Hdf5File& file, const Hdf5Chunking& chunking) { return ChunkReader(file, chunking).run(); }

}  // namespace headgate::formats
