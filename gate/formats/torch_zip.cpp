#include "formats/torch_zip.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.hpp"
#include "formats/member_names.hpp"
#include "formats/pickle.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

/// What a persistent id says about a storage: ("storage", type, key, location, elements).
struct Storage {
    std::string type;
    std::uint64_t elements = 0;
};
using Storages = std::map<std::string, Storage, std::less<>>;

constexpr std::string_view kWhy = "torch.load does not read such a member, so nothing accounts for its content.";
constexpr std::string_view kFix = "Save the checkpoint again with torch.save, or publish safetensors.";

void torch_finding(ParseContext& context, std::string_view thing, std::string message, std::string_view why) {
    context.finding("torch." + std::string(thing), Severity::high, std::move(message), context.whole(), std::string(why),
                    std::string(kFix));
}

std::optional<std::string> text_argument(const std::string& argument, std::string_view prefix) {
    if (!argument.starts_with(prefix)) return std::nullopt;
    return argument.substr(prefix.size());
}

/// Storage of a persistent call, nullopt when it has another shape.
std::optional<std::pair<std::string, Storage>> storage_of(const Call& call) {
    const auto& arguments = call.arguments;
    if (arguments.size() < 5 || arguments[0] != "str:storage") return std::nullopt;
    const auto type = text_argument(arguments[1], "global:");
    const auto key = text_argument(arguments[2], "str:");
    const auto count = text_argument(arguments[4], "int:");
    if (!type || !key || !count) return std::nullopt;
    Storage storage{*type, 0};
    const auto [end, error] = std::from_chars(count->data(), count->data() + count->size(), storage.elements);
    if (error != std::errc{} || end != count->data() + count->size()) return std::nullopt;
    return std::pair{*key, storage};
}

/// Small members with one line of text: version, byteorder, ...
bool is_label(std::string_view name) {
    static constexpr std::string_view kLabels[] = {"version", "byteorder", ".format_version", ".storage_alignment",
                                                   ".data/serialization_id"};
    return std::find(std::begin(kLabels), std::end(kLabels), name) != std::end(kLabels);
}

class TorchReader {
  public:
    TorchReader(ByteSource& source, const ZipDirectory& directory, const std::string& top, ParseContext& context)
        : source_(source), directory_(directory), prefix_(top + "/"), context_(context) {}

    Examined run() {
        script_ = std::any_of(directory_.entries.begin(), directory_.entries.end(), [&](const ZipEntry& entry) {
            const std::string_view name = inner_name(entry);
            return name == "constants.pkl" || name.starts_with("code/");
        });
        context_.format(script_ ? "torchscript" : "torch", false, script_);
        for (const ZipEntry& entry : directory_.entries) {
            const std::string_view name = inner_name(entry);
            if (name == "data.pkl") read_pickle(entry, storages_);
            if (name == "constants.pkl") read_pickle(entry, constants_);
            if (script_ && name == "traced_inputs.pkl") read_pickle(entry, inputs_);
        }
        for (const ZipEntry& entry : directory_.entries) read_member(entry);
        report_missing(storages_, "data/");
        report_missing(constants_, "constants/");
        report_missing(inputs_, "traced_inputs/");
        return all_;
    }

  private:
    /// Name below the top folder, "" for members outside it.
    std::string_view inner_name(const ZipEntry& entry) const {
        const std::string_view name = entry.name;
        return name.starts_with(prefix_) ? name.substr(prefix_.size()) : std::string_view{};
    }
    void partly(Examined examined) {
        if (examined == Examined::partly) all_ = Examined::partly;
    }
    void problem(ParseContext& context, std::string_view thing, std::string message, std::string_view why = kWhy) {
        torch_finding(context, thing, std::move(message), why);
        all_ = Examined::partly;
    }

    void read_pickle(const ZipEntry& entry, Storages& storages) {
        Evidence evidence;
        ParseContext inner = context_.inside(entry.name);
        ParseContext apart{inner.limits, inner.budget, evidence, inner.path, inner.member, inner.depth, inner.sha256_hex};
        // torch.load unpickles this member whatever it begins with.
        PickleOptions options;
        options.arrays = false;
        partly(with_member(source_, entry, context_, [&](ByteSource& content) { return parse_pickle(content, apart, options); }));
        for (const Call& call : evidence.calls) {
            if (call.how != Call::How::persistent) continue;
            const auto storage = storage_of(call);
            if (!storage) {
                problem(inner, "persistent-id", "a persistent id is no plain storage of torch.save",
                        "torch.load looks the id up in the archive; anything but a storage is no checkpoint.");
                continue;
            }
            Storage& known = storages[storage->first];
            known.elements = std::max(known.elements, storage->second.elements);
            if (torch_element_size(known.type) < torch_element_size(storage->second.type)) known.type = storage->second.type;
            if (known.type.empty()) known.type = storage->second.type;
        }
        context_.evidence.merge(std::move(evidence));
    }

    void read_member(const ZipEntry& entry) {
        add_member(context_, entry.name, entry.size);
        const std::string_view name = inner_name(entry);
        ParseContext inner = context_.inside(entry.name);
        if (entry.folder && entry.size == 0) return;
        if (name == "data.pkl" || name == "constants.pkl" || (script_ && name == "traced_inputs.pkl")) return;
        if (name.starts_with("data/")) return read_storage(entry, inner, name.substr(5), storages_);
        if (script_ && name.starts_with("constants/")) return read_storage(entry, inner, name.substr(10), constants_);
        // torch.jit.trace keeps what its inputs looked like, and no content of them.
        if (script_ && name.starts_with("traced_inputs/") && entry.size == 0) {
            inputs_.erase(std::string(name.substr(14)));
            return;
        }
        if (script_ && name.starts_with("traced_inputs/")) return read_storage(entry, inner, name.substr(14), inputs_);
        if (is_label(name)) return read_label(entry, inner);
        if (script_ && name.starts_with("code/")) {
            inner.format(name.ends_with(".py") ? "torchscript-code" : "torchscript-debug", false, true);
            partly(with_member(source_, entry, context_, [](ByteSource&) { return Examined::whole; }));
            return;
        }
        if (!(script_ && name.starts_with("extra/"))) {
            problem(inner, "unknown-member", "member \"" + entry.name + "\" does not belong in a torch archive");
        }
        partly(with_member(source_, entry, context_, [&](ByteSource& content) { return examine(content, inner); }));
    }

