// builder_id.hpp: names of builders (builder.id of SLSA provenance) and of the refs that they are at.
#pragma once

#include <string_view>

namespace headgate {

/// "https://host/owner/name/.github/workflows/x.yml@refs/tags/v1": what stands in front of '@' and behind it; a ref that is missing is "".
struct BuilderId {
    std::string_view path;
    std::string_view ref;
};
BuilderId split_builder(std::string_view id);

/// True if `id` is what `wanted` asks for: the same text; without "@ref" any ref of it; "@v1.2.3" is the ref refs/tags/v1.2.3.
bool names_builder(std::string_view wanted, std::string_view id);

/// refs/tags/v1.2.3 or refs/tags/1.2.3, with a pre-release or build part if any (semver 2.0.0): a tag that names a release.
bool is_release_ref(std::string_view ref);

/// names_builder(), where a ref that nobody asked for must be a release tag: a branch is whatever was pushed there last.
bool names_release(std::string_view wanted, std::string_view id);

}  // namespace headgate
