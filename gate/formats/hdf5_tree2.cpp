#include <algorithm>
#include <bit>

#include "formats/hdf5_heap.hpp"

// B-trees of version 2 (format specification, III.A.2). How wide the counts in the nodes are follows from how many records fit.

namespace headgate::formats {
namespace {

constexpr unsigned kMaxDepth = 16;
constexpr std::uint64_t kNodePrefix = 6;     // signature, version, type
constexpr std::uint64_t kChecksum = 4;

/// Bytes that hold every number up to `limit`.
std::uint64_t bytes_for(std::uint64_t limit) { return (static_cast<std::uint64_t>(std::bit_width(std::max<std::uint64_t>(limit, 1))) - 1) / 8 + 1; }

class TreeReader {
  public:
    TreeReader(Hdf5File& file, unsigned type) : file_(file), type_(type) {}

    std::vector<ByteView> run(std::uint64_t address) {
        const auto header = file_.enter_checked(address, 22ULL + file_.address_size + file_.length_size, "BTHD", "a B-tree");
        if (!header) return {};
        Hdf5Fields fields = file_.fields(*header);
        fields.skip(4);
        const unsigned version = fields.u8();
        const unsigned type = fields.u8();
        node_size_ = fields.u32();
        record_size_ = fields.u16();
        const unsigned depth = fields.u16();
        fields.skip(2);
        const std::uint64_t root = fields.address();
        const std::uint64_t records = fields.u16();
        const std::uint64_t total = fields.length();
        if (version != 0 || type != type_ || record_size_ == 0 || depth > kMaxDepth || node_size_ < kNodePrefix + kChecksum + record_size_) {
            file_.malformed("a B-tree", address);
            return {};
        }
        if (root == kNowhere) return {};
        levels(depth);
        std::vector<Node> nodes{{root, records, depth}};
        while (!nodes.empty()) {
            const Node node = nodes.back();
            nodes.pop_back();
            if (!read_node(node, nodes)) return std::move(records_);
        }
        if (records_.size() != total) file_.malformed("the number of records of a B-tree", address);
        return std::move(records_);
    }

  private:
    struct Node {
        std::uint64_t address;
        std::uint64_t records;
        unsigned depth;
    };
    struct Level {
        std::uint64_t most = 0;             // records of a node
        std::uint64_t most_below = 0;       // records of a node with all below it
        std::uint64_t total_bytes = 0;      // width of that number
    };

    void levels(unsigned depth) {
        Level leaf;
        leaf.most = (node_size_ - kNodePrefix - kChecksum) / record_size_;
        leaf.most_below = leaf.most;
        levels_.push_back(leaf);
        count_bytes_ = bytes_for(leaf.most);
        for (unsigned d = 1; d <= depth; ++d) {
            const Level& below = levels_.back();
            Level level;
            const std::uint64_t pointer = file_.address_size + count_bytes_ + below.total_bytes;
            const std::uint64_t room = kNodePrefix + kChecksum + pointer;
            level.most = node_size_ > room ? (node_size_ - room) / (record_size_ + pointer) : 0;
            if (__builtin_mul_overflow(level.most + 1, below.most_below, &level.most_below)) level.most_below = UINT64_MAX / 2;
            level.most_below += std::min(level.most, UINT64_MAX / 4);
            level.total_bytes = bytes_for(level.most_below);
            levels_.push_back(level);
        }
    }

    bool read_node(const Node& node, std::vector<Node>& nodes) {
        const Level& level = levels_[node.depth];
        const std::uint64_t below = node.depth == 0 ? 0 : levels_[node.depth - 1].total_bytes;
        const std::uint64_t pointer = node.depth == 0 ? 0 : file_.address_size + count_bytes_ + below;
        if (node.records > level.most) {
            file_.malformed("a B-tree node", node.address);
            return false;
        }
        const std::uint64_t length = kNodePrefix + node.records * record_size_ + (node.depth == 0 ? 0 : (node.records + 1) * pointer) + kChecksum;
        // The checksum stands behind the last record; the node is as large as all are.
        const auto bytes = file_.enter_checked(node.address, length, node.depth == 0 ? "BTLF" : "BTIN", "a B-tree node");
        if (!bytes || !file_.claim(node.address + length, node_size_ - length, "a B-tree node")) return false;
        Hdf5Fields fields = file_.fields(*bytes);
        fields.skip(4);
        const unsigned version = fields.u8();
        const unsigned type = fields.u8();
        for (std::uint64_t i = 0; i < node.records; ++i) records_.push_back(fields.take(record_size_));
        for (std::uint64_t i = 0; node.depth != 0 && i <= node.records; ++i) {
            const std::uint64_t child = fields.address();
            const std::uint64_t records = fields.number(count_bytes_);
            fields.skip(below);
            nodes.push_back({child, records, node.depth - 1});
        }
        if (fields.ok() && version == 0 && type == type_) return true;
        file_.malformed("a B-tree node", node.address);
        return false;
    }

    Hdf5File& file_;
    unsigned type_;
    std::uint64_t node_size_ = 0;
    std::uint64_t record_size_ = 0;
    std::uint64_t count_bytes_ = 0;
    std::vector<Level> levels_;
    std::vector<ByteView> records_;
};

}  // namespace

std::vector<ByteView> read_tree2(Hdf5File& file, std::uint64_t address, unsigned type) { return TreeReader(file, type).run(address); }

}  // namespace headgate::formats
