#include "formats/tensorflow_graph.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/inner_path.hpp"
#include "formats/tensorflow_paths.hpp"
#include "formats/tensorflow_schema.hpp"

namespace headgate::formats {
namespace {

/// Where PrintV2 may write: everything that tf.print knows but files.
bool is_console(std::string_view stream) {
    static constexpr std::string_view kStreams[] = {"stderr", "stdout", "log(info)", "log(warning)", "log(error)"};
    return std::find(std::begin(kStreams), std::end(kStreams), stream) != std::end(kStreams);
}

}  // namespace

void TensorflowGraphs::visit(const ProtoSchema& schema, ByteRange message) {
    if (problem_ || too_many_) return;
    if (&schema == &tensorflow::meta_graph()) ++meta_graphs_;
    if (&schema == &tensorflow::graph()) {
        graphs_.push_back({message, meta_graphs_, {}, {}});
        too_many_ = graphs_.size() > most_facts_ + std::size_t{2};
    }
    if (&schema == &tensorflow::node()) read_node(message);
    if (&schema == &tensorflow::function()) read_function(message);
    if (&schema == &tensorflow::function_reference()) read_reference(message);
    if (&schema == &tensorflow::asset()) read_asset(message);
    if (&schema == &tensorflow::collection()) read_collection(message);
    if (&schema == &tensorflow::user_object()) read_user_object(message);
    if (&schema == &tensorflow::keras_node()) read_keras_node(message);
}

// Graphs follow each other and none is in another.
TensorflowGraphs::Graph& TensorflowGraphs::graph_at(std::uint64_t at) {
    Graph& last = graphs_.back();
    return at >= last.range.begin && at < last.range.end ? last : graphs_.front();
}

std::vector<TensorflowGraphs::Used> TensorflowGraphs::operators() const {
    std::map<std::pair<std::string, bool>, std::uint64_t> all;
    for (const Graph& graph : graphs_) {
        for (const auto& [name, at] : graph.used) all.emplace(std::pair(name, graph.functions.contains(name)), at);
    }
    std::vector<Used> operators;
    operators.reserve(all.size());
    for (const auto& [key, at] : all) operators.push_back({key.first, key.second, at});
    return operators;
}

void TensorflowGraphs::read_paths() {
    static const std::set<std::string> kNone;
    for (const Graph& graph : graphs_) {
        if (problem_ || too_many_ || !input_.ok()) return;
        const auto touches = [](const auto& used) { return TensorflowPaths::touches_files(used.first); };
        if (std::none_of(graph.used.begin(), graph.used.end(), touches)) continue;
        const auto assets = assets_.find(graph.meta_graph);
        TensorflowPaths paths(input_, graph.meta_graph == 0 || assets == assets_.end() ? kNone : assets->second);
        if (paths.read(graph.range)) continue;
        too_many_ = paths.too_many();
        if (!paths.problem()) return;
        const auto& [message, at, writes] = *paths.problem();
        problem_ = Problem{"tensorflow.path", message, at, writes ? Severity::critical : Severity::high};
    }
}

void TensorflowGraphs::count(bool fresh) {
    names_ += fresh ? 1 : 0;
    too_many_ = too_many_ || names_ > most_facts_;
}

void TensorflowGraphs::use(std::string name, std::uint64_t at) {
    if (name.empty()) return;
    count(graph_at(at).used.emplace(std::move(name), at).second);
}

void TensorflowGraphs::read_node(ByteRange node) {
    ProtoMessage message(input_, node);
    while (const auto field = message.next()) {
        if (field->number != 2 || field->wire != ProtoWire::bytes) continue;
        std::string op = input_.text(*field);
        if (op == "PrintV2") read_print(node, 5);
        use(std::move(op), node.begin);
    }
}

// PrintV2 writes to a file where its attribute `output_stream` is "file://" and a path. The attribute of a node in a function may be
// a placeholder, which each caller fills: nothing but what is written out can be told. `attributes`: number of their field.
void TensorflowGraphs::read_print(ByteRange message, std::uint32_t attributes) {
    ProtoMessage fields(input_, message);
    while (const auto attribute = fields.next()) {
        if (attribute->number != attributes || attribute->wire != ProtoWire::bytes) continue;
        std::string key;
        std::optional<std::string> value;
        ProtoMessage entry(input_, attribute->bytes);
        while (const auto field = entry.next()) {
            if (field->wire != ProtoWire::bytes) continue;
            if (field->number == 1) key = input_.text(*field);
            ProtoMessage content(input_, field->number == 2 ? field->bytes : ByteRange{});
            while (const auto inner = content.next()) {
                if (inner->number == 2 && inner->wire == ProtoWire::bytes) value = input_.text(*inner);
                else value.reset();
            }
        }
        if (key != "output_stream" || problem_ || (value && is_console(*value))) continue;
        problem_ = Problem{"tensorflow.print",
                           "the operator PrintV2 writes to " + (value ? "\"" + *value + "\"" : std::string("what whoever calls its function says")), message.begin};
    }
}

// Field 2 is the library of the one and the graph of the other, its field 1 a function or a node; functions have no field 2.
void TensorflowGraphs::read_as_meta_graph(ByteRange graph) {
    ProtoMessage message(input_, graph);
    while (const auto library = message.next()) {
        if (library->number != 2) continue;
        ProtoMessage functions(input_, library->bytes);
        while (const auto function = functions.next()) {
            if (function->number == 1) read_node(function->bytes);
        }
    }
}

void TensorflowGraphs::read_function(ByteRange function) {
    ProtoMessage message(input_, function);
    while (const auto signature = message.next()) {
        if (signature->number != 1 || signature->wire != ProtoWire::bytes) continue;
        ProtoMessage definition(input_, signature->bytes);
        while (const auto field = definition.next()) {
            if (field->number != 1 || field->wire != ProtoWire::bytes) continue;
            count(graph_at(function.begin).functions.insert(input_.text(*field)).second);
        }
    }
}

// An attribute that names a function; of what is none of the library's, the runtime makes an operator.
void TensorflowGraphs::read_reference(ByteRange reference) {
    ProtoMessage message(input_, reference);
    while (const auto field = message.next()) {
        if (field->number != 1 || field->wire != ProtoWire::bytes) continue;
        std::string name = input_.text(*field);
        if (name == "PrintV2") read_print(reference, 2);
        use(std::move(name), reference.begin);
    }
}

void TensorflowGraphs::read_asset(ByteRange asset) {
    ProtoMessage message(input_, asset);
    while (const auto field = message.next()) {
        ProtoMessage tensor(input_, field->number == 1 && field->wire == ProtoWire::bytes ? field->bytes : ByteRange{});
        while (const auto part = tensor.next()) {
            if (part->number != 1 || part->wire != ProtoWire::bytes) continue;
            const std::string name = input_.text(*part);
            count(assets_[meta_graphs_].insert(name.substr(0, name.find(':'))).second);
        }
        if (field->number != 2 || field->wire != ProtoWire::bytes) continue;
        const std::string name = input_.text(*field);
        if (is_inner_path(name) || problem_) continue;
        problem_ = Problem{"tensorflow.asset", "an asset is \"" + name + "\", which is no plain path within the model's folder", asset.begin};
    }
}

// The SavedModels of TensorFlow 1 keep their assets in a collection, each in an Any, and loaders fall back on it.
void TensorflowGraphs::read_collection(ByteRange entry) {
    std::string key;
    std::vector<ByteRange> held;
    ProtoMessage message(input_, entry);
    while (const auto field = message.next()) {
        if (field->number == 1) key = input_.text(*field);
        ProtoMessage collection(input_, field->number == 2 ? field->bytes : ByteRange{});
        while (const auto list = collection.next()) {
            ProtoMessage items(input_, list->number == 5 ? list->bytes : ByteRange{});
            while (const auto item = items.next()) {
                ProtoMessage any(input_, item->number == 1 ? item->bytes : ByteRange{});
                while (const auto part = any.next()) {
                    if (part->number == 2) held.push_back(part->bytes);
                }
            }
        }
    }
    if (key != "saved_model_assets") return;
    for (const ByteRange asset : held) {
        if (problem_ || !check_message(input_, asset, tensorflow::asset())) return;
        read_asset(asset);
    }
}

// Keras before 2.5 wrote its configurations here, later ones into keras_metadata.pb. Its loader parses the metadata of every object
// whose identifier begins so.
void TensorflowGraphs::read_user_object(ByteRange object) {
    bool keras = false;
    ByteRange metadata;
    ProtoMessage message(input_, object);
    while (const auto field = message.next()) {
        if (field->number == 1 && field->wire == ProtoWire::bytes) keras = input_.text(*field).starts_with("_tf_keras_");
        if (field->number == 3 && field->wire == ProtoWire::bytes) metadata = field->bytes;
    }
    if (metadata.size() == 0) return;
    const auto text = input_.view(metadata);
    if (keras || (text && trim(as_text(*text)).starts_with('{'))) keep("object@" + std::to_string(object.begin), metadata);
}

void TensorflowGraphs::read_keras_node(ByteRange node) {
    ProtoMessage message(input_, node);
    while (const auto field = message.next()) {
        const bool metadata = field->number == 5 && field->wire == ProtoWire::bytes;
        if (metadata && field->bytes.size() != 0) keep("object@" + std::to_string(node.begin), field->bytes);
    }
}

void TensorflowGraphs::keep(std::string name, ByteRange json) {
    documents_.push_back({std::move(name), json});
    too_many_ = too_many_ || documents_.size() > most_facts_;
}

}  // namespace headgate::formats
