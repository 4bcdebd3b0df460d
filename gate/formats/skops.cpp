#include "formats/skops.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "codec/json.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

using codec::Json;

constexpr std::string_view kSchema = "schema.json";
constexpr std::string_view kFix = "Save the model again with skops.io.dump and without functions of your own, or publish the weights alone.";
constexpr std::uint32_t kMostFindings = 100;

/// What a loader does with the class that its node names.
enum class Does {
    data,         // makes a plain value: the class is not looked up
    names,        // looks it up
    makes,        // cls.__new__, then __setstate__ or attributes
    calls,        // calls it with arguments of the file
    generator,    // calls it, and the bit generator that a text in the content names
    refers,       // looks it up; protocol 0 looked up what the content names (module_path, function)
    indirect      // calls, now or later, what the content names
};

struct Loader {
    std::string_view name;
    Does does = Does::indirect;
};

// skops.io: _general, _numpy, _scipy, _sklearn, _quantile_forest, _audit. What stands in none of them has no loader.
constexpr Loader kLoaders[] = {
    {"JsonNode", Does::data},           {"CachedNode", Does::data},      {"BytesNode", Does::data},     {"BytearrayNode", Does::data},
    {"SliceNode", Does::data},          {"DictNode", Does::names},       {"ListNode", Does::names},     {"TupleNode", Does::names},
    {"SetNode", Does::names},           {"DefaultDictNode", Does::names}, {"TypeNode", Does::names},     {"NdArrayNode", Does::names},
    {"MaskedArrayNode", Does::names},   {"DTypeNode", Does::names},      {"SparseMatrixNode", Does::names}, {"RandomStateNode", Does::calls},
    {"RandomGeneratorNode", Does::generator}, {"ConstructorFromReduceNode", Does::calls}, {"_DictWithDeprecatedKeysNode", Does::names}, {"ObjectNode", Does::makes}, {"TreeNode", Does::calls},
    {"LossNode", Does::calls},          {"ReduceNode", Does::calls},     {"QuantileForestNode", Does::calls}, {"FunctionNode", Does::refers},
    {"MethodNode", Does::indirect},     {"PartialNode", Does::indirect}, {"OperatorFuncNode", Does::indirect}, {"LoggerNode", Does::indirect},
};

struct Plain {
    std::string_view module;
    std::string_view name;
};
/// Classes that the loaders of plain values make without looking at the name.
constexpr Plain kPlain[] = {{"builtins", "dict"}, {"builtins", "list"}, {"builtins", "tuple"},
                            {"builtins", "set"},  {"numpy", "ndarray"}, {"numpy", "dtype"}};

bool is_plain(std::string_view module, std::string_view name) {
    return std::any_of(std::begin(kPlain), std::end(kPlain), [&](const Plain& row) { return row.module == module && row.name == name; });
}

class SkopsReader {
  public:
    SkopsReader(ByteSource& source, const ZipDirectory& directory, ParseContext& context)
        : source_(source), directory_(directory), context_(context) {}

    Examined run() {
        context_.format("skops");
        for (const ZipEntry& entry : directory_.entries) {
            if (entry.name == kSchema) read_schema(entry);
        }
        for (const ZipEntry& entry : directory_.entries) {
            if (entry.name != kSchema && !(entry.folder && entry.size == 0)) read_member(entry);
        }
        for (const std::string& file : files_) {
            const bool there = std::any_of(directory_.entries.begin(), directory_.entries.end(),
                                           [&](const ZipEntry& entry) { return entry.name == file; });
            if (!there) finding("missing-member", "schema.json refers to \"" + file + "\", which is not in the archive", context_.whole(), "What is not there nobody has looked at.");
        }
        return all_;
    }

  private:
    void finding(std::string_view thing, std::string message, Location where, std::string_view why) {
        all_ = Examined::partly;
        if (++findings_ > kMostFindings) return;
        context_.finding("skops." + std::string(thing), Severity::high, std::move(message), std::move(where), std::string(why), std::string(kFix));
    }

