#include "formats/tensorflow.hpp"

#include "base/text.hpp"
#include "formats/keras_config.hpp"
#include "formats/tensorflow_graph.hpp"
#include "formats/tensorflow_schema.hpp"

namespace headgate::formats {
namespace {

// The first field `number` of the top level.
std::optional<ByteRange> first_part(ByteSource& source, std::uint32_t number) {
    Budget budget({});
    ProtoInput input(source, budget);
    ProtoMessage message(input, input.whole());
    while (const auto field = message.next()) {
        if (field->number == number && field->wire == ProtoWire::bytes) return field->bytes;
    }
    return std::nullopt;
}

bool part_fits(ByteSource& source, std::uint32_t number, const ProtoSchema& schema) {
    const auto part = first_part(source, number);
    if (!part) return false;
    SliceSource inner(source, part->begin, part->size());
    return fits_outline(inner, schema).has_value();
}

bool fits_with(ByteSource& source, const ProtoSchema& schema, std::initializer_list<std::uint32_t> fields) {
    const auto seen = fits_outline(source, schema);
    return seen && std::all_of(fields.begin(), fields.end(), [&](std::uint32_t number) { return has_row(schema, *seen, number); });
}

bool is_saved_model(ByteSource& source, std::string_view) {
    return fits_with(source, tensorflow::saved_model(), {2}) && part_fits(source, 2, tensorflow::meta_graph());
}

bool is_meta_graph(ByteSource& source, std::string_view) {
    return fits_with(source, tensorflow::meta_graph(), {1, 2}) && part_fits(source, 2, tensorflow::graph());
}

bool names_operator(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '>';
    });
}

// Its first node has a name and an operator. (By its numbers alone, a graph with a library of functions is a meta graph too.)
bool is_graph(ByteSource& source, std::string_view) {
    const auto node = fits_with(source, tensorflow::graph(), {1}) ? first_part(source, 1) : std::nullopt;
    if (!node) return false;
    Budget budget({});
    ProtoInput input(source, budget);
    if (!check_message(input, *node, tensorflow::node())) return false;
    bool named = false;
    ProtoMessage message(input, *node);
    while (const auto field = message.next()) named = named || (field->number == 2 && names_operator(input.text(*field)));
    return named;
}

bool is_keras_metadata(ByteSource& source, std::string_view name) {
    return name == "keras_metadata.pb" && fits_outline(source, tensorflow::keras_metadata());
}

bool is_fingerprint(ByteSource& source, std::string_view name) {
    return name == "fingerprint.pb" && fits_outline(source, tensorflow::fingerprint());
}

struct Root {
    std::string_view format;
    const ProtoSchema& (*schema)();
    bool (*is)(ByteSource& source, std::string_view name);
    std::string_view name;               // of the file, for one that is broken
    bool inert;
};
constexpr Root kRoots[] = {
    {"keras-metadata", tensorflow::keras_metadata, is_keras_metadata, "keras_metadata.pb", true},
    {"tensorflow-fingerprint", tensorflow::fingerprint, is_fingerprint, "fingerprint.pb", true},
    {"savedmodel", tensorflow::saved_model, is_saved_model, "saved_model.pb", false},
    {"tensorflow-graph", tensorflow::graph, is_graph, "", false},
    {"tensorflow-graph", tensorflow::meta_graph, is_meta_graph, "", false},
};

const Root* root_of(ByteSource& source, std::string_view name) {
    for (const Root& root : kRoots) {
        if (root.is(source, name)) return &root;
    }
    return nullptr;
}

const Root* root_by_name(std::string_view name) {
    for (const Root& root : kRoots) {
        if (!root.name.empty() && root.name == name) return &root;
    }
    return nullptr;
}

void report(const TensorflowGraphs::Problem& problem, ParseContext& context) {
    if (problem.id == "tensorflow.asset") {
        context.finding("tensorflow.asset", Severity::high, problem.message, context.at(problem.at),
                        "Loading the model reads a file from outside its folder: a secret of the host, or what somebody else put there.",
                        "Export the model anew; its assets are then in its folder `assets`.");
        return;
    }
    if (problem.id == "tensorflow.path") {
        context.finding("tensorflow.path", problem.severity, problem.message, context.at(problem.at),
                        "Whoever runs the model reads or writes that file, wherever it is: it should be named by whoever saves or loads, or be an asset.",
                        "Take a model that was exported without it.");
        return;
    }
    context.finding("tensorflow.print", Severity::critical, problem.message, context.at(problem.at),
                    "Whoever runs the model writes what it says to where it says.", "Take a model that was exported without it.");
}

// Views of the configurations of Keras; nullopt after a problem of the input.
std::optional<std::vector<ByteView>> view_documents(ProtoInput& input, const TensorflowGraphs& graphs) {
    std::vector<ByteView> views;
    for (const TensorflowGraphs::Document& document : graphs.documents()) {
        const auto json = input.view(document.json);
        if (!json) return std::nullopt;
        views.push_back(*json);
    }
    return views;
}

}  // namespace

bool sniff_tensorflow(ByteSource& source, std::string_view name) { return root_of(source, name) != nullptr; }

bool sniff_named_tensorflow(ByteSource&, std::string_view name) { return root_by_name(name) != nullptr; }

Examined parse_tensorflow(ByteSource& source, ParseContext& context) {
    const Root* root = root_of(source, context.name());
    if (root == nullptr) root = root_by_name(context.name());
    if (root == nullptr) root = &kRoots[std::size(kRoots) - 2];  // called for something that was not sniffed
    ProtoInput input(source, context.budget);
    TensorflowGraphs graphs(input, context.limits.facts);
    const auto visit = [&](const ProtoSchema& schema, ByteRange message) { graphs.visit(schema, message); };
    if (!check_message(input, input.whole(), root->schema(), visit)) return refuse_protobuf(input, "tensorflow", context);
    if (!root->is(source, root->name)) {
        input.fail(0, "it has none of what a " + std::string(root->schema().name) + " has");
        return refuse_protobuf(input, "tensorflow", context);
    }
    if (root->schema == tensorflow::graph) graphs.read_as_meta_graph(input.whole());
    graphs.read_paths();
    if (!input.ok()) return refuse_protobuf(input, "tensorflow", context);
    if (graphs.problem()) {
        report(*graphs.problem(), context);
        return Examined::partly;
    }
    if (graphs.too_many()) {
        context.unscannable("tensorflow", "more operators, functions or objects than the limit allows", context.whole());
        return Examined::partly;
    }
    const auto documents = view_documents(input, graphs);
    if (!documents) return refuse_protobuf(input, "tensorflow", context);
    context.format(std::string(root->format), root->inert);
    for (const auto& [name, own, at] : graphs.operators()) {
        context.evidence.operators.push_back({context.at(at), own ? "tensorflow-function" : "tensorflow", "", name});
    }
    Examined examined = Examined::whole;
    for (std::size_t i = 0; i < documents->size(); ++i) {
        ParseContext inner = context.inside(graphs.documents()[i].name);
        if (check_keras_config((*documents)[i], inner) == Examined::partly) examined = Examined::partly;
    }
    return examined;
}

}  // namespace headgate::formats
