#include "formats/coreml.hpp"

#include <set>

#include "base/text.hpp"
#include "formats/coreml_schema.hpp"
#include "formats/inner_path.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kNewest = 10;                  // specificationVersion of iOS 26
constexpr std::uint32_t kFirstType = 200;              // fields of Model from here on are its type, one of them
constexpr std::uint32_t kFirstLayer = 100;             // the same in NeuralNetworkLayer
constexpr std::string_view kBesideModel = "@model_path/";
constexpr std::uint64_t kBlobHead = 64;
constexpr std::string_view kCustomLayer = "custom_layer";

struct Advice { std::string_view id, why, fix; };
constexpr Advice kAdvice[] = {
    {"coreml.version", "What an unknown version means, nobody can tell.", "Convert the model again with a current coremltools."},
    {"coreml.type", "Readers take one of several, or none.", "Convert the model again with coremltools."},
    {"coreml.linked-model", "Loading the model loads another file, from a folder that this one names.",
     "Put the models into one: coremltools makes pipelines of several."},
    {"coreml.serialized-model", "What a model in a form of its own makes its reader do, nobody can tell.",
     "Publish the model as an ML Program or a neural network."},
    {"coreml.weights-path", "Loading the model reads a file from outside its folder, or one that nobody has looked at.",
     "Save the model again with coremltools, as a .mlpackage, and have the folder judged."},
};

class CoremlReader {
  public:
    CoremlReader(ByteSource& source, ParseContext& context) : context_(context), input_(source, context.budget) {}

    Examined run() {
        check_message(input_, input_.whole(), coreml_tables().message("Model"),
                      [this](const ProtoSchema& schema, ByteRange message) { visit(schema.name, message); });
        if (!input_.ok() && !problem_) return refuse_protobuf(input_, "coreml", context_);
        if (problem_) {
            context_.finding(std::string(problem_->id), Severity::high, message_, context_.at(input_.problem_at()), std::string(problem_->why),
                             std::string(problem_->fix));
            return Examined::partly;
        }
        if (too_many_) {
            context_.unscannable("coreml", "more operations or values than the limit allows", context_.whole());
            return Examined::partly;
        }
        context_.format("coreml");
        for (Operator& one : operators_) context_.evidence.operators.push_back(std::move(one));
        for (IndexEntry& one : values_) context_.evidence.index_entries.push_back(std::move(one));
        for (Opaque& one : opaques_) context_.evidence.opaques.push_back(std::move(one));
        return opaques_.empty() ? Examined::whole : Examined::partly;
    }

  private:
    void refuse(std::string_view id, std::string message, std::uint64_t at) {
        if (!input_.ok()) return;
        for (const Advice& advice : kAdvice) {
            if (advice.id == id) problem_ = &advice;
        }
        message_ = message;
        input_.fail(at, std::move(message));
    }

    void visit(std::string_view name, ByteRange message) {
        if (name == "Model") return read_model(message);
        if (name == "NeuralNetworkLayer") return one_of(message, kFirstLayer, "a layer is");
        if (name == "CustomModel" || name == "CustomLayerParams") return read_custom(message);
        if (name == "LinkedModelFile") {  // two StringParameters, whose first field is the text
            const std::string file = text_at(message, {1, 1}).substr(0, 200);
            return refuse("coreml.linked-model", "it names another model to load: \"" + file + "\" in \"" + text_at(message, {2, 1}).substr(0, 200) + "\"",
                          message.begin);
        }
        if (name == "SerializedModel") return refuse("coreml.serialized-model", "it holds a model in a form of its own", message.begin);
        if (name == "MILSpec.Operation") return read_operation(message);
        if (name == "MILSpec.Value.BlobFileValue") return read_value(message);
        if (name.starts_with("CoreMLModels.")) return read_language_model(name.substr(13), message);
    }

    void read_model(ByteRange message) {
        std::uint64_t version = 0;
        ProtoMessage fields(input_, message);
        while (const auto field = fields.next()) {
            if (field->number == 1) version = field->value;
        }
        // Models of a pipeline may leave it to the pipeline.
        const bool inner = message.size() != input_.whole().size();
        if ((version == 0 && !inner) || version > kNewest) {
            return refuse("coreml.version",
                          "its version is " + std::to_string(version) + ", and only 1 to " + std::to_string(kNewest) + " are known", message.begin);
        }
        one_of(message, kFirstType, "a model is");
    }

    void one_of(ByteRange message, std::uint32_t first, std::string_view what) {
        std::uint32_t count = 0;
        ProtoMessage fields(input_, message);
        while (const auto field = fields.next()) count += field->number >= first ? 1U : 0U;
        if (count != 1) refuse("coreml.type", std::string(what) + " of " + (count == 0 ? "no type" : "several types at once"), message.begin);
    }

