// Models in text form are refused; text of the same endings that is no model is text.
#include "formats/text_model.hpp"

#include <catch2/catch.hpp>

#include "unit/formats/examined.hpp"

using namespace headgate;
using tests::examine;

namespace {

void refused(const std::string& text, const char* name) {
    const auto outcome = examine(text, name);
    INFO(name << ": " << outcome.ids());
    CHECK(outcome.is("text-model"));
    CHECK_FALSE(outcome.whole());
    REQUIRE(outcome.evidence.opaques.size() == 1);
    CHECK(outcome.evidence.opaques[0].bytes == text.size());
    CHECK(outcome.evidence.opaques[0].why.find("binary form") != std::string::npos);
    CHECK_FALSE(outcome.evidence.formats[0].inert);
    MemorySource source(as_bytes(text));
    CHECK(formats::detect(source, name) == "text-model");
}

void is_text(const std::string& text, const char* name) {
    const auto outcome = examine(text, name);
    INFO(name << ": " << outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.is("text"));
    CHECK(outcome.evidence.formats[0].inert);
}

}  // namespace

TEST_CASE("graphs in protobuf's text form are refused") {
    refused("node { name: \"w\" op: \"WriteFile\" }", "graph.pbtxt");
    refused("saved_model_schema_version: 1\nmeta_graphs { graph_def { node { op: \"WriteFile\" } } }\n", "saved_model.pbtxt");
    refused("name:\"x\"\nlayer { name:\"p\" type:\"Python\" python_param { module:\"os\" layer:\"system\" } }\n", "deploy.prototxt");
    refused("ir_version: 8 graph < node < op_type: 'Evil' > >", "model.textproto");
    refused("meta_info_def { } graph_def { node { op: \"WriteFile\" } }", "model.meta");
    refused("<ir_version: 8> g (float[1] x) => (float[1] y) { y = evil.Op(x) }", "model.onnxtxt");
    refused("item { id: 1 }\nnode { op: \"WriteFile\" }", "label_map.pbtxt");
    refused("item { name: 'a' } # }\n } node { op: \"WriteFile\" }", "label_map.pbtxt");     // not plainly written
    refused("item { name: 'a\nb' }", "label_map.pbtxt");
    refused("item", "label_map.pbtxt");
    refused("item: ", "label_map.pbtxt");
    refused("item { [x] <", "label_map.pbtxt");
    refused(std::string(200'000, '{'), "label_map.pbtxt");
    refused("[com.example.extension] { a: 1 }", "label_map.pbtxt");
}

TEST_CASE("ONNX as JSON is refused") {
    const std::string model = R"({"irVersion":"8","graph":{"node":[{"opType":"Evil"}]}})";
    refused(model, "model.json");
    refused(R"({"ir_version":8,"graph":{"node":[]}})", "model.json");
    refused(R"({"graph":{"node":[{"op_type":"Evil"}]}})", "model.json");
    refused(model, "model.onnxjson");
    CHECK(examine(R"({"graph":{"nodes":[1]}})", "notes.json").is("json"));
    CHECK(examine(R"({"graph":"node","irVersion":1})", "notes.json").whole());
}

TEST_CASE("label maps, settings and states in protobuf's text form are text") {
    is_text("item {\n  id: 1\n  name: 'person'  # of any age\n  display_name: \"it's \\\"one\\\"\"\n}\nitem { id: 2, name: 'cat' }\n", "label_map.pbtxt");
    is_text("item: { id: 1; keypoints { id: 3 } }", "labels.pbtxt");
    is_text("embeddings { tensor_name: \"w\" metadata_path: \"m.tsv\" }", "projector_config.pbtxt");
    is_text("name: \"resnet\"\nplatform: \"onnxruntime_onnx\"\nmax_batch_size : 8\ninput [ { name: \"x\" data_type: TYPE_FP32 dims: [ 3, -1 ] } ]\n"
            "parameters: { key: \"a\" value: { string_value: \"b/c\" 'd' } }\n",
            "config.pbtxt");
    is_text("model_checkpoint_path: \"ck-1\"\nall_model_checkpoint_paths: \"ck-1\"\n", "checkpoint.textproto");
    is_text("", "empty.pbtxt");
    is_text("batch_size: 3\n", "run.meta");
}

TEST_CASE("every beginning of a label map is text or refused") {
    const std::string text = "item { id: 1 name: 'a' }\nitem: < id: [1, 2] > # x\n";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const auto outcome = examine(text.substr(0, length), "label_map.pbtxt");
        CHECK(outcome.oracle());
        CHECK((outcome.is("text") || outcome.is("text-model")));
    }
}
