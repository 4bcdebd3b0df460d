// JSON, JSON Lines, hub conventions, safetensors indexes, LFS pointers: bad cases and their benign twins.
#include "formats/hub_json.hpp"

#include <catch2/catch.hpp>

#include "unit/formats/examined.hpp"

using namespace headgate;
using tests::examine;

TEST_CASE("well-formed JSON is inert, malformed JSON in a .json file is a finding") {
    const auto good = examine(R"({"a": [1, 2.5, null, "x"]})", "config.json");
    CHECK(good.whole());
    CHECK(good.is("json"));
    CHECK(good.ids() == "");
    CHECK(good.evidence.formats[0].inert);
    for (const char* bad : {R"({"a": 1, "a": 2})", R"({"a": 1,})", "{", "{} x", "// a\n{}", "{'a': 1}", ""}) {
        const auto outcome = examine(bad, "config.json");
        INFO(bad << " " << outcome.ids());
        CHECK(outcome.has("json.malformed"));
        CHECK(outcome.evidence.formats.empty());
    }
    CHECK(examine("[section]\nkey = 1\n", "settings.toml").is("text"));
}

TEST_CASE("a million brackets are a finding, never a crash") {
    CHECK(examine(std::string(1'000'000, '['), "a.json").has("json.malformed"));
    CHECK(examine(std::string(50, '[') + std::string(50, ']'), "a.json").whole());
}

TEST_CASE("NaN, as Python writes it, is said and does not hide the rest") {
    const auto outcome = examine(R"({"loss": NaN, "s": "NaN", "limit": [-Infinity, Infinity]})", "trainer_state.json");
    CHECK(outcome.has("json.non-finite"));
    CHECK(outcome.whole());
    CHECK(examine(R"({"loss": NaN, "auto_map": {"AutoModel": "m.M"}})", "config.json").has("hub.remote-code"));
}

TEST_CASE("JSON Lines: each line is judged") {
    CHECK(examine("{\"a\": 1}\n\n{\"a\": 2}\n", "data.jsonl").is("jsonl"));
    CHECK(examine("{\"a\": 1}\n{\"a\": 2}\n", "data.json").is("jsonl"));
    const auto bad = examine("{\"a\": 1}\n{\"a\": \n", "data.jsonl");
    REQUIRE(bad.has("json.malformed"));
    CHECK(bad.evidence.findings[0].where.offset == 9);
}

TEST_CASE("remote code in hub configuration is a finding, its benign twin is not") {
    for (const char* bad :
         {R"({"auto_map": {"AutoModel": "modeling_x.X"}})",
          R"({"text_config": {"auto_map": {"AutoModel": "o/r--m.X"}}})", R"({"trust_remote_code": true})",
          R"({"custom_pipelines": {"p": {"impl": "p.P"}}})", R"({"_class_name": ["pipeline", "Mine"]})",
          R"({"auto_mapping": {"parent_library": "os"}})"}) {
        const auto outcome = examine(bad, "config.json");
        INFO(bad);
        CHECK(outcome.has("hub.remote-code"));
    }
    for (const char* good : {R"({"auto_map": {}})", R"({"trust_remote_code": false})", R"({"custom_pipelines": null})",
                             R"({"_class_name": "StableDiffusionPipeline"})",
                             R"({"auto_mapping": {"parent_library": "transformers.models.llama.modeling_llama"}})",
                             R"({"architectures": ["LlamaForCausalLM"]})"}) {
        const auto outcome = examine(good, "config.json");
        INFO(good << " " << outcome.ids());
        CHECK(outcome.ids() == "");
    }
}

