#include <algorithm>
#include <bit>

#include "formats/hdf5_heap.hpp"

// Fractal heaps (format specification, III.G), as far as dense storage needs them: managed objects in direct blocks below
// any number of indirect blocks, and tiny objects. Huge objects, and heaps with filters, are not read.

namespace headgate::formats {
namespace {

constexpr unsigned kMostRows = 64;

class FractalHeap {
  public:
    explicit FractalHeap(Hdf5File& file) : file_(file) {}

    bool open(std::uint64_t address) {
        const std::uint64_t wide = file_.address_size;
        const std::uint64_t lengths = file_.length_size;
        // 22 fixed bytes, 12 lengths, 3 addresses; the root's filter fields only where there are filters.
        const auto header = file_.enter_checked(address, 22 + 12 * lengths + 3 * wide + 4, "FRHP", "a fractal heap");
        if (!header) return false;
        address_ = address;
        Hdf5Fields fields = file_.fields(*header);
        fields.skip(4);
        const unsigned version = fields.u8();
        id_length_ = fields.u16();
        const unsigned filters = fields.u16();
        const unsigned flags = fields.u8();
        checked_ = (flags & 2U) != 0;
        const std::uint64_t largest_object = fields.u32();
        fields.length();  // next huge id
        fields.address(); // B-tree of huge objects
        fields.length();  // free space
        const std::uint64_t free_space = fields.address();
        for (int i = 0; i < 4; ++i) fields.length();  // managed, allocated, iterator, managed objects
        fields.length();                              // bytes of huge objects
        const std::uint64_t huge = fields.length();
        for (int i = 0; i < 2; ++i) fields.length();  // tiny
        width_ = fields.u16();
        start_ = fields.length();
        largest_ = fields.length();
        bits_ = fields.u16();
        fields.skip(2);
        const std::uint64_t root = fields.address();
        const unsigned rows = fields.u16();
        if (!fields.ok() || version != 0 || width_ == 0 || width_ > 1024 || !std::has_single_bit(start_) || !std::has_single_bit(largest_) ||
            largest_ < start_ || largest_ > (1U << 30U) || bits_ == 0 || bits_ > 64 || rows > kMostRows || id_length_ < 3 || id_length_ > 64) {
            file_.malformed("a fractal heap", address);
            return false;
        }
        if (filters != 0 || huge != 0) {
            file_.unsupported(filters != 0 ? "fractal heaps with filters" : "huge objects of fractal heaps", address);
            return false;
        }
        offset_bytes_ = (bits_ + 7) / 8;
        length_bytes_ = bytes_for(std::min(largest_, largest_object));
        if (free_space != kNowhere && !claim_free_space(free_space)) return false;
        if (root == kNowhere) return true;
        return rows == 0 ? direct(root, 0, start_) : indirect(root, rows);
    }

    /// The object of a heap id, or a finding.
    std::optional<ByteView> object(ByteView id) {
        if (id.size() < id_length_) return bad_id();
        Hdf5Fields fields = file_.fields(id.first(id_length_));
        const unsigned first = fields.u8();
        const unsigned kind = first >> 4U & 3U;
        if ((first & 0xC0U) != 0 || kind > 2) return bad_id();
        if (kind == 1) {
            file_.unsupported("huge objects of fractal heaps", address_);
            return std::nullopt;
        }
        if (kind == 2) {
            if (id_length_ > 18) {
                file_.unsupported("tiny objects with long ids", address_);
                return std::nullopt;
            }
            const ByteView tiny = fields.take((first & 15U) + 1);
            return fields.ok() ? std::optional(tiny) : bad_id();
        }
        const std::uint64_t offset = fields.number(offset_bytes_);
        const std::uint64_t length = fields.number(length_bytes_);
        if (!fields.ok()) return bad_id();
        const auto after = std::upper_bound(blocks_.begin(), blocks_.end(), offset, [](std::uint64_t at, const Block& b) { return at < b.offset; });
        if (after == blocks_.begin()) return bad_id();
        const Block& block = *std::prev(after);
        const std::uint64_t within = offset - block.offset;
        if (within < block.prefix || within > block.bytes.size() || length > block.bytes.size() - within) return bad_id();
        return block.bytes.subspan(static_cast<std::size_t>(within), static_cast<std::size_t>(length));
    }

  private:
    struct Block {
        std::uint64_t offset;    // in the heap
        std::uint64_t prefix;    // bytes of its header
        ByteView bytes;
    };
    struct Branch {
        std::uint64_t address;
        std::uint64_t offset;
        unsigned rows;
    };

    static std::uint64_t bytes_for(std::uint64_t limit) {
        return (static_cast<std::uint64_t>(std::bit_width(std::max<std::uint64_t>(limit, 1))) - 1) / 8 + 1;
    }
    std::nullopt_t bad_id() {
        file_.malformed("the id of an object in a fractal heap", address_);
        return std::nullopt;
    }
    /// Bytes of a block in a row: two rows of the first size, then doubling.
    std::uint64_t row_size(unsigned row) const { return row < 2 ? start_ : start_ << (row - 1U); }
    bool row_fits(unsigned row) const { return row < 2 || row - 1U < 62U - static_cast<unsigned>(std::bit_width(start_)); }

