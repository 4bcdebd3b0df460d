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

TEST_CASE("an OpenVINO network is one whatever stands before it and whatever it is called") {
    const std::string body = R"(<net name="n" version="11"><layers><layer id="0" name="e" type="Evil" version="extension"/></layers></net>)";
    for (const char* name : {"model.xml", "model.ir", "model", "model.md", "model.json", "model.svg", "model.html", "model.txt"}) {
        const Outcome outcome = model(body, name);
        CHECK(outcome.is("openvino"));
        CHECK(outcome.has("xml.custom-layer"));
    }
    for (const std::string& before : {std::string("<!-- <svg --> "), std::string("<?xml version=\"1.0\"?><!-- <svg> -->"), std::string("<!-- ") + std::string(5000, 'x') + "-->"}) {
        CHECK(model(before + body).has("xml.custom-layer"));
        CHECK(model(before + body, "model.ir").has("xml.custom-layer"));
    }
    std::string upper = body;
    upper.replace(1, 3, "NET").replace(upper.size() - 4, 3, "NET");
    CHECK(model(upper).has("xml.custom-layer"));
    CHECK(model("<net><layers><layer version=\"extension\"/></layers></net>").has("xml.custom-layer"));
    // OpenVINO passes over text before the root; this reader does not, and says so.
    for (const std::string& text : {"text " + body, "[\"" + body + "\"]", "{\"a\": \"" + body}) {
        CHECK(model(text, "model.ov").has("xml.malformed"));
        CHECK_FALSE(model(text, "model.xml").whole());
    }
    CHECK(model("<!DOCTYPE html SYSTEM \"http://a.example/x.dtd\">" + body).has("xml.document-type"));
    CHECK(model("[\"text\"]", "model.xml").has("format.extension-mismatch"));
    CHECK(model("# Notes\n\nA network has layers.\n" + std::string(2000, 'x') + "<p>" + body, "README.md").is("text"));
    CHECK(model("<p align=\"center\">" + std::string(2000, 'x') + body, "README.md").is("text"));
    CHECK(model("<net version=\"1.9\"><edge id=\"1\"/></net>", "roads.net.xml").whole());       // of another program
}

TEST_CASE("pages are told by their root") {
    CHECK(model("<?xml version=\"1.0\"?><!-- <net --><svg xmlns=\"http://www.w3.org/2000/svg\"/>", "a.txt").is("svg"));
    CHECK(model("<!doctype html><p onclick=\"x()\">a</p>", "page").has("markup.script"));
    CHECK(model("<?xml version=\"1.0\"?><!-- <svg onload=\"x()\"> --><notes/>", "notes").is("xml"));
    CHECK(model("<html><script>1</script></html>", "page.xml").has("markup.script"));
    CHECK(model("<html><p>a</p></html>", "page.xml").is("xml"));
    CHECK(model("<?xml version=\"1.0\"?><!-- <svg -->\n<!DOCTYPE PMML SYSTEM \"http://a.example/x.dtd\"><PMML/>", "model.pmml").has("xml.document-type"));
    CHECK(model("<pmml/>", "trees").is("pmml"));
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
