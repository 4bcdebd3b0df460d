#include "formats/keras_config.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.hpp"
#include "formats/json_non_finite.hpp"

namespace headgate::formats {
namespace {

using codec::Json;

constexpr std::uint32_t kMostFindings = 100;
constexpr std::size_t kMostPointer = 500;
constexpr std::string_view kType = "_type";
constexpr std::string_view kBare = "keras";       // module of names that Keras looks up among its own
constexpr std::string_view kBuiltin = "builtins"; // module that Keras writes for functions it looks up so

/// Objects that are values: numbers, text, shapes. What is inside them is walked like everything else.
bool is_plain_value(std::string_view class_name) {
    static constexpr std::string_view kPlain[] = {"__keras_tensor__", "__tensor__",  "__numpy__",   "__bytes__",
                                                  "__ellipsis__",     "__slice__",   "__tuple__",   "TensorShape",
                                                  "CompositeTensor"};
    return std::find(std::begin(kPlain), std::end(kPlain), class_name) != std::end(kPlain);
}

/// Layers that take their vocabulary as a list of words, or as the name of a file that is read when the layer is made.
bool reads_vocabulary(std::string_view class_name) {
    static constexpr std::string_view kLookups[] = {"StringLookup", "IntegerLookup", "TextVectorization", "IndexLookup",
                                                    "WordPieceTokenizer", "BytePairTokenizer"};
    return std::find(std::begin(kLookups), std::end(kLookups), class_name) != std::end(kLookups);
}

/// Fields whose text is a file's name where it looks like one.
bool names_file(std::string_view key) {
    static constexpr std::string_view kFields[] = {"vocabulary", "idf_weights", "merges",   "filepath",        "file_path",
                                                   "filename",   "file",        "path",     "vocabulary_file", "vocab_file",
                                                   "weights",    "weights_path", "log_dir", "origin",          "backup_dir"};
    return std::find(std::begin(kFields), std::end(kFields), key) != std::end(kFields);
}

/// Absolute, a URL, a home folder, a parent folder, or of Windows.
bool leads_outside(std::string_view path) {
    if (path.starts_with('/') || path.starts_with('\\') || path.starts_with('~')) return true;
    if (path.find("://") != std::string_view::npos || ascii_lower(path).starts_with("file:")) return true;
    if (path.size() > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/')) return true;
    return path == ".." || path.starts_with("../") || path.find("/../") != std::string_view::npos || path.ends_with("/..") ||
           path.find("..\\") != std::string_view::npos;
}

/// RFC 6901.
std::string escaped(std::string_view key) {
    std::string out;
    for (const char c : key) {
        if (c == '~') out += "~0";
        else if (c == '/') out += "~1";
        else out.push_back(c);
    }
    return out;
}

bool is_keras(std::string_view module) { return module == kBare || module.starts_with("keras."); }

/// "StringLookup" of "layers.StringLookup" and of "Custom>StringLookup": what is looked up in the end.
std::string_view last_part(std::string_view name) { return name.substr(name.find_last_of(".>") + 1); }

/// {class_name, config}, of types that Keras makes something of.
bool looks_like_object(const Json& value) {
    const std::string* const name = value.find_text("class_name");
    const Json* const config = value.find("config");
    if (name == nullptr || name->empty() || config == nullptr) return false;
    for (const char* key : {"module", "registered_name"}) {
        const Json* const part = value.find(key);
        if (part != nullptr && !part->is_text() && part->type != Json::Type::null) return false;
    }
    return config->is_object() || config->is_array() || (config->is_text() && *name == "function");
}

/// Such an object that is Keras's without asking any list.
bool is_keras_object(const Json& value) {
    const std::string* const module = value.find_text("module");
    const Json* const config = value.find("config");
    return (module != nullptr && is_keras(*module)) || (config->find("layers") != nullptr && config->find("layers")->is_array());
}

struct Name {
    std::string module;
    std::string name;
    bool operator<(const Name& other) const { return module != other.module ? module < other.module : name < other.name; }
};
struct Use {
    Location where;
    std::string pointer;  // of the first place
    std::string written;
    std::uint64_t places = 0;
};

class ConfigWalk {
  public:
    /// `loose`: the document holds objects of Keras, or seems to, and is none itself.
    explicit ConfigWalk(ParseContext& context, bool loose = false) : context_(context), loose_(loose) {}

    void look(const Json& document, std::uint64_t offset) {
        base_ = offset;
        lambda_.reset();
        visit(document);
    }
    bool any() const { return any_; }
    Examined finish() {
        for (const auto& [name, use] : uses_) {
            context_.evidence.imports.push_back({use.where, name.module, name.name, use.written});
            context_.evidence.calls.push_back({use.where, Call::How::instance, name.module + "." + name.name,
                                               {"str:" + use.pointer, "int:" + std::to_string(use.places)}});
        }
        return examined_;
    }

  private:
    void problem(std::string id, Severity severity, std::string message, std::uint64_t offset, std::string why, std::string fix) {
        examined_ = Examined::partly;
        if (++findings_ > kMostFindings) return;
        context_.finding(std::move(id), severity, std::move(message) + " at " + place(), context_.at(base_ + offset), std::move(why),
                         std::move(fix));
    }
    /// The pointer, cut where it is longer than anybody's model: it is kept for every name.
    std::string place() const {
        if (pointer_.empty()) return "the top";
        return pointer_.size() <= kMostPointer ? pointer_ : pointer_.substr(0, kMostPointer) + "...";
    }

    /// Depth is bounded by the JSON reader.
    void visit(const Json& value) {
        if (!context_.budget.step()) {
            if (examined_ == Examined::whole) context_.unscannable("keras", "the configuration needs more steps than the limit allows", context_.whole());
            examined_ = Examined::partly;
            return;
        }
        const std::size_t length = pointer_.size();
        const bool certain = certain_;
        const bool inside = inside_;
        const Json* const class_name = value.find("class_name");
        if (class_name != nullptr && (!loose_ || looks_like_object(value))) {
            any_ = true;
            certain_ = certain_ || !loose_ || is_keras_object(value);
            object(value, *class_name);
        }
        if (class_name != nullptr && looks_like_object(value)) inside_ = true;
        for (const auto& [key, member] : value.members) {
            if (!member.is_text() || member.text != "lambda" || !is_byte_code(value, key)) continue;
            any_ = true;
            lambda("byte code as `" + key.substr(0, key.size() - kType.size()) + "`", value.offset);
            break;
        }
        for (const auto& [key, member] : value.members) {
            pointer_ += "/" + escaped(key);
            if (member.is_text()) field(key, member);
            else if (member.is_object() || member.is_array()) visit(member);
            pointer_.resize(length);
        }
        for (std::size_t index = 0; index < value.items.size(); ++index) {
            const Json& item = value.items[index];
            if (!item.is_object() && !item.is_array()) continue;
            pointer_ += "/" + std::to_string(index);
            visit(item);
            pointer_.resize(length);
        }
        certain_ = certain;
        inside_ = inside;
    }

    /// "function_type": "lambda" of Lambda, and the same of mode, output_shape and output_mask of Merge (Keras 1 and 2): beside it stands
    /// what marshal loads. In a document that is none of Keras's: within an object, or where the code is there in the form of a dump.
    bool is_byte_code(const Json& value, std::string_view key) const {
        if (key.size() <= kType.size() || !key.ends_with(kType)) return false;
        if (!loose_ || certain_) return true;
        const Json* const code = value.find(key.substr(0, key.size() - kType.size()));
        if (code == nullptr) return false;
        return inside_ || key == "function_type" || (code->is_array() && !code->items.empty() && code->items[0].is_text());
    }

    void field(const std::string& key, const Json& value) {
        if ((certain_ || !loose_) && names_file(key) && leads_outside(value.text)) outside("\"" + key + "\" is " + value.text, value.offset);
    }
    void outside(const std::string& what, std::uint64_t offset) {
        problem("keras.outside-file", Severity::high, "a file outside the model: " + what, offset,
                "Loading the model reads whatever stands there, and can give it out again.",
                "Save the model with the vocabulary or weights inside (a list, or an asset of the .keras archive).");
    }
    void lambda(const std::string& what, std::uint64_t offset) {
        if (lambda_ && pointer_ == *lambda_ + "/config") return;  // the code of the layer that was reported
        lambda_ = pointer_;
        problem("keras.lambda", Severity::critical, "a Lambda: " + what, offset,
                "Loading or calling the model runs Python that the file brings or picks; the HDF5 loader does so even in safe mode.",
                "Replace the Lambda by layers of Keras or by a registered class of your own, and save the model again.");
    }
    void unnamed(const std::string& what, std::uint64_t offset) {
        problem("keras.object", Severity::high, "no object that Keras writes: " + what, offset,
                "What the loader makes of it cannot be told.", "Save the model again with a current Keras.");
    }

    void object(const Json& value, const Json& class_name) {
        const Json* const module = value.find("module");
        const Json* const registered = value.find("registered_name");
        if (!class_name.is_text() || class_name.text.empty()) return unnamed("class_name is no text", value.offset);
        for (const Json* const part : {module, registered}) {
            if (part != nullptr && !part->is_text() && part->type != Json::Type::null) {
                return unnamed("module or registered_name of " + class_name.text + " is no text", value.offset);
            }
        }
        const std::string in = module != nullptr && module->is_text() ? module->text : std::string();
        const std::string as = registered != nullptr && registered->is_text() ? registered->text : std::string();
        const std::string& name = class_name.text;
        if (name == "__lambda__") return lambda("byte code", value.offset);
        if (is_plain_value(name) && in.empty() && as.empty()) return;
        if (name == "function") return function(value, in, as);
        if (name == "__typespec__") return typespec(value, in);
        if (name == "TypeSpec" && in.empty() && as.empty()) return saved_typespec(value);
        // The dots of a name are resolved before it is looked up, so what counts is its last part.
        const std::string_view last = last_part(name);
        if (last == "Lambda" || last_part(as) == "Lambda") {
            return lambda("a layer of class Lambda", value.offset);
        }
        named(in, name, as, value.offset);
        const Json* const config = value.find("config");
        if (config == nullptr) return;
        if (last == "TFOpLambda" || last == "SlicingOpLambda") tensorflow_function(*config, value.offset);
        const Json* const vocabulary = config->find("vocabulary");
        const bool said = leads_outside(vocabulary != nullptr ? vocabulary->text : std::string()) && (certain_ || !loose_);
        if (reads_vocabulary(last) && vocabulary != nullptr && vocabulary->is_text() && !said) {
            outside("the vocabulary of " + name + " is the file " + vocabulary->text, vocabulary->offset);
        }
    }

    /// A class or function by module and name, and by the name that it is registered under.
    void named(const std::string& module, const std::string& name, const std::string& registered, std::uint64_t offset) {
        const std::size_t arrow = registered.find('>');
        const std::string_view bare = arrow == std::string::npos ? std::string_view(registered) : std::string_view(registered).substr(arrow + 1);
        if (module.empty()) return by_registry(registered.empty() ? name : registered, offset);
        use(module, name, {}, offset);
        // The registry goes first: an own class must be the one that its module names, and a class of Keras is in none.
        if (!registered.empty() && (bare != name || (arrow != std::string::npos && is_keras(module)))) by_registry(registered, offset);
    }
    void by_registry(const std::string& written, std::uint64_t offset) {
        const std::size_t arrow = written.find('>');
        if (arrow == std::string::npos) return use(std::string(kBare), written, written, offset);
        use(written.substr(0, arrow), written.substr(arrow + 1), written, offset);
    }

    void function(const Json& value, const std::string& module, const std::string& registered) {
        const std::string* const name = value.find_text("config");
        if (name == nullptr || name->empty()) return unnamed("a function without a name", value.offset);
        const std::size_t arrow = name->find('>');
        if (arrow != std::string::npos) return by_registry(*name, value.offset);
        const std::string other = registered == "function" ? std::string() : registered;  // of the type, not of this function
        named(module.empty() ? std::string(kBuiltin) : module, *name, other, value.offset);
    }

    void typespec(const Json& value, const std::string& module) {
        const std::string* const name = value.find_text("spec_name");
        if (name == nullptr || module.empty()) return unnamed("a __typespec__ without spec_name and module", value.offset);
        use(module, *name, {}, value.offset);
    }

    /// As the metadata of a SavedModel has it: by the name in TensorFlow's registry of such types.
    void saved_typespec(const Json& value) {
        static constexpr std::string_view kTensorFlow = "tf.";
        const std::string* const name = value.find_text("type_spec");
        if (name == nullptr || name->empty()) return unnamed("a TypeSpec without type_spec", value.offset);
        if (name->starts_with(kTensorFlow)) return use("tensorflow", name->substr(kTensorFlow.size()), *name, value.offset);
        const std::size_t dot = name->rfind('.');
        use(dot == std::string::npos ? "" : name->substr(0, dot), dot == std::string::npos ? *name : name->substr(dot + 1), *name, value.offset);
    }

    void tensorflow_function(const Json& config, std::uint64_t offset) {
        const std::string* const symbol = config.find_text("function");
        if (symbol == nullptr) return unnamed("an operation of TensorFlow without `function`", offset);
        use("tensorflow", *symbol, *symbol, offset);
    }

    /// A dotted name reaches through the module: "keras" with "utils.f" is "keras.utils" with "f".
    void use(std::string module, std::string name, const std::string& written, std::uint64_t offset) {
        if (const std::size_t dot = name.rfind('.'); dot != std::string::npos) {
            module += "." + name.substr(0, dot);
            name.erase(0, dot + 1);
        }
        const auto known = uses_.find(Name{module, name});
        if (known != uses_.end()) {
            ++known->second.places;
            return;
        }
        if (uses_.size() + context_.evidence.imports.size() >= context_.limits.facts) {
            if (!full_) context_.unscannable("keras", "the configuration names more classes than the limit allows", context_.whole());
            full_ = true;
            examined_ = Examined::partly;
            return;
        }
        uses_.emplace(Name{std::move(module), std::move(name)}, Use{context_.at(base_ + offset), place(), written, 1});
    }

    ParseContext& context_;
    bool loose_;
    bool any_ = false;
    bool certain_ = false;    // inside an object that is Keras's
    bool inside_ = false;     // inside an object that looks like one
    std::uint64_t base_ = 0;  // of the document
    std::string pointer_;
    std::optional<std::string> lambda_;  // pointer of the last Lambda
    std::map<Name, Use> uses_;
    std::uint32_t findings_ = 0;
    bool full_ = false;
    Examined examined_ = Examined::whole;
};

}  // namespace

class KerasObjects::Walk : public ConfigWalk {
  public:
    using ConfigWalk::ConfigWalk;
};

KerasObjects::KerasObjects(ParseContext& context) : walk_(std::make_unique<Walk>(context, true)) {}
KerasObjects::~KerasObjects() = default;
void KerasObjects::look(const codec::Json& document, std::uint64_t offset) { walk_->look(document, offset); }
bool KerasObjects::any() const { return walk_->any(); }
Examined KerasObjects::finish() { return walk_->finish(); }

bool is_keras_config(const Json& document) {
    const std::string* const name = document.find_text("class_name");
    const Json* const config = document.find("config");
    if (name == nullptr || config == nullptr || !(config->is_object() || config->is_array())) return false;
    return document.find("keras_version") != nullptr || document.find("module") != nullptr ||
           document.find("registered_name") != nullptr || config->find("layers") != nullptr || *name == "Sequential";
}

Examined check_keras_document(const Json& document, ParseContext& context) {
    context.format("keras-config", true);
    ConfigWalk walk(context);
    walk.look(document, 0);
    return walk.finish();
}

Examined check_keras_config(ByteView json, ParseContext& context) {
    if (!context.budget.step(json.size() / 16 + 1)) {
        context.unscannable("keras", "the configuration needs more steps than the limit allows", context.whole());
        return Examined::partly;
    }
    auto document = codec::parse_json(json);
    if (!document.ok()) {
        if (const auto finite = without_non_finite(as_text(json))) {
            if (auto repaired = codec::parse_json(as_bytes(*finite)); repaired.ok()) document = std::move(repaired);
        }
    }
    if (document.ok()) return check_keras_document(*document, context);
    context.finding("keras.malformed", Severity::high, "the configuration is no strict JSON: " + document.error().message,
                    context.whole(), "Readers disagree on malformed JSON: the model that is judged is not the one that is loaded.",
                    "Save the model again with a current Keras.");
    return Examined::partly;
}

}  // namespace headgate::formats
