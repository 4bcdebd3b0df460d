// oci_contents.hpp: the layers of a model artifact as the files of a model: judged as the folder would be that the artifact unpacks to.
#pragma once

#include <span>
#include <vector>

#include "formats/oci_artifact.hpp"
#include "pipeline/examine.hpp"

namespace headgate::pipeline {

/// The path of each content within the subject: the name that its layer gives its file, where no other file of `evidence` has it; else the
/// blob's.
std::vector<std::string> content_paths(std::span<const formats::OciContent> contents, const Evidence& evidence);

/// The same layers as files of a folder, each opened where its blob lies in `layout`. A blob that is not there has no file; the layout's
/// reader has said so.
SubjectPlan unpacked(const SubjectPlan& layout, std::span<const formats::OciContent> contents, std::span<const std::string> paths);

/// The records of layers, which are no files of the subject: their contents are.
void drop_layer_records(std::span<const formats::OciContent> contents, Evidence& evidence);

/// An archive's content has to be that archive, as whoever unpacks it takes it for: else `oci.layer-packing`. `path`: of the content.
void check_packing(const formats::OciContent& content, const std::string& path, Evidence& facts);

}  // namespace headgate::pipeline
