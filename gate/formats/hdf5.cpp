#include "formats/hdf5.hpp"

#include <map>

#include "formats/hdf5_attribute.hpp"
#include "formats/hdf5_dataset.hpp"
#include "formats/hdf5_group.hpp"

namespace headgate::formats {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n"sv;
constexpr std::size_t kMostPath = 4096;
constexpr std::uint32_t kMostDepth = 64;   // groups in groups
constexpr std::size_t kTop = SIZE_MAX;

std::optional<std::uint64_t> find_signature(ByteSource& source) {
    for (std::uint64_t at = 0; at + kSignature.size() <= source.size(); at = at == 0 ? 512 : at * 2) {
        const auto bytes = source.view(at, kSignature.size());
        if (bytes && as_text(*bytes) == kSignature) return at;
        if (at > UINT64_MAX / 4) break;
    }
    return std::nullopt;
}

class Hdf5Reader {
  public:
    Hdf5Reader(ByteSource& source, std::uint64_t base, ParseContext& context)
        : source_(source), context_(context), file_(source, base, context), heap_(file_) {}

    Examined run() {
        if (file_.base() != 0) user_block();
        const auto root = superblock();
        if (!root) return Examined::partly;
        objects_.push_back({*root, {}, kTop, 0});
        for (std::size_t next = 0; next < objects_.size(); ++next) {
            if (!file_.step()) break;
            object(next);
        }
        if (file_.clean()) file_.account();  // what a broken file leaves unread says nothing about its gaps
        return file_.clean() ? examined_ : Examined::partly;
    }

  private:
    struct Object {
        std::uint64_t address;
        std::string path;
        std::size_t parent;   // in objects_
        std::uint32_t depth;
    };

    void bad_superblock(const std::string& what, std::string why) { file_.broken("superblock", what, 0, std::move(why)); }

    void user_block() {
        constexpr std::uint64_t kStep = 1U << 20U;
        for (std::uint64_t at = 0; at < file_.base(); at += kStep) {
            const auto bytes = source_.view(at, std::min(kStep, file_.base() - at));
            if (!bytes) return;
            for (const std::uint8_t byte : *bytes) {
                if (byte == 0) continue;
                context_.finding("hdf5.user-block", Severity::high, std::to_string(file_.base()) + " bytes of something else stand before the HDF5 signature",
                                 context_.at(0), "Two kinds of readers load two different things from the same bytes.",
                                 "Publish the two contents as two files.");
                examined_ = Examined::partly;
                return;
            }
        }
    }

    /// Address of the root group's object header.
    std::optional<std::uint64_t> superblock() {
        const auto start = file_.peek(0, 16, "the superblock");
        if (!start) return std::nullopt;
        const unsigned version = (*start)[8];
        if (version > 3) {
            bad_superblock("superblock of version " + std::to_string(version), "The format has versions 0 to 3.");
            return std::nullopt;
        }
        return version < 2 ? first_superblock(version) : second_superblock();
    }

    bool widths(unsigned addresses, unsigned lengths) {
        const auto known = [](unsigned width) { return width == 4 || width == 8; };
        if (!known(addresses) || !known(lengths)) {
            bad_superblock("addresses or lengths of another width than 4 or 8 bytes", "No current writer makes them.");
            return false;
        }
        file_.address_size = addresses;
        file_.length_size = lengths;
        return true;
    }

    bool same_place(std::uint64_t base, std::uint64_t end) {
        if (base != file_.base()) {
            bad_superblock("the superblock states another place than its own", "Every address counts from it.");
            return false;
        }
        if (end == file_.size()) return true;
        bad_superblock("the superblock states an end at " + std::to_string(end) + ", the file has " + std::to_string(file_.size()) + " bytes",
                       end > file_.size() ? "The file is cut off." : "What follows the end belongs to something else.");
        return false;
    }

    std::optional<std::uint64_t> first_superblock(unsigned version) {
        const auto start = file_.peek(0, 16, "the superblock");
        if (!start || !widths((*start)[13], (*start)[14])) return std::nullopt;
        const std::uint64_t fixed = version == 0 ? 24 : 28;
        const std::uint64_t length = fixed + 4ULL * file_.address_size + 24 + 2ULL * file_.address_size;
        const auto bytes = file_.enter(0, length, "the superblock");
        if (!bytes) return std::nullopt;
        Hdf5Fields fields = file_.fields(*bytes);
        fields.skip(16);
        file_.leaf_k = fields.u16();
        file_.internal_k = fields.u16();
        fields.skip(4);
        if (version == 1) {
            file_.chunk_k = fields.u16();
            fields.skip(2);
        }
        const std::uint64_t base = fields.address();
        const std::uint64_t free_space = fields.address();
        const std::uint64_t end = fields.address();
        const std::uint64_t driver = fields.address();
        fields.address();  // name of the root: none
        const std::uint64_t root = fields.address();
        if (!same_place(base, end)) return std::nullopt;
        if (driver != kNowhere || free_space != kNowhere) {
            file_.unsupported(driver != kNowhere ? "files of several parts (driver information)" : "free space of the whole file", 0);
            return std::nullopt;
        }
        return root;
    }