    void read_custom(ByteRange message) {
        std::string name;
        ProtoMessage fields(input_, message);
        while (const auto field = fields.next()) {
            if (field->number == 10 && field->wire == ProtoWire::bytes) name = input_.text(*field);
        }
        add_operator("custom", std::move(name), message.begin);
    }

    void read_operation(ByteRange message) {
        std::string type;
        ProtoMessage fields(input_, message);
        while (const auto field = fields.next()) {
            if (field->number == 1 && field->wire == ProtoWire::bytes) type = input_.text(*field);
        }
        if (type != kCustomLayer) return add_operator("mil", std::move(type), message.begin);
        // attributes = 5: map of name to Value; Value.immediateValue = 3 .tensor = 1 .strings = 4 .values = 1
        bool named = false;
        ProtoMessage again(input_, message);
        while (const auto field = again.next()) {
            if (field->number != 5 || field->wire != ProtoWire::bytes || text_at(field->bytes, {1}) != "class_name") continue;
            named = true;
            add_operator("custom", text_at(field->bytes, {2, 3, 1, 4, 1}), message.begin);
        }
        if (!named) add_operator("mil", std::move(type), message.begin);
    }

    /// The text that a path of fields leads to, the last of each; "" where there is none.
    std::string text_at(ByteRange message, std::initializer_list<std::uint32_t> path) {
        std::optional<ProtoField> found;
        for (const std::uint32_t number : path) {
            const ByteRange range = found ? found->bytes : message;
            found.reset();
            ProtoMessage fields(input_, range);
            while (const auto field = fields.next()) {
                if (field->number == number && field->wire == ProtoWire::bytes) found = field;
            }
            if (!found) return {};
        }
        return found ? input_.text(*found) : std::string();
    }

    void add_operator(std::string domain, std::string name, std::uint64_t at) {
        if (!input_.ok() || !seen_.insert(domain + "." + name).second) return;
        if (operators_.size() >= context_.limits.facts) {
            too_many_ = true;
            return;
        }
        operators_.push_back({context_.at(at), "coreml", std::move(domain), std::move(name)});
    }

    void read_value(ByteRange message) {
        std::string file;
        std::uint64_t offset = 0;
        ProtoMessage fields(input_, message);
        while (const auto field = fields.next()) {
            if (field->number == 1 && field->wire == ProtoWire::bytes) file = input_.text(*field);
            if (field->number == 2) offset = field->value;
        }
        std::string_view inner = file;
        inner.remove_prefix(file.starts_with(kBesideModel) ? kBesideModel.size() : file.size());
        if (!is_inner_path(inner)) {
            return refuse("coreml.weights-path", "its values are in \"" + file.substr(0, 200) + "\", which is not beside the model",
                          message.begin);
        }
        if (!context_.member.empty()) {
            return refuse("coreml.weights-path", "the model is inside another file and keeps values in a file beside it", message.begin);
        }
        if (values_.size() >= context_.limits.facts) {
            too_many_ = true;
            return;
        }
        values_.push_back({context_.at(message.begin), "value at " + std::to_string(offset), std::string(inner), offset, kBlobHead});
    }

    void read_language_model(std::string_view name, ByteRange message) {
        if (opaques_.size() >= 100) return;
        ProtoMessage fields(input_, message);
        while (const auto field = fields.next()) {
            if (field->number != 100 || field->wire != ProtoWire::bytes || name == "VisionFeaturePrint.Objects") continue;
            opaques_.push_back({context_.at(field->bytes.begin),
                                "the parameters of a " + std::string(name) + " are in a form of Apple's own", field->bytes.size()});
        }
    }

    ParseContext& context_;
    ProtoInput input_;
    const Advice* problem_ = nullptr;
    std::string message_;
    std::set<std::string> seen_;
    std::vector<Operator> operators_;
    std::vector<IndexEntry> values_;
    std::vector<Opaque> opaques_;
    bool too_many_ = false;
};

}  // namespace

bool sniff_coreml(ByteSource& source, std::string_view) {
    const auto head = source.view(0, 3);
    // 08 VERSION 12: the version, then the description, as every writer puts them.
    if (!head || (*head)[0] != 0x08 || (*head)[1] == 0 || (*head)[1] >= 0x80 || (*head)[2] != 0x12) return false;
    const ProtoSchema& model = coreml_tables().message("Model");
    const auto seen = fits_outline(source, model);
    if (!seen) return false;
    for (const ProtoRow& row : model.rows) {
        if (row.number >= kFirstType && has_row(model, *seen, row.number)) return true;
    }
    return false;
}

bool sniff_named_coreml(ByteSource&, std::string_view name) { return ascii_lower(name).ends_with(".mlmodel"); }

Examined parse_coreml(ByteSource& source, ParseContext& context) { return CoremlReader(source, context).run(); }

}  // namespace headgate::formats