TEST_CASE("chat templates in JSON are judged wherever they stand") {
    for (const char* bad : {R"({"chat_template": "{{ x.__class__ }}"})",
                            R"({"chat_template": [{"name": "tool_use", "template": "{{ x.__class__ }}"}]})",
                            R"({"a": {"chat_template": {"default": "{{ x['\u005f_class__'] }}"}}})",
                            R"({"prompt_template": "{{ x.__class__ }}"})"}) {
        const auto outcome = examine(bad, "tokenizer_config.json");
        INFO(bad << " " << outcome.ids());
        CHECK(outcome.has("template.private-access"));
    }
    CHECK(examine(R"({"chat_template": "{{ x"})", "tokenizer_config.json").has("template.malformed"));
    for (const char* good : {R"({"chat_template": "{% for m in messages %}{{ m.content }}{% endfor %}"})",
                             R"({"prompt_template": "{{'a': {x}}}"})", R"({"text": "{{ x.__class__ }}"})"}) {
        const auto outcome = examine(good, "tokenizer_config.json");
        INFO(good << " " << outcome.ids());
        CHECK(outcome.ids() == "");
    }
}

TEST_CASE("a safetensors index gives its entries; paths in it are refused") {
    const auto good = examine(
        R"({"metadata": {"total_size": 8}, "weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}})",
        "model.safetensors.index.json");
    CHECK(good.ids() == "");
    REQUIRE(good.evidence.index_entries.size() == 2);
    CHECK(good.evidence.index_entries[1].file == "model-2.safetensors");
    for (const char* file :
         {R"("../x.safetensors")", R"("/x")", R"("a\\b")", R"("http://h.example/x")", R"("")", R"("..")", "1"}) {
        const auto bad =
            examine("{\"weight_map\": {\"a\": " + std::string(file) + "}}", "model.safetensors.index.json");
        INFO(file);
        CHECK(bad.has("safetensors-index.bad-file-name"));
        CHECK(bad.evidence.index_entries.empty());
    }
}

TEST_CASE("a notebook is code") {
    const auto outcome = examine(R"({"nbformat": 4, "cells": []})", "notebook.json");
    REQUIRE(outcome.is("notebook"));
    CHECK(outcome.evidence.formats[0].code);
}

TEST_CASE("every prefix of a JSON document is explained") {
    const std::string good =
        R"({"chat_template": "{% for m in messages %}{{ m }}{% endfor %}", "n": [1.5e3, true, "\u00e9"]})";
    for (std::size_t length = 0; length < good.size(); ++length) {
        const auto outcome = examine(good.substr(0, length), "tokenizer_config.json");
        INFO(length);
        CHECK(outcome.has("json.malformed"));
        CHECK(outcome.oracle());
    }
}