    std::optional<std::uint64_t> second_superblock() {
        const auto start = file_.peek(0, 16, "the superblock");
        if (!start || !widths((*start)[9], (*start)[10])) return std::nullopt;
        const auto bytes = file_.enter_checked(0, 12 + 4ULL * file_.address_size + 4, kSignature, "the superblock");
        if (!bytes) return std::nullopt;
        Hdf5Fields fields = file_.fields(*bytes);
        fields.skip(11);
        const unsigned flags = fields.u8();
        const std::uint64_t base = fields.address();
        const std::uint64_t extension = fields.address();
        const std::uint64_t end = fields.address();
        const std::uint64_t root = fields.address();
        if (!same_place(base, end)) return std::nullopt;
        if (flags != 0) {
            bad_superblock("the file was left open by its writer", "Its structure may be half written; libraries refuse to open it.");
            return std::nullopt;
        }
        return extension == kNowhere || read_extension(extension) ? std::optional(root) : std::nullopt;
    }

    bool read_extension(std::uint64_t address) {
        const auto messages = read_object(file_, address);
        if (!messages) return false;
        for (const Hdf5Message& message : *messages) {
            Hdf5Fields fields = file_.fields(message.bytes);
            if (message.kind == Hdf5Message::tree_k) {
                fields.skip(1);
                file_.chunk_k = fields.u16();
                file_.internal_k = fields.u16();
                file_.leaf_k = fields.u16();
            } else if (message.kind == Hdf5Message::driver || message.kind == Hdf5Message::shared_table || message.kind == Hdf5Message::file_space) {
                file_.unsupported(message.kind == Hdf5Message::driver         ? "files of several parts (driver information)"
                                  : message.kind == Hdf5Message::shared_table ? "shared object header messages"
                                                                              : "strategies of file space other than the usual one",
                                  address);
                return false;
            }
        }
        return true;
    }

    void object(std::size_t index) {
        const std::uint64_t address = objects_[index].address;
        seen_[address] = index;
        const auto messages = read_object(file_, address);
        if (!messages) return;
        if (read_attributes(file_, heap_, *messages) == Examined::partly) examined_ = Examined::partly;
        if (is_group(*messages)) return group(index, *messages);
        const std::string path = objects_[index].path.empty() ? "/" : objects_[index].path;
        if (is_dataset(*messages)) return read_dataset(file_, heap_, *messages, address, path);
        if (find_message(*messages, Hdf5Message::type) != nullptr) file_.unsupported("committed datatypes (\"" + path + "\")", address);
    }

    void group(std::size_t index, const std::vector<Hdf5Message>& messages) {
        for (const Hdf5Link& link : read_links(file_, messages)) {
            if (!file_.step()) return;
            const std::uint32_t depth = objects_[index].depth + 1;
            std::string path = objects_[index].path.empty() ? link.name : objects_[index].path + "/" + link.name;
            if (path.size() > kMostPath || depth > kMostDepth) {
                file_.unsupported("paths of more than " + std::to_string(kMostPath) + " bytes or " + std::to_string(kMostDepth) + " groups", link.address);
                return;
            }
            const auto known = seen_.find(link.address);
            if (known == seen_.end()) {
                seen_.emplace(link.address, objects_.size());
                objects_.push_back({link.address, std::move(path), index, depth});
            } else if (holds(known->second, index)) {
                file_.broken("loop", "group \"" + path.substr(0, 200) + "\" lies within itself", link.address,
                             "A loader that walks through the groups never comes to an end.");
                return;
            }  // else a second name of the same object, which is judged once
        }
    }

    /// True if `outer` is `inner` or one of the groups around it.
    bool holds(std::size_t outer, std::size_t inner) const {
        for (; inner != kTop; inner = objects_[inner].parent) {
            if (inner == outer) return true;
        }
        return false;
    }

    ByteSource& source_;
    ParseContext& context_;
    Hdf5File file_;
    Hdf5GlobalHeap heap_;
    std::vector<Object> objects_;
    std::map<std::uint64_t, std::size_t> seen_;   // by address
    Examined examined_ = Examined::whole;
};

}  // namespace

bool sniff_hdf5(ByteSource& source, std::string_view) { return find_signature(source).has_value(); }

Examined parse_hdf5(ByteSource& source, ParseContext& context) {
    context.format("hdf5");
    const auto base = find_signature(source);
    if (!base) {
        context.finding("hdf5.superblock", Severity::high, "no signature of HDF5", context.whole(), "No reader takes it for HDF5.",
                        "Save the file again with a current h5py or Keras.");
        return Examined::partly;
    }
    return Hdf5Reader(source, *base, context).run();
}

}  // namespace headgate::formats
