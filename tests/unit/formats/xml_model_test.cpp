#include <catch2/catch.hpp>

#include "examined.hpp"

using namespace headgate;
using tests::examine;
using tests::Outcome;

namespace {

std::string network(const std::string& layers) { return "<?xml version=\"1.0\"?>\n<net name=\"n\" version=\"11\"><layers>" + layers + "</layers></net>"; }

const std::string kLayer = R"(<layer id="0" name="in" type="Parameter" version="opset1"/>)";

Outcome model(const std::string& text, const std::string& name = "model.xml") {
    Outcome outcome = examine(text, name);
    INFO(outcome.ids());
    CHECK(outcome.oracle());
    return outcome;
}

}  // namespace

TEST_CASE("an OpenVINO network of its own operations") {
    const Outcome outcome = model(network(kLayer + R"(<layer id="1" name="w" type="Const" version="opset1"><data offset="64" size="16"/></layer>)"));
    CHECK(outcome.whole());
    CHECK(outcome.is("openvino"));
    REQUIRE(outcome.evidence.index_entries.size() == 1);
    CHECK(outcome.evidence.index_entries[0].tensor == "w");
    CHECK(outcome.evidence.index_entries[0].file == "model.bin");
    CHECK(outcome.evidence.index_entries[0].offset == 64U);
    CHECK(outcome.evidence.index_entries[0].bytes == 16U);
}

TEST_CASE("an OpenVINO network that needs native code") {
    CHECK(model(network(R"(<layer id="0" name="x" type="Custom" version="extension"/>)")).has("xml.custom-layer"));
    CHECK(model(network(R"(<layer id="0" name="x" type="Custom" version="opset1x"/>)")).has("xml.custom-layer"));
    CHECK(model(network(R"(<layer id="0" name="x" type="C" version="opset1" library="evil.so"/>)")).has("xml.native-code"));
    CHECK(model(network(R"(<layer id="1" name="w" type="Const" version="opset1"><data size="16"/></layer>)")).has("xml.constant"));
}

TEST_CASE("XML that reaches beyond itself is refused, whatever it is") {
    CHECK(model("<PMML version=\"4.4\"><Header/></PMML>", "model.pmml").whole());
    CHECK(model("<PMML version=\"4.4\"><Header/></PMML>", "model.pmml").is("pmml"));
    const std::string entity = "<?xml version=\"1.0\"?><!DOCTYPE PMML [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><PMML>&x;</PMML>";
    CHECK(model(entity, "model.pmml").has("xml.document-type"));
    CHECK(model("<a xmlns:x=\"http://www.w3.org/2001/XInclude\"><x:include href=\"b\"/></a>").has("xml.inclusion"));
    CHECK(model("<?xml version=\"1.0\"?><?xml-stylesheet href=\"x.xsl\"?><a/>").has("xml.instruction"));
    CHECK(model("<a><b></a>").has("xml.malformed"));
    CHECK(model("<a b=\"1\" b=\"2\"/>").has("xml.malformed"));
    CHECK(model("<a/><b/>").has("xml.malformed"));
    std::string deep;
    for (int i = 0; i < 200; ++i) deep += "<a>";
    CHECK(model(deep).has("xml.unscannable"));
    CHECK(model("<settings><depth>3</depth></settings>").whole());
}

TEST_CASE("every beginning of an XML model is explained") {
    const std::string text = network(kLayer);
    for (std::size_t length = 0; length < text.size(); ++length) {
        const Outcome outcome = examine(text.substr(0, length), "model.xml");
        CHECK(outcome.oracle());
        CHECK_FALSE((length > 0 && outcome.whole()));
    }
}