    void read_schema(const ZipEntry& entry) {
        add_member(context_, entry.name, entry.size);
        ParseContext inner = context_.inside(entry.name);
        schema_ = &inner;
        const Examined one = with_member(source_, entry, context_, [&](ByteSource& content) {
            inner.format("json", true);
            const auto bytes = content.all();
            if (!bytes) {
                inner.unscannable("skops", "schema.json cannot be read", inner.whole());
                return Examined::partly;
            }
            const auto document = codec::parse_json(*bytes, {context_.limits.nesting, 64U << 20U, 4'000'000});
            if (!document.ok()) {
                finding("schema", "schema.json is no plain JSON: " + document.error().message, inner.whole(),
                        "Readers differ on what such a document says.");
                return Examined::partly;
            }
            const Json* const protocol = document->find("protocol");
            first_protocol_ = protocol != nullptr && protocol->is_integer() && protocol->integer == 0;
            walk(*document);
            return Examined::whole;
        });
        schema_ = nullptr;
        if (one == Examined::partly) all_ = Examined::partly;
    }

    // Depth is bounded by the JSON reader.
    void walk(const Json& value) {
        for (const Json& item : value.items) walk(item);
        if (!value.is_object()) return;
        if (!context_.budget.step()) {
            if (all_ == Examined::whole) context_.unscannable("skops", "schema.json has more nodes than the limits allow", context_.whole());
            all_ = Examined::partly;
            return;
        }
        if (value.find("__loader__") != nullptr || value.find("__class__") != nullptr) read_node(value);
        if (const std::string* const file = value.find_text("file")) files_.insert(*file);
        for (const Json::Member& member : value.members) walk(member.second);
    }

    void read_node(const Json& node) {
        const Location where = schema_->at(node.offset);
        const std::string* const loader = node.find_text("__loader__");
        const std::string* const name = node.find_text("__class__");
        const std::string* const module = node.find_text("__module__");
        if (name == nullptr || module == nullptr) {
            finding("node", "a node names no class or no module", where, "Readers differ on what such a node makes.");
            return;
        }
        // Protocol 0 wrote the type of an array's elements and what a TypeNode names without a loader.
        if (loader == nullptr) return add_import(*module, *name, where);
        const auto known = std::find_if(std::begin(kLoaders), std::end(kLoaders), [&](const Loader& row) { return row.name == *loader; });
        if (known == std::end(kLoaders)) {
            finding("loader", "\"" + *loader + "\" makes a \"" + *module + "." + *name + "\": a loader that skops does not have", where,
                    "What an unknown loader does, nobody can tell.");
            return;
        }
        const std::string full = *module + "." + *name;
        switch (known->does) {
            case Does::data: return;
            case Does::names:
                if (*loader == "TypeNode" || !is_plain(*module, *name)) add_import(*module, *name, where);
                return;
            case Does::makes:
                add_import(*module, *name, where);
                add_call(Call::How::new_object, full, where);
                add_call(Call::How::build, full, where);
                return;
            case Does::calls:
                add_import(*module, *name, where);
                add_call(Call::How::reduce, full, where);
                return;
            case Does::generator:
                add_import(*module, *name, where);
                add_call(Call::How::reduce, full, where);
                return read_generator(node, where);
            case Does::refers: return read_function(node, *module, *name, where);
            case Does::indirect:
                add_import(*module, *name, where);
                finding("indirect", "\"" + *loader + "\" calls what its content names, as \"" + full + "\"", where,
                        "What is called is written apart from the class that skops shows to whoever decides to trust it.");
                return;
        }
    }