    bool direct(std::uint64_t address, std::uint64_t offset, std::uint64_t length) {
        const auto bytes = file_.enter(address, length, "a block of a fractal heap");
        if (!bytes) return false;
        const std::uint64_t prefix = 5 + file_.address_size + offset_bytes_ + (checked_ ? 4U : 0U);
        Hdf5Fields fields = file_.fields(*bytes);
        const ByteView signature = fields.take(4);
        const unsigned version = fields.u8();
        const std::uint64_t owner = fields.address();
        const std::uint64_t at = fields.number(offset_bytes_);
        if (checked_) fields.skip(4);
        if (!fields.ok() || !starts_with(signature, "FHDB") || version != 0 || owner != address_ || at != offset) {
            file_.malformed("a block of a fractal heap", address);
            return false;
        }
        blocks_.push_back({offset, prefix, *bytes});
        return true;
    }

    /// Blocks are met in the order of their offsets, since children are followed depth first.
    bool indirect(std::uint64_t root, unsigned rows) {
        std::vector<Branch> branches{{root, 0, rows}};
        while (!branches.empty()) {
            const Branch branch = branches.back();
            branches.pop_back();
            if (!read_branch(branch, branches)) return false;
        }
        std::sort(blocks_.begin(), blocks_.end(), [](const Block& a, const Block& b) { return a.offset < b.offset; });
        return true;
    }

    bool read_branch(const Branch& branch, std::vector<Branch>& branches) {
        const std::uint64_t children = std::uint64_t{branch.rows} * width_;
        const std::uint64_t prefix = 5 + file_.address_size + offset_bytes_;
        const auto bytes = file_.enter_checked(branch.address, prefix + children * file_.address_size + 4, "FHIB", "an indirect block of a fractal heap");
        if (!bytes) return false;
        Hdf5Fields fields = file_.fields(*bytes);
        fields.skip(4);
        const unsigned version = fields.u8();
        const std::uint64_t owner = fields.address();
        const std::uint64_t at = fields.number(offset_bytes_);
        bool good = fields.ok() && version == 0 && owner == address_ && at == branch.offset;
        std::uint64_t offset = branch.offset;
        for (unsigned row = 0; good && row < branch.rows; ++row) {
            good = row_fits(row);
            for (unsigned column = 0; good && column < width_; ++column) {
                const std::uint64_t size = row_size(row);
                const std::uint64_t child = fields.address();
                if (child != kNowhere && size <= largest_) {
                    if (!direct(child, offset, size)) return false;
                } else if (child != kNowhere) {
                    branches.push_back({child, offset, rows_of(size)});
                }
                good = !__builtin_add_overflow(offset, size, &offset);
            }
        }
        if (!good) file_.malformed("an indirect block of a fractal heap", branch.address);
        return good;
    }

    /// Rows of an indirect block that covers `size` bytes of the heap.
    unsigned rows_of(std::uint64_t size) const {
        const std::uint64_t first_row = start_ * width_;
        return static_cast<unsigned>(std::bit_width(size) - std::bit_width(first_row)) + 1;
    }

    /// The manager of free space: only accounted for.
    bool claim_free_space(std::uint64_t address) {
        const std::uint64_t wide = file_.address_size;
        const std::uint64_t lengths = file_.length_size;
        const auto header = file_.enter_checked(address, 6 + 7 * lengths + 8 + wide + 4, "FSHD", "a manager of free space");
        if (!header) return false;
        Hdf5Fields fields = file_.fields(*header);
        fields.skip(6 + 4 * lengths + 8);
        fields.length();  // largest section
        const std::uint64_t sections = fields.address();
        fields.length();  // used
        const std::uint64_t allocated = fields.length();
        if (!fields.ok()) {
            file_.malformed("a manager of free space", address);
            return false;
        }
        return sections == kNowhere || file_.claim(sections, allocated, "sections of free space");
    }

    Hdf5File& file_;
    std::uint64_t address_ = 0;
    std::uint64_t id_length_ = 0;
    bool checked_ = false;
    std::uint64_t width_ = 0;
    std::uint64_t start_ = 0;
    std::uint64_t largest_ = 0;
    unsigned bits_ = 0;
    std::uint64_t offset_bytes_ = 0;
    std::uint64_t length_bytes_ = 0;
    std::vector<Block> blocks_;
};

}  // namespace

void read_dense(Hdf5File& file, const Hdf5Dense& dense, const std::function<void(ByteView, std::uint64_t)>& use) {
    FractalHeap heap(file);
    if (!heap.open(dense.heap)) return;
    for (const ByteView record : read_tree2(file, dense.by_name, dense.record_type)) {
        if (record.size() <= dense.id_at) return file.malformed("a record of a B-tree", dense.by_name);
        const auto object = heap.object(record.subspan(static_cast<std::size_t>(dense.id_at)));
        if (!object) return;
        use(*object, dense.heap);
    }
    if (dense.by_order != kNowhere) read_tree2(file, dense.by_order, dense.record_type + 1);  // the same records, to account for
}

}  // namespace headgate::formats
