#include "formats/torch_zip.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/torch_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

const std::string kStorage(16, '\x01');  // four floats

TorchRecipe checkpoint(const std::string& pickle, const std::string& storage = kStorage) {
    TorchRecipe torch;
    torch.add("data.pkl", pickle);
    torch.add("byteorder", "little");
    torch.add("data/0", storage);
    torch.add("version", "3\n");
    torch.add(".data/serialization_id", "0123456789012345678901234567890123456789");
    return torch;
}

std::string one_tensor() { return TorchPickle().tensor("0", 4).build(); }

}  // namespace

TEST_CASE("a torch checkpoint is read whole, and its storages are never parsed") {
    const Outcome outcome = examine(checkpoint(one_tensor()).build(), "model.pt");
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.evidence.findings.empty());
    CHECK(outcome.evidence.opaques.empty());
    REQUIRE(outcome.is("torch"));
    CHECK_FALSE(outcome.evidence.formats[0].code);
    REQUIRE(outcome.evidence.tensors.size() == 1);
    CHECK(outcome.evidence.tensors[0].dtype == "FloatStorage");
    CHECK(outcome.evidence.tensors[0].bytes == 16);
    CHECK(outcome.evidence.members.size() == 5);
    // Raw bytes that look like a pickle or an archive are still raw bytes.
    for (const std::string& looks : {std::string("\x80\x02cos\nnothing\n."), std::string("K\x01.."), std::string("PK\3\4")}) {
        const Outcome raw = examine(checkpoint(one_tensor(), looks + std::string(16 - looks.size(), '\0')).build(), "model.pt");
        INFO(raw.ids());
        CHECK(raw.whole());
        CHECK(raw.evidence.findings.empty());
    }
}

TEST_CASE("a storage must be referred to, be there, and be large enough") {
    TorchRecipe unreferenced = checkpoint(one_tensor());
    unreferenced.add("data/1", inner_zip());
    CHECK(examine(unreferenced.build(), "m.pt").has("torch.unreferenced-storage"));
    TorchRecipe leftover = checkpoint(one_tensor());
    leftover.add("data/1", kStorage);  // raw numbers that nothing loads
    CHECK(examine(leftover.build(), "m.pt").whole());
    CHECK(examine(checkpoint(TorchPickle().tensor("0", 5).build()).build(), "m.pt").has("torch.short-storage"));
    CHECK(examine(checkpoint(TorchPickle().tensor("0", 4, "DoubleStorage").build()).build(), "m.pt").has("torch.short-storage"));
    CHECK(examine(checkpoint(TorchPickle().tensor("0", 4).tensor("1", 4).build()).build(), "m.pt").has("torch.missing-storage"));
    CHECK(examine(checkpoint(TorchPickle().tensor("0", 4, "HalfStorage").build()).build(), "m.pt").whole());
    const Outcome unknown = examine(checkpoint(TorchPickle().tensor("0", 4, "OddStorage").build()).build(), "m.pt");
    CHECK(unknown.has("torch.unknown-storage"));
    CHECK_FALSE(unknown.whole());
    const std::string odd = TorchPickle().tensor("0", 4).raw(TorchPickle::text("module") + "Q").build();
    CHECK(examine(checkpoint(odd).build(), "m.pt").has("torch.persistent-id"));
}

TEST_CASE("members that torch.load does not read are findings") {
    TorchRecipe extra = checkpoint(one_tensor());
    extra.add("notes.py", "print('headgate')\n");
    CHECK(examine(extra.build(), "m.pt").has("torch.unknown-member"));
    TorchRecipe outside = checkpoint(one_tensor());
    outside.zip.add("other/readme.py", "print('headgate')\n");
    CHECK(examine(outside.build(), "m.pt").has("torch.unknown-member"));
    TorchRecipe label;
    label.add("data.pkl", one_tensor());
    label.add("data/0", kStorage);
    label.add("version", std::string(4096, 'x'));
    CHECK(examine(label.build(), "m.pt").has("torch.unknown-member"));
}

TEST_CASE("data.pkl is unpickled whatever it begins with") {
    const Outcome outcome = examine(checkpoint("PK\3\4 no pickle").build(), "m.pt");
    INFO(outcome.ids());
    CHECK_FALSE(outcome.whole());
    CHECK_FALSE(outcome.evidence.findings.empty());
}

TEST_CASE("TorchScript is code") {
    TorchRecipe script = checkpoint(one_tensor());
    script.add("constants.pkl", TorchPickle().build());
    script.add("code/__torch__.py", "def forward(self): pass\n");
    const Outcome outcome = examine(script.build(), "m.pt");
    INFO(outcome.ids());
    REQUIRE(outcome.is("torchscript"));
    CHECK(outcome.evidence.formats[0].code);
    CHECK(outcome.is("torchscript-code"));
    CHECK_FALSE(outcome.has("torch.unknown-member"));
}

TEST_CASE("the inputs that a traced TorchScript carries are read as its data is; a checkpoint has none") {
    TorchRecipe traced = checkpoint(one_tensor());
    traced.add("constants.pkl", TorchPickle().build());
    traced.add("code/__torch__.py", "def forward(self): pass\n");
    traced.add("traced_inputs.pkl", one_tensor());
    TorchRecipe short_of = traced;
    TorchRecipe without_content = traced;
    without_content.add("traced_inputs/0", "");
    CHECK(examine(without_content.build(), "m.pt").evidence.findings.empty());
    traced.add("traced_inputs/0", kStorage);
    CHECK(examine(traced.build(), "m.pt").evidence.findings.empty());
    CHECK_FALSE(examine(short_of.build(), "m.pt").evidence.findings.empty());
    TorchRecipe plain = checkpoint(one_tensor());
    plain.add("traced_inputs.pkl", one_tensor());
    CHECK(examine(plain.build(), "m.pt").has("torch.unknown-member"));
}

TEST_CASE("every prefix of a torch checkpoint keeps the oracle") {
    const std::string bytes = checkpoint(one_tensor()).build();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const Outcome outcome = examine(bytes.substr(0, length), "model.pt");
        INFO(length);
        REQUIRE(outcome.oracle());
        if (length >= 4) REQUIRE_FALSE(outcome.whole());  // shorter ones are text
    }
}
