#include "formats/hdf5_group.hpp"

#include "formats/hdf5_heap.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint32_t kSymbolicLink = 2;  // cache type of a symbol table entry

class LinkReader {
  public:
    explicit LinkReader(Hdf5File& file) : file_(file) {}

    std::vector<Hdf5Link> run(const std::vector<Hdf5Message>& messages) {
        for (const Hdf5Message& message : messages) {
            if (message.kind == Hdf5Message::symbol_table) symbol_table(message);
            if (message.kind == Hdf5Message::link) link(message.bytes, message.address);
            if (message.kind == Hdf5Message::link_info) dense(message);
        }
        return std::move(links_);
    }

  private:
    void symbol_table(const Hdf5Message& message) {
        Hdf5Fields fields = file_.fields(message.bytes);
        const std::uint64_t tree = fields.address();
        const std::uint64_t heap = fields.address();
        if (!fields.ok()) return file_.malformed("a symbol table message", message.address);
        const auto names = local_heap(heap);
        if (!names) return;
        std::vector<std::uint64_t> nodes{tree};
        while (!nodes.empty()) {
            const std::uint64_t address = nodes.back();
            nodes.pop_back();
            const auto start = file_.peek(address, 4, "a node of a group");
            if (!start) return;
            const bool read = starts_with(*start, "SNOD") ? symbol_node(address, *names) : tree_node(address, nodes);
            if (!read) return;
        }
    }

    /// The data segment of a local heap: names, each with its NUL.
    std::optional<ByteView> local_heap(std::uint64_t address) {
        const auto header = file_.enter(address, 8 + 2ULL * file_.length_size + file_.address_size, "a local heap");
        if (!header) return std::nullopt;
        Hdf5Fields fields = file_.fields(*header);
        const ByteView signature = fields.take(4);
        const unsigned version = fields.u8();
        fields.skip(3);
        const std::uint64_t length = fields.length();
        fields.length();  // free list
        const std::uint64_t data = fields.address();
        if (!starts_with(signature, "HEAP") || version != 0) {
            file_.malformed("a local heap", address);
            return std::nullopt;
        }
        return file_.enter(data, length, "the data of a local heap");
    }

    /// Children are pushed; keys are only for searching.
    bool tree_node(std::uint64_t address, std::vector<std::uint64_t>& nodes) {
        const std::uint64_t width = file_.address_size;
        const std::uint64_t length = 8 + 2 * width + 2ULL * file_.internal_k * (width + file_.length_size) + file_.length_size;
        const auto bytes = file_.enter(address, length, "a B-tree node of a group");
        if (!bytes) return false;
        Hdf5Fields fields = file_.fields(*bytes);
        const ByteView signature = fields.take(4);
        const unsigned kind = fields.u8();
        fields.skip(1);
        const unsigned used = fields.u16();
        fields.skip(2 * width);  // siblings
        if (!starts_with(signature, "TREE") || kind != 0 || used > 2 * file_.internal_k) {
            file_.malformed("a B-tree node of a group", address);
            return false;
        }
        for (unsigned i = 0; i < used; ++i) {
            fields.length();
            nodes.push_back(fields.address());
        }
        return true;
    }

    bool symbol_node(std::uint64_t address, ByteView names) {
        const std::uint64_t entry = 24 + 2ULL * file_.address_size;
        const auto bytes = file_.enter(address, 8 + 2ULL * file_.leaf_k * entry, "a symbol table node");
        if (!bytes) return false;
        Hdf5Fields fields = file_.fields(*bytes);
        fields.skip(4);
        const unsigned version = fields.u8();
        fields.skip(1);
        const unsigned used = fields.u16();
        if (version != 1 || used > 2 * file_.leaf_k) {
            file_.malformed("a symbol table node", address);
            return false;
        }
        for (unsigned i = 0; i < used; ++i) {
            const std::uint64_t name = fields.address();
            const std::uint64_t object = fields.address();
            const std::uint32_t cache = fields.u32();
            fields.skip(20);
            Hdf5Fields text = fields.within(names);
            text.skip(name);
            const std::string_view word = text.text(0);
            if (!text.ok()) {
                file_.malformed("the name of a link", address);
                return false;
            }
            if (cache == kSymbolicLink) soft(word, address);
            else links_.push_back({std::string(word), object});
        }
        return true;
    }

    void dense(const Hdf5Message& message) {
        Hdf5Fields fields = file_.fields(message.bytes);
        const unsigned version = fields.u8();
        const unsigned flags = fields.u8();
        if ((flags & 1U) != 0) fields.skip(8);
        const std::uint64_t heap = fields.address();
        const std::uint64_t by_name = fields.address();
        const std::uint64_t by_order = (flags & 2U) != 0 ? fields.address() : kNowhere;
        if (!fields.ok() || version != 0 || flags > 3) return file_.malformed("a link info message", message.address);
        if (heap == kNowhere) return;
        read_dense(file_, {heap, by_name, by_order, 5, 4}, [&](ByteView bytes, std::uint64_t address) { link(bytes, address); });
    }

    /// A link message.
    void link(ByteView bytes, std::uint64_t address) {
        Hdf5Fields fields = file_.fields(bytes);
        const unsigned version = fields.u8();
        const unsigned flags = fields.u8();
        const unsigned kind = (flags & 8U) != 0 ? fields.u8() : 0;
        if ((flags & 4U) != 0) fields.skip(8);
        if ((flags & 16U) != 0) fields.skip(1);
        const std::uint64_t length = fields.number(std::uint64_t{1} << (flags & 3U));
        const std::string_view name = as_text(fields.take(length));
        if (!fields.ok() || version != 1 || flags > 31) return file_.malformed("a link message", address);
        if (kind == 1) return soft(name, address);
        if (kind == 64) return external(name, fields, address);
        const std::uint64_t object = fields.address();
        if (kind != 0) return file_.unsupported("links of type " + std::to_string(kind), address);
        if (!fields.ok()) return file_.malformed("a link message", address);
        links_.push_back({std::string(name), object});
    }

    void soft(std::string_view name, std::uint64_t address) {
        file_.broken("soft-link", "\"" + std::string(name.substr(0, 200)) + "\" is a soft link", address,
                     "It stands for whatever another path holds when it is opened; weights need no links.");
    }
    void external(std::string_view name, Hdf5Fields& fields, std::uint64_t address) {
        fields.skip(3);  // the length of the value, and its flags
        const std::string_view target = fields.text(0).substr(0, 300);
        file_.broken("external-link", "\"" + std::string(name.substr(0, 200)) + "\" is a link into another file, \"" + std::string(target) + "\"", address,
                     "Loading it reads a file of the loader's machine, and can give its content out.");
    }

    Hdf5File& file_;
    std::vector<Hdf5Link> links_;
};

}  // namespace

bool is_group(const std::vector<Hdf5Message>& messages) {
    return find_message(messages, Hdf5Message::symbol_table) != nullptr || find_message(messages, Hdf5Message::link_info) != nullptr ||
           find_message(messages, Hdf5Message::link) != nullptr;
}

std::vector<Hdf5Link> read_links(Hdf5File& file, const std::vector<Hdf5Message>& messages) { return LinkReader(file).run(messages); }

}  // namespace headgate::formats
