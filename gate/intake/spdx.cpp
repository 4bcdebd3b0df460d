// SPDX 2.2 and 2.3 in JSON and YAML (spdx.dev/specifications), and which reader a document of SPDX is for. RDF is not read.
#include "intake/spdx.hpp"

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "SPDX";

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const std::string version = text(root, "spdxVersion");
        if (!spdx::is_version(version)) return fail("`spdxVersion` is neither SPDX-2.2 nor SPDX-2.3: " + escape_terminal(version, 40), root.line);
        spdx::Document document;
        document.id = text(root, "SPDXID");
        if (document.id.empty()) document.id = "SPDXRef-DOCUMENT";
        each_table(root, "packages", [&](const Tree& one) { document.packages.push_back(package(one)); });
        for (const std::string_view key : {"files", "snippets"}) {
            each_table(root, key, [&](const Tree& one) { document.others.insert(text(one, "SPDXID")); });
        }
        each_text(root, "documentDescribes", [&](const std::string& id, std::uint32_t line) {
            document.described.push_back(id);
            document.line = line;
        });
        each_table(root, "relationships", [&](const Tree& one) {
            document.relations.push_back({text(one, "spdxElementId"), text(one, "relationshipType"), text(one, "relatedSpdxElement"), one.line});
        });
        if (!spdx::add(std::move(document), context_)) understood_ = false;
        return understood_;
    }

  private:
    spdx::Package package(const Tree& one) {
        spdx::Package package;
        sbom::Component& component = package.component;
        component.line = one.line;
        component.named_by_purl = false;
        component.name = text(one, "name");
        component.version = spdx::place_of(text(one, "versionInfo"));
        component.released = time(one, "releaseDate");
        package.id = text(one, "SPDXID");
        package.purpose = text(one, "primaryPackagePurpose");
        if (const std::string location = text(one, "downloadLocation"); !spdx::place_of(location).empty()) component.places.emplace_back(spdx::place_of(location));
        each_table(one, "checksums", [&](const Tree& checksum) { component.hashes.emplace_back(text(checksum, "algorithm"), text(checksum, "checksumValue")); });
        each_table(one, "externalRefs", [&](const Tree& reference) {
            std::string purl = spdx::purl_of_locator(text(reference, "referenceType"), text(reference, "referenceLocator"));
            if (!purl.empty()) component.purls.push_back(std::move(purl));
        });
        return package;
    }
};

/// RDF, and XML of any kind: the same facts in forms that are not read.
bool refuse_form(IntakeContext& context) {
    const Location where = context.at_line(1);
    context.format(kFormat);
    const std::string message = "SPDX as RDF or XML is not read";
    context.finding("manifest.malformed", Severity::high, message, where, "What is not read is not judged.", "Convert it to SPDX JSON (*.spdx.json) or tag-value (*.spdx).");
    context.opaque(message, where);
    return false;
}

bool read(const Result<codec::Tree>& root, IntakeContext& context) {
    if (!root) return malformed(context, kFormat, root.error().message);
    if (!root->is_table()) return malformed(context, kFormat, "the document is no object");
    context.format(kFormat);
    if (root->find("@context") != nullptr) return spdx::read_graph(*root, context);
    return Reader(context).read(*root);
}

bool has_one_of(std::string_view name, std::initializer_list<std::string_view> endings) {
    for (const std::string_view ending : endings) {
        if (name.ends_with(ending)) return true;
    }
    return false;
}

}  // namespace

bool matches_spdx(std::string_view file_name) {
    return has_one_of(file_name, {".spdx", ".spdx.json", ".spdx3.json", ".spdx.jsonld", ".spdx.yaml", ".spdx.yml", ".spdx.rdf", ".spdx.xml", ".spdx.rdf.xml"});
}

bool parse_spdx(ByteView bytes, IntakeContext& context) {
    if (has_one_of(context.path, {".rdf", ".xml"})) return refuse_form(context);
    if (has_one_of(context.path, {".yaml", ".yml"})) return read(codec::parse_yaml_tree(bytes), context);
    if (!context.path.ends_with(".spdx")) return read(codec::parse_json_tree(bytes), context);
    const auto text = plain_text(bytes, context, kFormat);
    if (!text) return false;
    context.format(kFormat);
    return spdx::read_tag_value(*text, context);
}

}  // namespace headgate::intake
