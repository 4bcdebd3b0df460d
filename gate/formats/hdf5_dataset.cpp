#include "formats/hdf5_dataset.hpp"

#include <algorithm>

#include "formats/hdf5_chunks.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kExpansionFloor = 4ULL << 30U;  // what Keras refuses, too
constexpr std::uint64_t kExpansionRatio = 1000;
constexpr unsigned kMostFilters = 32;

bool is_allowed_filter(unsigned id) {
    static constexpr unsigned kAllowed[] = {1, 2, 3, 6, 32000};  // deflate, shuffle, fletcher32, scaleoffset, lzf
    return std::find(std::begin(kAllowed), std::end(kAllowed), id) != std::end(kAllowed);
}

class DatasetReader {
  public:
    DatasetReader(Hdf5File& file, Hdf5GlobalHeap& heap, std::uint64_t address, const std::string& path)
        : file_(file), heap_(heap), address_(address), path_(path) {}

    void run(const std::vector<Hdf5Message>& messages) {
        if (find_message(messages, Hdf5Message::external_files) != nullptr) {
            return problem("external-storage", "keeps its values in other files", "Loading it reads files of the loader's machine.");
        }
        const Hdf5Message* const space = find_message(messages, Hdf5Message::space);
        const Hdf5Message* const type = find_message(messages, Hdf5Message::type);
        const Hdf5Message* const layout = find_message(messages, Hdf5Message::layout);
        const Hdf5Message* const filters = find_message(messages, Hdf5Message::filters);
        if (space == nullptr || type == nullptr || layout == nullptr) return malformed("lacks its shape, type or layout");
        Hdf5Fields space_fields = file_.fields(space->bytes);
        Hdf5Fields type_fields = file_.fields(type->bytes);
        const auto read_shape = read_space(space_fields);
        const auto read = read_type(type_fields);
        if (!read_shape || !read) return malformed("has a shape or type that is not as the format has it");
        space_ = *read_shape;
        type_ = *read;
        if (__builtin_mul_overflow(space_.elements, std::uint64_t{type_.size}, &bytes_)) return malformed("has more bytes than can be counted");
        if (!type_.unsupported.empty()) return file_.unsupported(type_.unsupported + " (dataset \"" + path_ + "\")", address_);
        if (filters != nullptr && !read_filters(*filters)) return;
        if (!read_layout(*layout)) return;
        if (bytes_ > kExpansionFloor && stored_ < bytes_ / kExpansionRatio) {
            problem("expansion", "has " + std::to_string(bytes_) + " bytes, of which " + std::to_string(stored_) + " are stored",
                    "Loading it takes the memory of the machine.");
        }
        Evidence& evidence = file_.context().evidence;
        if (evidence.tensors.size() < file_.context().limits.facts) {
            evidence.tensors.push_back({file_.context().at(file_.base() + address_), path_, type_.name, space_.shape, bytes_});
        }
    }

  private:
    void problem(std::string_view thing, const std::string& what, std::string why) {
        file_.broken(thing, "dataset \"" + path_ + "\" " + what, address_, std::move(why));
    }
    void malformed(const std::string& what) { problem("malformed", what, "Readers differ on broken structure, or crash on it."); }
    bool bad_layout() {
        malformed("has a layout that is not as the format has it");
        return false;
    }

    bool read_filters(const Hdf5Message& message) {
        Hdf5Fields fields = file_.fields(message.bytes);
        const unsigned version = fields.u8();
        const unsigned count = fields.u8();
        if (version == 1) fields.skip(6);
        if (version < 1 || version > 2 || count > kMostFilters) return bad_layout();
        for (unsigned i = 0; i < count; ++i) {
            const unsigned id = fields.u16();
            const std::uint64_t name = version == 1 || id >= 256 ? fields.u16() : 0;
            fields.skip(2);
            const unsigned values = fields.u16();
            fields.skip(version == 1 ? (name + 7) / 8 * 8 : name);
            fields.skip(4ULL * values + (version == 1 && values % 2 == 1 ? 4U : 0U));
            if (!fields.ok()) return bad_layout();
            if (!is_allowed_filter(id)) {
                problem("filter", "is stored through filter " + std::to_string(id) + ", which is none of deflate, shuffle, fletcher32, scaleoffset and lzf",
                        "Reading it makes the library look for a plugin and load its machine code.");
                return false;
            }
        }
        filtered_ = count != 0;
        return true;
    }