TEST_CASE("a model's configuration names no network endpoint; other settings and links may") {
    CHECK(examine(R"({"service": {"api_endpoint": "http://collect.example/data"}})", "config.json").has("hub.endpoint"));
    CHECK(examine(R"({"webhook_url": "https://collect.example"})", "tokenizer_config.json").has("hub.endpoint"));
    CHECK_FALSE(examine(R"({"license_link": "https://docs.example/license"})", "config.json").has("hub.endpoint"));
    CHECK_FALSE(examine(R"({"api_endpoint": "http://localhost"})", "service.json").has("hub.endpoint"));
    CHECK_FALSE(examine(R"({"endpoint": "none"})", "config.json").has("hub.endpoint"));
}

TEST_CASE("what documents say of a model are facts") {
    const auto config = examine(R"({"model_type": "llama", "hidden_size": 64, "rope": {"a/b": 1.5}, "architectures": ["X"], "tied": null})", "config.json");
    REQUIRE(config.evidence.configurations.size() == 1);
    const Configuration& fact = config.evidence.configurations[0];
    CHECK(fact.role == "model");
    using Type = PredicateField::Type;
    CHECK(fact.fields == std::vector<PredicateField>{{"/model_type", Type::text, "llama"}, {"/hidden_size", Type::number, "64"},
                                                     {"/rope/a~1b", Type::number, "1.5"}, {"/architectures/0", Type::text, "X"},
                                                     {"/tied", Type::null, "null"}});
    CHECK(examine("[1]", "config.json").evidence.configurations.empty());
    CHECK(examine(R"({"a": 1})", "other.json").evidence.configurations.empty());
    std::string many = "{\"list\": [";
    for (int i = 0; i < 5000; ++i) many += i == 0 ? "1" : ",1";
    CHECK(examine(many + "]}", "config.json").evidence.configurations[0].fields.size() == 1024);
    CHECK(examine(R"({"t": ")" + std::string(600, 'x') + "\"}", "config.json").evidence.configurations[0].fields.empty());
}

TEST_CASE("a vocabulary is counted, with the tokens that were added and without") {
    const auto vocabulary = [](const std::string& text, const std::string& name) {
        const auto outcome = examine(text, name);
        return outcome.evidence.vocabularies.empty() ? std::pair<std::uint64_t, std::uint64_t>{}
                                                     : std::pair{outcome.evidence.vocabularies[0].tokens, outcome.evidence.vocabularies[0].rows};
    };
    using Found = std::pair<std::uint64_t, std::uint64_t>;
    CHECK(vocabulary(R"({"a": 0, "b": 7})", "vocab.json") == Found{2, 8});
    CHECK(vocabulary(R"({"model": {"vocab": {"a": 0, "b": 1}}, "added_tokens": [{"id": 1, "content": "b"}, {"id": 2, "content": "<x>"}]})",
                     "tokenizer.json") == Found{3, 2});
    CHECK(vocabulary(R"({"model": {"type": "Unigram", "vocab": [["a", -1.0], ["b", -2.0]]}})", "tokenizer.json") == Found{2, 2});
    for (const char* none : {R"({"model": {}})", R"({"model": {"vocab": {"a": "x"}}})", R"({"model": {"vocab": {"a": -1}}})", "[]", "{}"}) {
        CHECK(vocabulary(none, "tokenizer.json") == Found{});
    }
}

TEST_CASE("JSON that is an architecture is told apart where folders are walked") {
    const auto kind = [](const std::string& text, const char* name = "architecture.json") {
        MemorySource source(as_bytes(text));
        return std::string(formats::detect(source, name));
    };
    CHECK(kind(R"({"class_name": "Sequential", "config": {"layers": []}})") == "keras-config");
    CHECK(kind(R"({"class_name": "Sequential", "config": {"layers": []}, "a": 1, "a": 2})") == "keras-config");   // broken, and still one
    CHECK(kind("{\"class\\u005fname\": \"Sequential\", \"config\": {\"layers\": []}}") == "keras-config");
    CHECK(kind(R"({"class_name": "Person", "config": 3})") == "json");
    CHECK(kind(R"({"model_type": "bert"})", "config.json") == "json");
    CHECK(formats::is_artifact_format("keras-config"));
    CHECK_FALSE(formats::is_artifact_format("json"));
}

TEST_CASE("a document is one behind any white space, whatever the file is called") {
    const std::string lambda = R"({"class_name": "Sequential", "keras_version": "2.15.0", "config": {"layers": [)"
                               R"({"class_name": "Lambda", "config": {"function": ["4wAAAA==", null, null]}}]}})";
    const std::string spaces[] = {"", std::string(70, ' '), std::string(5000, '\n'), std::string(2'000'000, '\t'), "\xef\xbb\xbf",
                                  "\xef\xbb\xbf" + std::string(70, ' ')};
    for (const std::string& space : spaces) {
        for (const char* name : {"arch.txt", "model.arch", "model"}) {
            INFO(name << " " << space.size());
            CHECK(examine(space + lambda, name).has("keras.lambda"));
            CHECK(examine(space + R"({"a": 1})", name).is("json"));
        }
        CHECK(examine(space + "just prose, with {braces}\n", "notes.txt").is("text"));
    }
    CHECK(examine(std::string(2'000'000, ' '), "blank.txt").is("text"));
    // What Python's reader takes, and ours does not.
    std::string nan = lambda;
    nan.insert(1, R"("loss": NaN, )");
    CHECK(examine(nan, "arch.txt").has("keras.lambda"));
    std::string twice = lambda;
    twice.insert(1, R"("class_name": "Model", )");
    CHECK(examine(twice, "arch.txt").has("json.malformed"));
    CHECK(examine("[![badge](https://host.example/x)] a layer is {\"class_name\": \"Lambda\", \"config\": ...}\n", "README.md").is("text"));
}

TEST_CASE("kernels of the hub are code, implementations by name are not") {
    CHECK(examine(R"({"original_implementation": "owner/model"})", "papers.json").ids() == "");
    CHECK(examine(R"({"attn_implementation": "evil/kernel"})", "papers.json").has("hub.remote-code"));
    for (const char* bad : {R"({"attn_implementation": "evil/kernel"})", R"({"_attn_implementation": "evil/kernel@v1:f"})",
                            R"({"_attn_implementation_internal": "evil/kernel"})", R"({"experts_implementation": "paged|evil/kernel"})",
                            R"({"attn_implementation": {"text_config": "sdpa", "vision_config": "evil/kernel"}})",
                            R"({"text_config": {"_experts_implementation": "evil/kernel"}})", R"({"attn_implementation": ".\\kernel"})",
                            R"({"kernel_config": {"RMSNorm": "evil/kernel:Norm"}})"}) {
        INFO(bad);
        CHECK(examine(bad, "config.json").has("hub.remote-code"));
    }
    for (const char* good : {R"({"attn_implementation": "flash_attention_2"})", R"({"_attn_implementation": null})",
                             R"({"attn_implementation": {"text_config": "sdpa", "": "eager"}})", R"({"experts_implementation": "grouped_mm"})",
                             R"({"_name_or_path": "owner/model"})", R"({"implementation_notes": "see owner/model"})",
                             R"({"reference_implementation": "https://host.example/owner/model"})"}) {
        INFO(good);
        CHECK(examine(good, "config.json").ids() == "");
    }
}
