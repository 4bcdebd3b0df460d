#include "checkers/weights.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "checkers/all.hpp"
#include "pipeline/decide.hpp"

using namespace headgate;

namespace {

using Shape = std::vector<std::uint64_t>;

// A llama of one layer: 8 tokens, 4 wide, 2 heads of 2, 1 of them for keys and values, 6 between.
struct World {
    Subject subject;
    Evidence evidence;
    Settings settings;
    std::string file = "model.safetensors";

    World() {
        subject.has_bytes = subject.is_folder = true;
        settings.set("max-non-finite", std::int64_t{0});
        settings.set("compare", std::vector<std::string>{"shapes", "missing", "extra", "duplicates", "vocabulary"});
        Configuration config{{"config.json", {}, {}, {}}, "model", {}};
        evidence.configurations.push_back(config);
        say("model_type", "llama");
        say("vocab_size", 8);
        say("hidden_size", 4);
        say("num_hidden_layers", 1);
        say("intermediate_size", 6);
        say("num_attention_heads", 2);
        say("num_key_value_heads", 1);
        tensor("model.embed_tokens.weight", {8, 4});
        const std::string layer = "model.layers.0.";
        tensor(layer + "self_attn.q_proj.weight", {4, 4});
        tensor(layer + "self_attn.k_proj.weight", {2, 4});
        tensor(layer + "self_attn.v_proj.weight", {2, 4});
        tensor(layer + "self_attn.o_proj.weight", {4, 4});
        tensor(layer + "mlp.gate_proj.weight", {6, 4});
        tensor(layer + "mlp.up_proj.weight", {6, 4});
        tensor(layer + "mlp.down_proj.weight", {4, 6});
        tensor(layer + "input_layernorm.weight", {4});
        tensor(layer + "post_attention_layernorm.weight", {4});
        tensor("model.norm.weight", {4});
    }
    Configuration& config() { return evidence.configurations[0]; }
    void say(const std::string& key, std::uint64_t value) { config().fields.push_back({"/" + key, PredicateField::Type::number, std::to_string(value)}); }
    void say(const std::string& key, const std::string& value) { config().fields.push_back({"/" + key, PredicateField::Type::text, value}); }
    PredicateField& field(const std::string& key) {
        for (PredicateField& one : config().fields) {
            if (one.pointer == "/" + key) return one;
        }
        FAIL(key);
        return config().fields[0];
    }
    Tensor& tensor(const std::string& name, Shape shape, const std::string& dtype = "F32") {
        std::uint64_t values = 1;
        for (const std::uint64_t extent : shape) values *= extent;
        Tensor one{{file, {}, 100, {}}, name, dtype, std::move(shape), values * 4};
        one.statistics = TensorStatistics{values, 0, 0, 0, 1, 1};
        evidence.tensors.push_back(one);
        return evidence.tensors.back();
    }
    Tensor& find(const std::string& name) {
        for (Tensor& one : evidence.tensors) {
            if (one.name == name) return one;
        }
        FAIL(name);
        return evidence.tensors[0];
    }
    void remove(const std::string& name) {
        std::erase_if(evidence.tensors, [&](const Tensor& one) { return one.name == name; });
    }
    CheckRun run() const {
        const Policy policy;
        return checkers::weights_checker().run({subject, evidence, settings, policy, pipeline::rule_data(), {}});
    }
    std::multiset<std::string> ids() const {
        const CheckRun done = run();
        INFO(done.reason);
        CHECK(done.status == RunStatus::complete);
        std::multiset<std::string> found;
        for (const Finding& finding : done.findings) found.insert(finding.id);
        return found;
    }
    void ask(const std::string& key, std::vector<std::string> words) { settings.set(key, std::move(words)); }
};

using Ids = std::multiset<std::string>;

}  // namespace

TEST_CASE("a model that is what its configuration says passes") {
    World world;
    CHECK(world.ids().empty());
    world.tensor("lm_head.weight", {8, 4});
    world.tensor("model.layers.0.self_attn.rotary_emb.inv_freq", {1});
    world.tensor("model.layers.0.self_attn.q_proj.bias", {4});
    world.evidence.vocabularies.push_back({{"tokenizer.json", {}, {}, {}}, 9, 8});
    CHECK(world.ids().empty());
}