    bool read_layout(const Hdf5Message& message) {
        Hdf5Fields fields = file_.fields(message.bytes);
        const unsigned version = fields.u8();
        if (version == 1 || version == 2) return first_layout(fields);
        if (version < 3 || version > 5) return bad_layout();
        const unsigned kind = fields.u8();
        if (kind == 0) return compact(fields, fields.u16());
        if (kind == 1) {
            const std::uint64_t address = fields.address();
            return contiguous(fields, address, fields.length());
        }
        if (kind == 3) {
            problem("virtual", "takes its values from other datasets", "Loading it reads files of the loader's machine.");
            return false;
        }
        if (kind != 2) return bad_layout();
        return version == 3 ? chunked(fields) : chunked_lately(fields);
    }

    /// Versions 1 and 2: dimensions before the data; the size of contiguous values is that of the shape.
    bool first_layout(Hdf5Fields& fields) {
        const unsigned rank = fields.u8();
        const unsigned kind = fields.u8();
        fields.skip(5);
        const std::uint64_t address = kind == 0 ? kNowhere : fields.address();
        if (kind > 2 || rank > 33) return bad_layout();
        std::vector<std::uint64_t> extents;
        extents.reserve(rank);
        for (unsigned i = 0; i < rank; ++i) extents.push_back(fields.u32());
        if (kind == 1) return contiguous(fields, address, bytes_);
        if (kind == 0) return compact(fields, fields.u32());
        const std::uint64_t element = fields.u32();
        if (!extents.empty() && extents.size() == space_.shape.size() + 1) extents.pop_back();
        return fields.ok() && element == type_.size ? by_tree(address, extents) : bad_layout();
    }

    bool compact(Hdf5Fields& fields, std::uint64_t length) {
        const ByteView data = fields.take(length);
        if (!fields.ok()) return bad_layout();
        return values(data, length);
    }

    bool contiguous(Hdf5Fields& fields, std::uint64_t address, std::uint64_t length) {
        if (!fields.ok() || filtered_) return bad_layout();
        if (address == kNowhere) return true;  // never written: the fill value
        if (!file_.claim(address, length, "the values of \"" + path_ + "\"")) return false;
        if (type_.kind != Hdf5Type::Class::variable) return enough(length);
        const auto data = file_.peek(address, length, "the values of \"" + path_ + "\"");
        return data && values(*data, length);
    }

    bool enough(std::uint64_t length) {
        stored_ = length;
        if (length >= bytes_) return true;
        problem("short-data", "stores " + std::to_string(length) + " bytes, its shape takes " + std::to_string(bytes_),
                "A reader would go on into what follows.");
        return false;
    }
    bool values(ByteView data, std::uint64_t length) {
        if (!enough(length)) return false;
        if (type_.kind != Hdf5Type::Class::variable) return true;
        return read_variable(file_, heap_, type_, space_.elements, data, address_, [](ByteView) {});
    }

    bool chunked(Hdf5Fields& fields) {
        const unsigned rank = fields.u8();
        const std::uint64_t address = fields.address();
        std::vector<std::uint64_t> extents;
        if (rank < 2 || rank > 33) return bad_layout();
        for (unsigned i = 0; i + 1 < rank; ++i) extents.push_back(fields.u32());
        const std::uint64_t element = fields.u32();
        return fields.ok() && element == type_.size ? by_tree(address, extents) : bad_layout();
    }
    bool by_tree(std::uint64_t address, const std::vector<std::uint64_t>& extents) {
        Hdf5Chunking chunking;
        chunking.index = address;
        return chunks(chunking, extents);
    }

