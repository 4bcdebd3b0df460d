// kustomize_resource.hpp: what kustomize knows by names: its own files, and resources that it fetches.
#pragma once

#include <string_view>

#include "intake/named.hpp"

namespace headgate::intake {

/// kustomization.yaml, kustomization.yml, Kustomization: what stands in such a file is one, whether or not it says so.
bool is_kustomization_name(std::string_view path);

/// An entry of `resources` and its kin: a URL of a file, a repository that git clones ("https://host/owner/repository//folder?ref=v1",
/// "github.com/owner/repository", "git@host:owner/repository.git"), or a path on disk, which names nothing. Answers as those of
/// named.hpp do.
bool record_kustomize_resource(std::string_view text, const Location& where, IntakeContext& context);

}  // namespace headgate::intake