TEST_CASE("a tensor of another shape is a finding, more rows than tokens are padding") {
    World world;
    world.find("model.layers.0.mlp.up_proj.weight").shape = {4, 6};
    const CheckRun run = world.run();
    REQUIRE(run.findings.size() == 1);
    CHECK(run.findings[0].message == "tensor 'model.layers.0.mlp.up_proj.weight' is [4, 6], by the configuration it is [6, 4]");
    World padded;
    padded.find("model.embed_tokens.weight").shape = {16, 4};
    CHECK(padded.ids().empty());
    World wide;
    wide.find("model.embed_tokens.weight").shape = {8, 5};
    CHECK(wide.ids() == Ids{"weights.shape"});
    World head;                                   // an explicit size of the heads beats the quotient
    head.say("head_dim", 8);
    CHECK(head.ids() == Ids{"weights.shape", "weights.shape", "weights.shape", "weights.shape"});
}

TEST_CASE("missing and extra tensors are findings") {
    World world;
    world.remove("model.norm.weight");
    CHECK(world.ids() == Ids{"weights.missing"});
    world.tensor("model.layers.0.payload", {1000});
    CHECK(world.ids() == Ids{"weights.extra", "weights.missing"});
    world.ask("compare", {"shapes"});
    CHECK(world.ids().empty());
    World fewer;                                  // two layers are promised
    fewer.field("num_hidden_layers").value = "2";
    const CheckRun run = fewer.run();
    REQUIRE(run.findings.size() == 1);
    CHECK(run.findings[0].message.find("and 8 more of a llama model are missing") != std::string::npos);
    World more;                                   // one too many
    more.tensor("model.layers.1.mlp.up_proj.weight", {6, 4});
    CHECK(more.ids() == Ids{"weights.extra"});
    more.config().fields.push_back({"/auto_map/AutoModel", PredicateField::Type::text, "own.Model"});
    CHECK(more.ids().empty());                    // code of its own: its tensors are its own, too
}

TEST_CASE("a head must be there only if it is not tied to the embedding") {
    World world;
    world.config().fields.push_back({"/tie_word_embeddings", PredicateField::Type::boolean, "false"});
    CHECK(world.ids().empty());                   // the model without its head
    world.config().fields.push_back({"/architectures/0", PredicateField::Type::text, "LlamaForCausalLM"});
    CHECK(world.ids() == Ids{"weights.missing"});
    world.field("tie_word_embeddings").value = "true";
    CHECK(world.ids().empty());
}

TEST_CASE("a model saved without its class's prefix is the same model") {
    World world;
    for (Tensor& tensor : world.evidence.tensors) tensor.name = tensor.name.substr(std::string("model.").size());
    CHECK(world.ids().empty());
    world.remove("norm.weight");
    CHECK(world.ids() == Ids{"weights.missing"});
}

TEST_CASE("quantised layers have other tensors than the configuration's") {
    World world;                                  // GPTQ and AWQ
    world.remove("model.layers.0.mlp.up_proj.weight");
    for (const char* part : {"qweight", "qzeros", "scales", "g_idx"}) world.tensor(std::string("model.layers.0.mlp.up_proj.") + part, {3, 3}, "I32");
    CHECK(world.ids().empty());
    World bits;                                   // bitsandbytes
    bits.find("model.layers.0.mlp.up_proj.weight").shape = {12, 1};
    bits.find("model.layers.0.mlp.up_proj.weight").dtype = "U8";
    CHECK(bits.ids() == Ids{"weights.shape"});
    bits.tensor("model.layers.0.mlp.up_proj.weight.absmax", {1});
    bits.tensor("model.layers.0.mlp.up_proj.weight.quant_map", {16});
    bits.tensor("model.layers.0.mlp.up_proj.weight.quant_state.bitsandbytes__nf4", {90}, "U8");
    CHECK(bits.ids().empty());
}

