#include "formats/tensorflow_graph.hpp"

#include "formats/inner_path.hpp"
#include "formats/tensorflow_schema.hpp"

namespace headgate::formats {

void TensorflowGraphs::visit(const ProtoSchema& schema, ByteRange message) {
    if (problem_ || too_many_) return;
    if (&schema == &tensorflow::node()) read_node(message);
    if (&schema == &tensorflow::function()) read_function(message);
    if (&schema == &tensorflow::function_reference()) read_reference(message);
    if (&schema == &tensorflow::asset()) read_asset(message);
    if (&schema == &tensorflow::user_object()) read_user_object(message);
    if (&schema == &tensorflow::keras_node()) read_keras_node(message);
}

std::map<std::string, std::uint64_t> TensorflowGraphs::operators() const {
    std::map<std::string, std::uint64_t> operators = used_;
    for (const std::string& function : functions_) operators.erase(function);
    return operators;
}

void TensorflowGraphs::use(std::string name, std::uint64_t at) {
    if (name.empty()) return;
    used_.emplace(std::move(name), at);
    too_many_ = too_many_ || used_.size() > most_facts_;
}

void TensorflowGraphs::read_node(ByteRange node) {
    ProtoMessage message(input_, node);
    while (const auto field = message.next()) {
        if (field->number != 2 || field->wire != ProtoWire::bytes) continue;
        std::string op = input_.text(*field);
        if (op == "PrintV2") read_print(node);
        use(std::move(op), node.begin);
    }
}

// PrintV2 writes to a file where its attribute `output_stream` is "file://" and a path.
void TensorflowGraphs::read_print(ByteRange node) {
    ProtoMessage message(input_, node);
    while (const auto attribute = message.next()) {
        if (attribute->number != 5 || attribute->wire != ProtoWire::bytes) continue;
        std::string key;
        std::string value;
        ProtoMessage entry(input_, attribute->bytes);
        while (const auto field = entry.next()) {
            if (field->wire != ProtoWire::bytes) continue;
            if (field->number == 1) key = input_.text(*field);
            ProtoMessage content(input_, field->number == 2 ? field->bytes : ByteRange{});
            while (const auto inner = content.next()) {
                if (inner->number == 2 && inner->wire == ProtoWire::bytes) value = input_.text(*inner);
            }
        }
        if (key == "output_stream" && value.starts_with("file:") && !problem_) {
            problem_ = Problem{"tensorflow.print", "the operator PrintV2 writes to \"" + value + "\"", node.begin};
        }
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
            if (field->number == 1 && field->wire == ProtoWire::bytes) functions_.insert(input_.text(*field));
        }
    }
    too_many_ = too_many_ || functions_.size() > most_facts_;
}

// An attribute that names a function; of what is none of the library's, the runtime makes an operator.
void TensorflowGraphs::read_reference(ByteRange reference) {
    ProtoMessage message(input_, reference);
    while (const auto field = message.next()) {
        if (field->number == 1 && field->wire == ProtoWire::bytes) use(input_.text(*field), reference.begin);
    }
}

void TensorflowGraphs::read_asset(ByteRange asset) {
    ProtoMessage message(input_, asset);
    while (const auto field = message.next()) {
        if (field->number != 2 || field->wire != ProtoWire::bytes) continue;
        const std::string name = input_.text(*field);
        if (is_inner_path(name) || problem_) continue;
        problem_ = Problem{"tensorflow.asset", "an asset is \"" + name + "\", which is no plain path within the model's folder", asset.begin};
    }
}

// Keras before 2.5 wrote its configurations here, later ones into keras_metadata.pb.
void TensorflowGraphs::read_user_object(ByteRange object) {
    ProtoMessage message(input_, object);
    while (const auto field = message.next()) {
        if (field->number != 3 || field->wire != ProtoWire::bytes) continue;
        const auto metadata = input_.view(field->bytes);
        if (metadata && starts_with(*metadata, "{")) keep("object@" + std::to_string(object.begin), field->bytes);
    }
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
