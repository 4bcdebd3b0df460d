#include "pipeline/oci_contents.hpp"

#include <algorithm>
#include <set>

namespace headgate::pipeline {
namespace {

using Packing = formats::OciPacking;

// What a tar is called by its content: one that is a package is one all the same.
bool is_tar(const FormatFact& fact) {
    return fact.format == "tar" || fact.format == "sdist" || fact.format == "npm-package" || fact.format == "crate";
}

bool is_packed_so(Packing packing, const std::string& path, const Evidence& facts) {
    const auto any = [&](auto&& is) {
        return std::any_of(facts.formats.begin(), facts.formats.end(), [&](const FormatFact& fact) { return fact.where.path == path && is(fact); });
    };
    const auto outside = [&](std::string_view format) {
        return any([&](const FormatFact& fact) { return fact.where.member.empty() && fact.format == format; });
    };
    const auto tar_inside = [&] { return any([](const FormatFact& fact) { return !fact.where.member.empty() && fact.where.member.find('!') == std::string::npos && is_tar(fact); }); };
    switch (packing) {
        case Packing::raw: return true;
        case Packing::tar: return any([](const FormatFact& fact) { return fact.where.member.empty() && is_tar(fact); });
        case Packing::tar_gzip: return outside("gzip") && tar_inside();
        case Packing::tar_zstd: return outside("zstd") && tar_inside();
    }
    return false;
}

}  // namespace

std::vector<std::string> content_paths(std::span<const formats::OciContent> contents, const Evidence& evidence) {
    std::set<std::string> taken;
    for (const FileRecord& file : evidence.files) taken.insert(file.path);
    std::vector<std::string> paths;
    for (const formats::OciContent& content : contents) {
        const bool free = !content.name.empty() && taken.insert(content.name).second;
        paths.push_back(free ? content.name : content.layer.path());
    }
    return paths;
}

SubjectPlan unpacked(const SubjectPlan& layout, std::span<const formats::OciContent> contents, std::span<const std::string> paths) {
    SubjectPlan plan;
    plan.shape = SubjectPlan::Shape::folder;
    plan.subject = layout.subject;
    plan.display = layout.display;
    std::set<std::string> planned;
    for (std::size_t i = 0; i < contents.size(); ++i) {
        const std::string blob = contents[i].layer.path();
        const auto file = std::find_if(layout.files.begin(), layout.files.end(), [&](const FilePlan& one) { return one.path == blob; });
        if (file == layout.files.end() || !planned.insert(paths[i]).second) continue;
        FilePlan content = *file;
        content.path = paths[i];
        content.evidence = false;
        content.stated_sha256.clear();   // said of the blob already
        plan.files.push_back(std::move(content));
    }
    return plan;
}

void drop_layer_records(std::span<const formats::OciContent> contents, Evidence& evidence) {
    std::set<std::string> blobs;
    for (const formats::OciContent& content : contents) blobs.insert(content.layer.path());
    std::erase_if(evidence.files, [&](const FileRecord& file) { return blobs.contains(file.path); });
}

void check_packing(const formats::OciContent& content, const std::string& path, Evidence& facts) {
    if (is_packed_so(content.packing, path, facts)) return;
    Finding& finding = facts.findings.emplace_back();
    finding.id = "oci.layer-packing";
    finding.message = "layer " + content.layer.digest + " is no " + content.layer.media_type + " by its content";
    finding.where.path = path;
    finding.why = "Whoever unpacks it gets something else than was judged.";
    finding.fix = "Pack the model again with the tool that the media type is of.";
}

}  // namespace headgate::pipeline