TEST_CASE("one tensor in two files of the model is a finding") {
    World world;
    world.file = "model-00002-of-00002.safetensors";
    world.tensor("model.norm.weight", {4});
    CHECK(world.ids().empty());                   // model.safetensors is what a loader takes
    for (Tensor& tensor : world.evidence.tensors) {
        if (tensor.where.path == "model.safetensors") tensor.where.path = "model-00001-of-00002.safetensors";
    }
    CHECK(world.ids() == Ids{"weights.duplicate"});
    world.ask("compare", {"missing"});
    CHECK(world.ids().empty());
}

TEST_CASE("the embedding has a row for every token") {
    World world;
    world.evidence.vocabularies.push_back({{"tokenizer.json", {}, {}, {}}, 20, 9});
    CHECK(world.ids() == Ids{"weights.vocabulary"});
    world.evidence.vocabularies[0].where.path = "other/tokenizer.json";
    CHECK(world.ids().empty());
    world.field("vocab_size").value = "9";
    CHECK(world.ids() == Ids{"weights.shape", "weights.vocabulary"});
    World unknown;
    unknown.field("model_type").value = "somebody's own";
    unknown.remove("model.norm.weight");
    CHECK(unknown.ids().empty());
    unknown.field("vocab_size").value = "9";
    CHECK(unknown.ids() == Ids{"weights.vocabulary"});
    unknown.ask("require", {"architecture"});
    CHECK(unknown.ids() == Ids{"weights.unknown-architecture", "weights.vocabulary"});
}

TEST_CASE("values that are not finite are findings above the share that is allowed") {
    World world;
    Tensor& tensor = world.find("model.norm.weight");
    tensor.statistics = TensorStatistics{1'000'000, 2, 1, 0, 1, 1};
    CHECK(world.ids() == Ids{"weights.non-finite"});
    CHECK(world.run().findings[0].message == "tensor 'model.norm.weight' has 2 NaN and 1 infinite values of 1000000");
    world.settings.set("max-non-finite", std::int64_t{3});
    CHECK(world.ids().empty());
    world.settings.set("max-non-finite", std::int64_t{2});
    CHECK(world.ids() == Ids{"weights.non-finite"});
    world.remove("model.norm.weight");
    World mask;
    mask.tensor("model.layers.0.self_attn.rotary_emb.inv_freq", {1});
    mask.ask("compare", {"missing"});
    mask.tensor("model.causal_mask", {4}).statistics = TensorStatistics{4, 0, 3, 1, 0, 0};
    CHECK(mask.ids().empty());
    mask.evidence.tensors.back().statistics->nan = 1;
    CHECK(mask.ids() == Ids{"weights.non-finite"});
}

TEST_CASE("values that nobody looked at are no values that are good") {
    World world;
    world.find("model.norm.weight").statistics.reset();
    CHECK(world.run().status == RunStatus::error);
    world.find("model.norm.weight").dtype = "Q4_K";
    CHECK(world.run().status == RunStatus::complete);
    world.evidence.tensors.clear();
    CHECK(world.run().status == RunStatus::skipped);
    world.subject.has_bytes = false;
    CHECK(world.run().status == RunStatus::skipped);
}

TEST_CASE("what must be there to compare with is asked for") {
    World world;
    world.evidence.configurations.clear();
    CHECK(world.ids().empty());
    world.ask("require", {"config", "tokenizer", "base"});
    CHECK(world.ids() == Ids{"weights.no-base", "weights.no-config", "weights.no-tokenizer"});
}

TEST_CASE("the type that the configuration says is compared where the rule asks") {
    World world;
    world.say("torch_dtype", "bfloat16");
    CHECK(world.ids().empty());
    world.ask("compare", {"dtype"});
    CHECK(world.ids() == Ids{"weights.dtype"});
    world.field("torch_dtype").value = "float32";
    CHECK(world.ids().empty());
}

