#include "formats/onnx.hpp"

#include "base/text.hpp"
#include "formats/onnx_graph.hpp"
#include "formats/onnx_schema.hpp"

namespace headgate::formats {
namespace {

struct Advice { std::string_view id, why, fix; };
constexpr Advice kAdvice[] = {
    {"onnx.tensor", "A loader that trusts the shape reads past the values, or other values than a reviewer sees.",
     "Export the model anew with a current version of its tool."},
    {"onnx.external-data", "Loaders read different bytes for such a tensor, or bytes that are not the model's.",
     "Save the model again with onnx.save(..., save_as_external_data=True)."},
    {"onnx.external-location", "Loading the model reads a file from outside its folder: a secret of the host, or what somebody else put there.",
     "Keep external data in plain files in the model's folder: onnx.save(..., location=\"model.onnx.data\")."},
    {"onnx.function", "A loader that puts the bodies of functions in place does not end, or takes another body than a reviewer sees.",
     "Export the model anew; inline its functions."},
};

// What every model has (docs/IR.md, "Models").
std::string_view problem_of_outline(ProtoInput& input) {
    std::uint64_t version = 0;
    bool graph = false;
    bool operator_sets = false;
    ProtoMessage model(input, input.whole());
    while (const auto field = model.next()) {
        if (field->number == 1) version = field->value;
        graph = graph || field->number == 7;
        operator_sets = operator_sets || field->number == 8;
    }
    if (version == 0) return "it has no version of the format (ir_version)";
    if (!graph) return "it has no graph";
    return version >= 3 && !operator_sets ? "it names no operator set (opset_import)" : "";
}

void report(const OnnxGraphs::Problem& problem, ParseContext& context) {
    for (const Advice& advice : kAdvice) {
        if (advice.id != problem.id) continue;
        context.finding(std::string(problem.id), Severity::high, problem.message, context.at(problem.at), std::string(advice.why),
                        std::string(advice.fix));
    }
}

void record(const OnnxGraphs& graphs, ParseContext& context) {
    context.format("onnx");
    for (const auto& [domain, name, own, at] : graphs.operators()) {
        context.evidence.operators.push_back({context.at(at), own ? "onnx-function" : "onnx", domain, name});
    }
    for (const auto& [tensor, at, weights] : graphs.tensors()) {
        if (weights) context.evidence.tensors.push_back({context.at(at), tensor.name, tensor.type, tensor.shape, tensor.bytes});
        if (!tensor.file.empty()) {
            context.evidence.index_entries.push_back({context.at(at), tensor.name, tensor.file, tensor.offset, tensor.bytes});
        }
    }
}

bool keeps_data_outside(const OnnxGraphs& graphs) {
    return std::any_of(graphs.tensors().begin(), graphs.tensors().end(),
                       [](const OnnxGraphs::Held& held) { return !held.tensor.file.empty(); });
}

}  // namespace

bool sniff_onnx(ByteSource& source, std::string_view) {
    const auto seen = fits_outline(source, onnx_model());
    return seen && has_row(onnx_model(), *seen, 1) && has_row(onnx_model(), *seen, 7);
}

bool sniff_named_onnx(ByteSource&, std::string_view name) { return ascii_lower(name).ends_with(".onnx"); }

Examined parse_onnx(ByteSource& source, ParseContext& context) {
    ProtoInput input(source, context.budget);
    if (!check_message(input, input.whole(), onnx_model())) return refuse_protobuf(input, "onnx", context);
    if (const std::string_view problem = problem_of_outline(input); !problem.empty()) {
        input.fail(0, std::string(problem));
        return refuse_protobuf(input, "onnx", context);
    }
    OnnxGraphs graphs(input, context.limits.facts);
    if (!graphs.read_model(input.whole())) {
        if (!input.ok()) return refuse_protobuf(input, "onnx", context);
        if (graphs.problem()) {
            report(*graphs.problem(), context);
        } else {
            context.unscannable("onnx", "more tensors, operators or functions than the limit allows", context.whole());
        }
        return Examined::partly;
    }
    if (!context.member.empty() && keeps_data_outside(graphs)) {
        context.finding("onnx.external-data", Severity::high, "the model is inside another file and keeps values in files beside it",
                        context.whole(), "Which files a loader will find beside it depends on how and where it is unpacked.",
                        "Unpack it and have the folder judged, or save the model with its values inside.");
        return Examined::partly;
    }
    record(graphs, context);
    return Examined::whole;
}

}  // namespace headgate::formats
