#include "formats/torch_legacy.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "formats/pickle_opcodes.hpp"
#include "formats/pickle_vm.hpp"
#include "formats/torch_zip.hpp"

namespace headgate::formats {
namespace {

// 0x1950a86a20f9469cfc6c, little-endian.
constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
constexpr std::int64_t kProtocol = 1001;
constexpr std::string_view kFix = "Save the checkpoint again with torch.save of a current PyTorch, or publish safetensors.";

struct Storage {
    std::string type;
    std::uint64_t elements = 0;
};

class LegacyReader {
  public:
    LegacyReader(ByteSource& source, ParseContext& context)
        : source_(source), context_(context), facts_(context), first_call_(context.evidence.calls.size()) {}

    Examined run() {
        context_.format("torch-legacy");
        Value value;
        std::vector<std::string> keys;
        if (!stream("magic number", value, nullptr)) return Examined::partly;
        if (!stream("protocol version", value, nullptr)) return Examined::partly;
        if (!value.is(Value::Kind::integer) || value.integer() != kProtocol) {
            problem("protocol", "the protocol version is not " + std::to_string(kProtocol), "torch.load refuses such files.");
        }
        if (!stream("system information", value, nullptr)) return Examined::partly;
        if (!stream("object", value, nullptr)) return Examined::partly;
        if (!stream("list of keys", value, &keys)) return Examined::partly;
        if (!value.is(Value::Kind::list)) problem("keys", "the list of storage keys is no list", "torch.load fails on it.");
        read_storages();
        for (const std::string& key : keys) {
            if (!memory(key)) return Examined::partly;
        }
        for (const auto& [key, storage] : storages_) {
            problem("missing-storage", "the object refers to storage \"" + key + "\", which the file does not hold",
                    "The checkpoint is incomplete.");
        }
        if (at_ < source_.size()) {
            problem("trailing-bytes", std::to_string(source_.size() - at_) + " bytes follow the last storage",
                    "torch.load never reads them; another reader may.");
        }
        return examined_;
    }

  private:
    void problem(std::string_view thing, std::string message, std::string_view why) {
        context_.finding("torch-legacy." + std::string(thing), Severity::high, std::move(message), context_.at(at_),
                         std::string(why), std::string(kFix));
        examined_ = Examined::partly;
    }

    bool stream(std::string_view what, Value& value, std::vector<std::string>* keys) {
        PickleVm machine(source_, facts_);
        machine.without_arrays();
        if (keys != nullptr) machine.collect_list_items();
        const StreamEnd ended = machine.run(at_);
        at_ = ended.at;
        if (keys != nullptr) *keys = machine.list_items();
        value = ended.result;
        switch (ended.status) {
            case StreamEnd::Status::stopped: return true;
            case StreamEnd::Status::broken:
                facts_.finding("broken", "the " + std::string(what) + " breaks off: " + ended.why, at_,
                               "An unpickler runs everything up to this point before it fails; what follows is not read.");
                break;
            case StreamEnd::Status::limit:
                facts_.unscannable("the " + std::string(what) + " is not read to its end: " + ended.why, at_);
                break;
            case StreamEnd::Status::unreadable: break;
        }
        return false;
    }

    void read_storages() {
        for (std::size_t i = first_call_; i < context_.evidence.calls.size(); ++i) {
            const Call& call = context_.evidence.calls[i];
            if (call.how != Call::How::persistent || call.arguments.size() < 5 || call.arguments[0] != "str:storage") continue;
            const auto& arguments = call.arguments;
            if (!arguments[1].starts_with("global:") || !arguments[2].starts_with("str:") || !arguments[4].starts_with("int:")) {
                problem("persistent-id", "a persistent id is no plain storage of torch.save", "torch.load would fail on it.");
                continue;
            }
            Storage storage{arguments[1].substr(7), 0};
            const std::string count = arguments[4].substr(4);
            const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), storage.elements);
            if (error != std::errc{} || end != count.data() + count.size()) {
                problem("persistent-id", "a storage has the impossible size " + count, "torch.load would fail on it.");
                continue;
            }
            storages_[arguments[2].substr(4)] = storage;
        }
    }

    /// One storage: number of elements, then their memory.
    bool memory(const std::string& key) {
        Cursor cursor(source_);
        cursor.seek(at_);
        const auto elements = cursor.little<std::uint64_t>();
        const auto found = storages_.find(key);
        if (!elements || found == storages_.end()) {
            problem(elements ? "unreferenced-storage" : "truncated",
                    elements ? "nothing in the object refers to storage \"" + key + "\""
                             : "the file ends before storage \"" + key + "\"",
                    "Nothing accounts for these bytes.");
            return false;
        }
        const std::uint32_t width = torch_element_size(found->second.type);
        std::uint64_t length = 0;
        if (width == 0) {
            problem("unknown-storage", "storage \"" + key + "\" has the unknown type " + found->second.type,
                    "Its size cannot be told.");
            return false;
        }
        if (*elements != found->second.elements) {
            problem("storage-size", "storage \"" + key + "\" has " + std::to_string(*elements) + " elements, its id says " +
                                        std::to_string(found->second.elements),
                    "Where a file says a thing twice, readers differ in what they believe.");
        }
        if (__builtin_mul_overflow(*elements, std::uint64_t{width}, &length) || !cursor.skip(length)) {
            problem("truncated", "the file ends inside storage \"" + key + "\"", "The checkpoint is incomplete.");
            return false;
        }
        const std::string& type = found->second.type;
        if (context_.evidence.tensors.size() < context_.limits.facts) {
            context_.evidence.tensors.push_back(
                {context_.at(at_ + sizeof *elements), key, type.substr(type.rfind('.') + 1), {*elements}, length});
        }
        at_ = cursor.offset();
        storages_.erase(found);
        return true;
    }

    ByteSource& source_;
    ParseContext& context_;
    PickleFacts facts_;
    std::size_t first_call_;
    std::uint64_t at_ = 0;
    std::map<std::string, Storage, std::less<>> storages_;
    Examined examined_ = Examined::whole;
};

}  // namespace

bool sniff_torch_legacy(ByteSource& source, std::string_view) {
    const auto view = source.view(0, std::min<std::uint64_t>(32, source.size()));
    if (!view) return false;
    Reader reader(*view);
    const auto proto = reader.u8();
    const auto number = reader.u8();
    if (!proto || *proto != op::kProto || !number || *number > 5) return false;
    auto opcode = reader.u8();
    if (opcode && *opcode == op::kFrame && reader.take(8)) opcode = reader.u8();
    const auto length = reader.u8();
    if (!opcode || *opcode != op::kLong1 || !length || *length != kMagic.size()) return false;
    const auto digits = reader.take(kMagic.size());
    const auto stop = reader.u8();
    return digits && as_text(*digits) == kMagic && stop && *stop == op::kStop;
}

Examined parse_torch_legacy(ByteSource& source, ParseContext& context) { return LegacyReader(source, context).run(); }

}  // namespace headgate::formats
