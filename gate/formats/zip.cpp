#include "formats/zip.hpp"

#include <algorithm>

#include "formats/keras_zip.hpp"
#include "formats/mar.hpp"
#include "formats/npz.hpp"
#include "formats/package_archive.hpp"
#include "formats/skops.hpp"
#include "formats/torch_zip.hpp"
#include "formats/zip_members.hpp"

namespace headgate::formats {
namespace {

bool has(const ZipDirectory& directory, std::string_view name) {
    return std::any_of(directory.entries.begin(), directory.entries.end(),
                       [&](const ZipEntry& entry) { return entry.name == name; });
}

/// Model archives whose text members say what to run: reading the members alone would call them inert. "" for others.
std::string_view unread_bundle(const ZipDirectory& directory) {
    if (has(directory, "META-INF/MANIFEST.MF")) return "jar";
    return {};
}

/// What torch.export.save writes (torch/export/pt2_archive): TOP/archive_format beside TOP/models/*.json.
bool is_exported_program(const ZipDirectory& directory) {
    bool label = false;
    bool program = false;
    for (const ZipEntry& entry : directory.entries) {
        const std::size_t slash = entry.name.find('/');
        if (slash == std::string::npos) continue;
        const std::string_view inner = std::string_view(entry.name).substr(slash + 1);
        label = label || inner == "archive_format";
        program = program || (inner.starts_with("models/") && inner.ends_with(".json"));
    }
    return label && program;
}

}  // namespace

bool sniff_zip(ByteSource& source, std::string_view) {
    const auto magic = source.view(0, 4);
    return magic && (starts_with(*magic, "PK\3\4") || starts_with(*magic, "PK\5\6"));
}

Examined examine_members(ByteSource& source, const ZipDirectory& directory, ParseContext& context) {
    Examined all = Examined::whole;
    for (const ZipEntry& entry : directory.entries) {
        add_member(context, entry.name, entry.size);
        if (entry.folder && entry.size == 0) continue;
        ParseContext inner = context.inside(entry.name);
        const Examined one =
            with_member(source, entry, context, [&](ByteSource& content) { return examine(content, inner); });
        if (one == Examined::partly) all = Examined::partly;
    }
    return all;
}

namespace {

/// Its graph calls operators by name, and nothing here judges which; what its members are by themselves is said all the same.
Examined examine_exported_program(ByteSource& source, const ZipDirectory& directory, ParseContext& context) {
    context.format("torch-export");
    context.finding("torch.exported-program", Severity::high, "a program of torch.export (.pt2), which no reader of this build judges",
                    context.whole(), "Running it calls operators that its graph names, and loading it unpickles its sample inputs.",
                    "Publish the weights as safetensors beside the model's own code, or export the model to ONNX.");
    for (const ZipEntry& entry : directory.entries) {
        add_member(context, entry.name, entry.size);
        ParseContext inner = context.inside(entry.name);
        with_member(source, entry, context, [&](ByteSource& content) {
            return detect(content, inner.name()).empty() ? Examined::partly : examine(content, inner);     // raw weights are nothing by themselves
        });
    }
    return Examined::partly;
}

Examined parse_from(ByteSource& source, std::uint64_t begin, ParseContext& context) {
    bool clean = true;
    std::optional<ZipDirectory> directory;
    {
        ContainerReport report(context, "zip");
        directory = read_zip_directory(source, context.limits, context.budget, report, begin);
        clean = report.clean();
    }
    if (!directory) return Examined::partly;
    Examined members = Examined::partly;
    if (const auto info = wheel_info(*directory)) {  // first: a wheel may ship a checkpoint, and is code in any case
        members = examine_wheel(source, *directory, *info, context);
    } else if (const auto top = torch_top(*directory)) {
        members = examine_torch(source, *directory, *top, context);
    } else if (is_exported_program(*directory)) {
        members = examine_exported_program(source, *directory, context);
    } else if (is_keras(*directory, context.name())) {
        members = examine_keras(source, *directory, context);
    } else if (is_npz(*directory, context.name())) {
        members = examine_npz(source, *directory, context);
    } else if (is_skops(*directory)) {
        members = examine_skops(source, *directory, context);
    } else if (is_mar(*directory)) {
        members = examine_mar(source, *directory, context);
    } else {
        const std::string_view bundle = unread_bundle(*directory);
        context.format(bundle.empty() ? "zip" : std::string(bundle), false, bundle == "jar");
        members = examine_members(source, *directory, context);
        if (!bundle.empty()) {
            context.opaque("no parser of this build reads what a " + std::string(bundle) + " archive makes its loader run",
                           source.size());
            members = Examined::partly;
        }
    }
    return clean ? members : Examined::partly;
}

}  // namespace

Examined parse_zip(ByteSource& source, ParseContext& context) { return parse_from(source, 0, context); }

Examined parse_zip_behind(ByteSource& source, std::uint64_t begin, ParseContext& context) {
    SliceSource alone(source, begin, source.size() - begin);
    bool counts_from_begin = false;
    {
        Evidence unused;
        ParseContext probe{context.limits, context.budget, unused, context.path, context.member, context.depth, context.sha256_hex, context.package_words};
        ContainerReport report(probe, "zip");
        counts_from_begin = read_zip_directory(alone, context.limits, context.budget, report) && report.clean();
    }
    return counts_from_begin ? parse_from(alone, 0, context) : parse_from(source, begin, context);
}

}  // namespace headgate::formats