    /// Version 4, and 5, which has wider sizes in the entries of its indexes.
    bool chunked_lately(Hdf5Fields& fields) {
        Hdf5Chunking chunking;
        const unsigned flags = fields.u8();
        const unsigned rank = fields.u8();
        const std::uint64_t width = fields.u8();
        if (flags > 3 || rank < 2 || rank > 33 || width == 0 || width > 8) return bad_layout();
        std::vector<std::uint64_t> extents;
        for (unsigned i = 0; i + 1 < rank; ++i) extents.push_back(fields.number(width));
        if (fields.number(width) != type_.size) return bad_layout();
        chunking.kind = fields.u8();
        const bool single_filtered = chunking.kind == 1 && (flags & 2U) != 0;
        if (single_filtered) {
            chunking.single_bytes = fields.length();
            fields.skip(4);
        }
        if (chunking.kind == 3) chunking.page_bits = fields.u8();
        if (chunking.kind == 4) fields.skip(5);
        if (chunking.kind == 5) fields.skip(6);
        chunking.index = fields.address();
        if (!fields.ok() || chunking.kind == 0 || chunking.kind > 5 || (chunking.kind == 1 && single_filtered != filtered_)) return bad_layout();
        return chunks(chunking, extents);
    }

    bool chunks(Hdf5Chunking& chunking, const std::vector<std::uint64_t>& extents) {
        if (extents.size() != space_.shape.size()) return bad_layout();
        chunking.extent = extents;
        chunking.filtered = filtered_;
        chunking.bytes = type_.size;
        chunking.count = 1;
        for (std::size_t i = 0; i < extents.size(); ++i) {
            const std::uint64_t across = extents[i] == 0 ? 0 : space_.shape[i] / extents[i] + (space_.shape[i] % extents[i] != 0 ? 1 : 0);
            if (extents[i] == 0 || __builtin_mul_overflow(chunking.bytes, extents[i], &chunking.bytes) ||
                __builtin_mul_overflow(chunking.count, across, &chunking.count)) {
                return bad_layout();
            }
        }
        const auto stored = read_chunks(file_, chunking);
        if (!stored) return false;
        stored_ = *stored;
        if (type_.kind != Hdf5Type::Class::variable || stored_ == 0) return true;
        file_.unsupported("chunked values of variable length (dataset \"" + path_ + "\")", address_);
        return false;
    }

    Hdf5File& file_;
    Hdf5GlobalHeap& heap_;
    std::uint64_t address_;
    const std::string& path_;
    Hdf5Space space_;
    Hdf5Type type_;
    std::uint64_t bytes_ = 0;     // by its shape
    std::uint64_t stored_ = 0;
    bool filtered_ = false;
};

}  // namespace

bool is_dataset(const std::vector<Hdf5Message>& messages) {
    return find_message(messages, Hdf5Message::layout) != nullptr || find_message(messages, Hdf5Message::external_files) != nullptr ||
           find_message(messages, Hdf5Message::space) != nullptr;
}

void read_dataset(Hdf5File& file, Hdf5GlobalHeap& heap, const std::vector<Hdf5Message>& messages, std::uint64_t address, const std::string& path) {
    DatasetReader(file, heap, address, path).run(messages);
}

bool read_variable(Hdf5File& file, Hdf5GlobalHeap& heap, const Hdf5Type& type, std::uint64_t elements, ByteView data, std::uint64_t at,
                   const std::function<void(ByteView)>& use) {
    Hdf5Fields fields = file.fields(data);
    for (std::uint64_t i = 0; i < elements; ++i) {
        if (!file.step()) return false;
        const auto value = heap.value(fields, type.each, at);
        if (!value) return false;
        use(*value);
    }
    return true;
}

}  // namespace headgate::formats