TEST_CASE("a claim about the base holds or is a finding") {
    World world;
    world.evidence.cards.push_back({{"README.md", {}, {}, 1}, {{"base_model_relation", "quantized"}}, {}});
    BaseComparison base;
    base.base = "base";
    base.tensors = {{{}, "a", TensorRelation::Kind::identical, 0, 0, 1, 1}, {{}, "b", TensorRelation::Kind::cast, 0, 0, 1, 1}};
    world.evidence.comparisons.push_back(base);
    auto& tensors = world.evidence.comparisons[0].tensors;
    std::string& claim = world.evidence.cards[0].fields[0].second;
    CHECK(world.ids().empty());
    claim = "finetune";
    CHECK(world.ids().empty());                   // a cast is not the same
    tensors.pop_back();
    CHECK(world.ids() == Ids{"weights.base-claim"});
    tensors.push_back({{}, "b", TensorRelation::Kind::changed, 0, 0.1, 0.99, 0.1});
    CHECK(world.ids().empty());
    claim = "quantized";
    CHECK(world.ids() == Ids{"weights.base-claim"});
    claim = "adapter";
    CHECK(world.ids() == Ids{"weights.base-claim"});
    tensors = {{{}, "lora_A", TensorRelation::Kind::added, 0, 0, 0, 0}, {{}, "a", TensorRelation::Kind::absent, 0, 0, 0, 0}};
    CHECK(world.ids().empty());
    claim = "";
    tensors = {{{}, "a", TensorRelation::Kind::changed, 0, 1.4, 0.01, 0}};
    CHECK(world.ids() == Ids{"weights.unrelated-base"});
    claim = "merge";
    CHECK(world.ids() == Ids{"weights.base-claim"});
    tensors[0].cosine = 0.9;
    CHECK(world.ids().empty());
    for (const char* written : {"Merge", " FINETUNE "}) {
        claim = written;
        CHECK(world.ids().empty());
    }
    claim = "Quantized";
    CHECK(world.ids() == Ids{"weights.base-claim"});
    claim = "bogus";                              // no relation: a finding, and no excuse from being compared
    CHECK(world.ids() == Ids{"weights.base-claim"});
    tensors[0].cosine = 0.01;
    CHECK(world.ids() == Ids{"weights.base-claim", "weights.unrelated-base"});
    tensors[0].cosine = 0.9;
    claim = "merge";
    world.evidence.comparisons[0].differences = {{{"tokenizer_config.json", {}, {}, {}}, "chat-template", "piece 3", "{{ a }}", "{{ b }}"}};
    CHECK(world.ids() == Ids{"weights.base-difference"});
    world.ask("allow-differences", {"chat-template"});
    CHECK(world.ids().empty());
}

TEST_CASE("every architecture of rules/ can be read, and states what it counts by") {
    const auto known = checkers::known_architectures(pipeline::rule_data());
    CHECK(known.size() >= 10);
    for (const std::string& type : known) {
        CAPTURE(type);
        Configuration config{{"config.json", {}, {}, {}}, "model", {{"/model_type", PredicateField::Type::text, type}}};
        for (const char* key : {"vocab_size", "hidden_size", "num_hidden_layers", "intermediate_size", "num_attention_heads", "n_embd", "n_layer",
                                "n_positions", "d_model", "num_layers", "d_ff", "num_heads", "d_kv", "num_channels", "patch_size",
                                "max_position_embeddings", "type_vocab_size"}) {
            config.fields.push_back({"/" + std::string(key), PredicateField::Type::number, "4"});
        }
        const auto found = checkers::find_architecture(pipeline::rule_data(), config);
        REQUIRE(found.ok());
        REQUIRE(found->has_value());
        CHECK((*found)->tensors.size() > 10);
        for (const auto& [name, expected] : (*found)->tensors) {
            CAPTURE(name);
            CHECK((expected.shape.has_value() || name.starts_with("pooler.")));
            CHECK(name.find('{') == std::string::npos);
        }
    }
}

TEST_CASE("a star is any text") {
    CHECK(checkers::matches_star("*.inv_freq", "a.b.inv_freq"));
    CHECK(checkers::matches_star("h.*.attn.bias", "h.10.attn.bias"));
    CHECK(checkers::matches_star("a*b*c", "aXbYbZc"));
    CHECK_FALSE(checkers::matches_star("score.*", "model.score.weight"));
    CHECK_FALSE(checkers::matches_star("a*b", "a"));
    CHECK(checkers::matches_star("", ""));
}