    void read_label(const ZipEntry& entry, ParseContext& inner) {
        partly(with_member(source_, entry, context_, [&](ByteSource& content) {
            const auto text = content.size() <= 256 ? content.all() : std::nullopt;
            if (text && is_utf8(as_text(*text)) && !has_control_characters(trim(as_text(*text)))) return Examined::whole;
            problem(inner, "unknown-member", "member \"" + entry.name + "\" is not the short line of text that torch.save writes");
            return Examined::partly;
        }));
    }

    void read_storage(const ZipEntry& entry, ParseContext& inner, std::string_view key, Storages& storages) {
        if (entry.method != 0) {  // expanded once, for its size and checksum; stored bytes are as long as they are
            partly(with_member(source_, entry, context_, [](ByteSource&) { return Examined::whole; }));
        } else if (!entry.readable) {
            all_ = Examined::partly;
        }
        const auto found = storages.find(key);
        if (found == storages.end()) return read_unreferenced(entry, inner);
        used_.insert({entry.name, true});
        const std::uint32_t width = torch_element_size(found->second.type);
        const std::uint64_t elements = found->second.elements;
        if (width == 0) {
            problem(inner, "unknown-storage", "storage \"" + std::string(key) + "\" has the unknown type " + found->second.type,
                    "Its size in memory cannot be checked.");
        } else if (elements > entry.size / width) {
            problem(inner, "short-storage", "storage \"" + std::string(key) + "\" has " + std::to_string(entry.size) +
                        " bytes, the pickle refers to " + std::to_string(elements) + " elements of " +
                        std::to_string(width) + " bytes",
                    "Loading reads beyond the member or fails.");
        } else if (context_.evidence.tensors.size() < context_.limits.facts) {
            const std::size_t dot = found->second.type.rfind('.');
            context_.evidence.tensors.push_back({inner.whole(), std::string(key),
                                                 dot == std::string::npos ? found->second.type : found->second.type.substr(dot + 1),
                                                 {elements},
                                                 entry.size});
        }
    }

    /// Nothing loads it. Raw numbers are left alone; what is something by its content has no business there.
    void read_unreferenced(const ZipEntry& entry, ParseContext& inner) {
        partly(with_member(source_, entry, context_, [&](ByteSource& content) {
            const std::string_view kind = detect(content, {});
            if (kind.empty() || kind == "text") return Examined::whole;
            problem(inner, "unreferenced-storage",
                    "nothing in the pickle refers to member \"" + entry.name + "\", and its content is " + std::string(kind));
            return Examined::partly;
        }));
    }

    void report_missing(const Storages& storages, std::string_view folder) {
        for (const auto& [key, storage] : storages) {
            if (used_.count(prefix_ + std::string(folder) + key) != 0) continue;
            problem(context_, "missing-storage", "the pickle refers to storage \"" + key + "\", which the archive does not hold",
                    "The checkpoint is incomplete; another file may supply the rest.");
        }
    }

    ByteSource& source_;
    const ZipDirectory& directory_;
    std::string prefix_;
    ParseContext& context_;
    bool script_ = false;
    Storages storages_;
    Storages constants_;
    Storages inputs_;
    std::map<std::string, bool, std::less<>> used_;
    Examined all_ = Examined::whole;
};

}  // namespace

std::optional<std::string> torch_top(const ZipDirectory& directory) {
    std::optional<std::string> top;
    for (const ZipEntry& entry : directory.entries) {
        const std::string_view folder = top_folder(entry.name);
        if (folder.empty() || entry.name.substr(folder.size()) != "/data.pkl") continue;
        if (top && *top != folder) return std::nullopt;
        top = std::string(folder);
    }
    return top;
}

Examined examine_torch(ByteSource& source, const ZipDirectory& directory, const std::string& top, ParseContext& context) {
    return TorchReader(source, directory, top, context).run();
}

std::uint32_t torch_element_size(std::string_view storage) {
    struct Row {
        std::string_view name;
        std::uint32_t bytes;
    };
    static constexpr Row kRows[] = {
        {"FloatStorage", 4},   {"DoubleStorage", 8},        {"HalfStorage", 2},           {"BFloat16Storage", 2},
        {"LongStorage", 8},    {"IntStorage", 4},           {"ShortStorage", 2},          {"CharStorage", 1},
        {"ByteStorage", 1},    {"BoolStorage", 1},          {"ComplexFloatStorage", 8},   {"ComplexDoubleStorage", 16},
        {"QInt8Storage", 1},   {"QUInt8Storage", 1},        {"QInt32Storage", 4},         {"QUInt4x2Storage", 1},
        {"QUInt2x4Storage", 1}, {"UntypedStorage", 1},
    };
    const std::size_t dot = storage.rfind('.');
    if (dot != std::string_view::npos) storage.remove_prefix(dot + 1);
    for (const Row& row : kRows) {
        if (row.name == storage) return row.bytes;
    }
    return 0;
}

}  // namespace headgate::formats
