#include "formats/parser.hpp"

#include <algorithm>

#include "formats/all.hpp"
#include "formats/extension.hpp"
#include "formats/hub_json.hpp"
#include "formats/pickle.hpp"
#include "formats/tflite.hpp"
#include "formats/zip.hpp"

namespace headgate::formats {

std::string_view ParseContext::name() const {
    std::string_view innermost = member.empty() ? std::string_view(path) : std::string_view(member);
    const std::size_t bang = innermost.rfind('!');
    if (bang != std::string_view::npos) innermost.remove_prefix(bang + 1);
    const std::size_t slash = innermost.rfind('/');
    if (slash != std::string_view::npos) innermost.remove_prefix(slash + 1);
    return innermost;
}

void ParseContext::format(std::string format, bool inert, bool code) {
    evidence.formats.push_back({whole(), std::move(format), inert, code});
}

void ParseContext::finding(std::string id, Severity severity, std::string message, Location where, std::string why,
                           std::string fix) {
    evidence.findings.push_back(
        {std::move(id), severity, std::move(message), std::move(where), std::move(why), std::move(fix)});
}

void ParseContext::unscannable(std::string_view area, std::string message, Location where) {
    finding(std::string(area) + ".unscannable", Severity::high, std::move(message), std::move(where),
            "What cannot be read within the limits cannot be judged, and loaders may behave differently on it.",
            "Re-export the file in its usual form; if it is honest, it fits the limits.");
}

void ParseContext::opaque(std::string why, std::uint64_t bytes) {
    evidence.opaques.push_back({whole(), std::move(why), bytes});
}

ParseContext ParseContext::inside(std::string_view member_name) const {
    std::string chain = member.empty() ? std::string(member_name) : member + "!" + std::string(member_name);
    return {limits, budget, evidence, path, std::move(chain), depth + 1, sha256_hex, package_words};
}

std::string_view detect(ByteSource& source, std::string_view name) {
    for (const Format& format : all_formats()) {
        if (format.sniff(source, name)) return format.name == "json" ? json_kind(source) : format.name;
    }
    return {};
}

namespace {

// Formats whose rows stand before pickle's have said nothing yet about whether an unpickler would take their bytes too.
bool is_pickle_besides(std::string_view format, ByteSource& source) {
    return format != "torch-legacy" && format != "lfs-pointer" && loads_as_pickle(source);
}

Examined examine_as(ByteSource& source, ParseContext& context) {
    bool before_pickle = true;
    for (const Format& format : all_formats()) {
        before_pickle = before_pickle && format.name != "pickle";
        if (!format.sniff(source, context.name())) continue;
        check_extension(format.name, source, context);
        const bool polyglot = before_pickle && is_pickle_besides(format.name, source);
        if (polyglot) {
            context.finding("pickle.polyglot", Severity::critical,
                            "the content is " + std::string(format.name) + ", and a pickle that imports something when an unpickler loads it",
                            context.at(0), "A loader that takes the file for a pickle, by its name or by what it was told, runs what nobody judged.",
                            "Do not load it; ask for the model in one format, exported again by its own tool.");
        }
        const Examined examined = format.parse(source, context);
        return polyglot ? Examined::partly : examined;
    }
    context.opaque("no parser of this build reads this content", source.size());
    return Examined::partly;
}

/// Formats whose parsers examine what they hold, or what they expand to, as contents of their own: a zip file near their end is one of
/// these, and judged there.
bool is_wrapper(std::string_view format) {
    static constexpr std::string_view kWrappers[] = {"zip", "tar", "7z", "gzip", "zlib", "compressed", "joblib-zfile", "lzma"};
    return std::find(std::begin(kWrappers), std::end(kWrappers), format) != std::end(kWrappers);
}

/// What readers that look for the directory at the end take for a zip file, and others for what it begins as.
bool is_zip_besides(ByteSource& source, std::string_view name) {
    if (sniff_zip(source, name)) return false;
    switch (zip_at_end(source)) {
        case ZipAtEnd::none: return false;
        // TensorFlow Lite keeps its labels in a zip behind the model: its parser reads that itself.
        case ZipAtEnd::exactly: return !sniff_tflite(source, name);
        case ZipAtEnd::with_more_behind: return !is_wrapper(detect(source, name));
    }
    return false;
}

}  // namespace

Examined examine(ByteSource& source, ParseContext& context) {
    if (context.depth > context.limits.depth) {
        context.unscannable("container", "containers are nested deeper than the limit", context.whole());
        return Examined::partly;
    }
    if (is_zip_besides(source, context.name())) {
        context.finding("zip.polyglot", Severity::high, "the content has a zip file at its end but begins as something else",
                        context.whole(), "Two kinds of readers load two different things from the same bytes.",
                        "Publish the two contents as two files.");
        parse_zip(source, context);
        examine_as(source, context);
        return Examined::partly;
    }
    return examine_as(source, context);
}

}  // namespace headgate::formats
