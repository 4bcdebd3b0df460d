#include "formats/hdf5_attribute.hpp"

#include "formats/hdf5_dataset.hpp"
#include "formats/hdf5_types.hpp"
#include "formats/keras_config.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kConfigurations[] = {"model_config", "training_config"};
/// Files of PyTables (and so of pandas) carry it; their attributes and arrays of objects are unpickled.
constexpr std::string_view kPyTables = "PYTABLES_FORMAT_VERSION";

bool is_configuration(std::string_view name) {
    return name == kConfigurations[0] || name == kConfigurations[1];
}

class AttributeReader {
  public:
    AttributeReader(Hdf5File& file, Hdf5GlobalHeap& heap) : file_(file), heap_(heap) {}

    Examined run(const std::vector<Hdf5Message>& messages) {
        for (const Hdf5Message& message : messages) {
            if (message.kind == Hdf5Message::attribute) attribute(message.bytes, message.address);
            if (message.kind == Hdf5Message::attribute_info) dense(message);
        }
        return examined_;
    }

  private:
    void dense(const Hdf5Message& message) {
        Hdf5Fields fields = file_.fields(message.bytes);
        const unsigned version = fields.u8();
        const unsigned flags = fields.u8();
        if ((flags & 1U) != 0) fields.skip(2);
        const std::uint64_t heap = fields.address();
        const std::uint64_t by_name = fields.address();
        const std::uint64_t by_order = (flags & 2U) != 0 ? fields.address() : kNowhere;
        if (!fields.ok() || version != 0 || flags > 3) return file_.malformed("an attribute info message", message.address);
        if (heap == kNowhere) return;
        read_dense(file_, {heap, by_name, by_order, 8, 0}, [&](ByteView bytes, std::uint64_t address) { attribute(bytes, address); });
    }

    void attribute(ByteView bytes, std::uint64_t address) {
        Hdf5Fields fields = file_.fields(bytes);
        const unsigned version = fields.u8();
        const unsigned flags = fields.u8();
        const std::uint64_t name_length = fields.u16();
        const std::uint64_t type_length = fields.u16();
        const std::uint64_t space_length = fields.u16();
        if (version == 3) fields.skip(1);
        const auto padded = [&](std::uint64_t length) { return version == 1 ? (length + 7) / 8 * 8 : length; };
        std::string_view name = as_text(fields.take(padded(name_length))).substr(0, static_cast<std::size_t>(name_length));
        name = name.substr(0, name.find('\0'));
        Hdf5Fields type_fields = fields.within(fields.take(padded(type_length)));
        Hdf5Fields space_fields = fields.within(fields.take(padded(space_length)));
        if (!fields.ok() || version < 1 || version > 3) return file_.malformed("an attribute", address);
        if (version > 1 && flags != 0) return file_.unsupported("attributes of shared types (\"" + std::string(name) + "\")", address);
        const auto type = read_type(type_fields);
        const auto space = read_space(space_fields);
        std::uint64_t length = 0;
        if (!type || !space || __builtin_mul_overflow(space->elements, std::uint64_t{type->size}, &length)) {
            return file_.malformed("the type or shape of attribute \"" + std::string(name) + "\"", address);
        }
        const ByteView data = fields.take(length);
        if (!fields.ok()) return file_.malformed("the value of attribute \"" + std::string(name) + "\"", address);
        if (!type->unsupported.empty()) return file_.unsupported(type->unsupported + " (attribute \"" + std::string(name) + "\")", address);
        if (name == kPyTables) return file_.unsupported("files of PyTables, which keep pickles in attributes and arrays", address);
        value(std::string(name), *type, *space, data, address);
    }

    void value(const std::string& name, const Hdf5Type& type, const Hdf5Space& space, ByteView data, std::uint64_t address) {
        if (type.kind == Hdf5Type::Class::variable) {
            read_variable(file_, heap_, type, space.elements, data, address, [&](ByteView text) {
                if (is_configuration(name)) configuration(name, text);
            });
            return;
        }
        if (!is_configuration(name)) return;
        if (type.kind == Hdf5Type::Class::text && space.elements == 1) return configuration(name, data);
        file_.malformed("attribute \"" + name + "\", which is no text,", address);
    }

    void configuration(const std::string& name, ByteView bytes) {
        std::string_view text = as_text(bytes);
        text = text.substr(0, std::min(text.find('\0'), text.size()));  // padded, or with its NUL
        if (text.size() != bytes.size() && as_text(bytes).find_first_not_of('\0', text.size()) != std::string_view::npos) {
            file_.malformed("attribute \"" + name + "\", which goes on behind its end,", 0);
        }
        ParseContext inner = file_.context().inside(name);
        if (check_keras_config(as_bytes(text), inner) == Examined::partly) examined_ = Examined::partly;
    }

    Hdf5File& file_;
    Hdf5GlobalHeap& heap_;
    Examined examined_ = Examined::whole;
};

}  // namespace

Examined read_attributes(Hdf5File& file, Hdf5GlobalHeap& heap, const std::vector<Hdf5Message>& messages) {
    return AttributeReader(file, heap).run(messages);
}

}  // namespace headgate::formats