    /// Since protocol 1 a function is its node's class; before it, the class was the type of the function ("function", "ufunc") and
    /// the content said which. Whichever a reader of either age takes is a fact; that type is no name to look up.
    void read_function(const Json& node, const std::string& module, const std::string& name, const Location& where) {
        const Json* const content = node.find("content");
        const std::string* const old_module = content == nullptr ? nullptr : content->find_text("module_path");
        const std::string* const old_name = content == nullptr ? nullptr : content->find_text("function");
        const bool old = old_module != nullptr && old_name != nullptr;
        if (!old && (content != nullptr || first_protocol_)) {
            finding("node", "a function node names no function", where, "Readers differ on what such a node makes.");
            return;
        }
        const bool is_type = name == "function" || name == "ufunc" || name == "builtin_function_or_method";
        if (old) add_import(*old_module, *old_name, where);
        if (!old || !first_protocol_ || !is_type) add_import(module, name, where);
    }

    /// The state of a bit generator has its class's name as a text, which the loader looks up in numpy.random and calls: in a node of
    /// the dict that it is, in protocol 0 the dict itself.
    void read_generator(const Json& node, const Location& where) {
        const Json* const content = node.find("content");
        const Json* const state = content == nullptr ? nullptr : content->find("bit_generator");
        const Json* const values = state == nullptr ? nullptr : state->find("content");
        const Json* const text = values == nullptr ? nullptr : values->find("bit_generator");
        const std::string* const written = text == nullptr ? nullptr : text->find_text("content");
        std::optional<std::string> name;
        if (written != nullptr) {
            if (const auto decoded = codec::parse_json(as_bytes(*written)); decoded.ok() && decoded->is_text()) name = decoded->text;
        } else if (first_protocol_ && state != nullptr && values == nullptr && state->find_text("bit_generator") != nullptr) {
            name = *state->find_text("bit_generator");
        }
        if (!name) {
            finding("node", "a random generator names no bit generator", where, "Its loader calls what is named there.");
            return;
        }
        add_import("numpy.random", *name, where);
        add_call(Call::How::reduce, "numpy.random." + *name, where);
    }

    void add_import(const std::string& module, const std::string& name, const Location& where) {
        if (!seen_.insert(module + "\n" + name).second || !room()) return;
        context_.evidence.imports.push_back({where, module, name, ""});
    }
    void add_call(Call::How how, const std::string& callee, const Location& where) {
        const char* const kind = how == Call::How::reduce ? "r" : how == Call::How::build ? "b" : "n";
        if (!seen_.insert(kind + callee).second || !room()) return;
        context_.evidence.calls.push_back({where, how, callee, {}});
    }
    bool room() {
        if (seen_.size() <= context_.limits.facts) return true;
        if (!full_) context_.unscannable("skops", "schema.json names more classes than the limits allow", context_.whole());
        full_ = true;
        all_ = Examined::partly;
        return false;
    }

    void read_member(const ZipEntry& entry) {
        add_member(context_, entry.name, entry.size);
        ParseContext inner = context_.inside(entry.name);
        if (!files_.contains(entry.name)) {
            finding("unlisted-member", "schema.json does not refer to it", inner.whole(), "skops does not read it, so nothing accounts for its content.");
        }
        const Examined one = with_member(source_, entry, context_, [&](ByteSource& content) { return examine(content, inner); });
        if (one == Examined::partly) all_ = Examined::partly;
    }

    ByteSource& source_;
    const ZipDirectory& directory_;
    ParseContext& context_;
    const ParseContext* schema_ = nullptr;
    std::set<std::string, std::less<>> files_;      // that nodes refer to
    std::set<std::string> seen_;                    // imports and calls
    std::uint32_t findings_ = 0;
    bool full_ = false;
    bool first_protocol_ = false;
    Examined all_ = Examined::whole;
};

}  // namespace

bool is_skops(const ZipDirectory& directory) {
    return std::any_of(directory.entries.begin(), directory.entries.end(), [](const ZipEntry& entry) { return entry.name == kSchema; });
}

Examined examine_skops(ByteSource& source, const ZipDirectory& directory, ParseContext& context) {
    return SkopsReader(source, directory, context).run();
}

}  // namespace headgate::formats
