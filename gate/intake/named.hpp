// named.hpp: images, models and datasets of hubs, repositories and URLs as deployments and sources name them -> Requirements. What the
// parsers of compose, workflows, Kubernetes, Python and settings share, as entry.hpp is what those of packages share.
//
// Each answers true when what stands there is understood: it was recorded, or is a path on disk, which names nothing. False, with a
// finding and an Opaque, for what cannot be normalised.
#pragma once

#include <string_view>

#include "intake/entry.hpp"

namespace headgate::intake {

/// An image as a runtime takes it: "redis", "host/repo:tag@sha256:...". `by` says in messages what pulls it.
bool record_image(std::string_view written, const Location& where, std::string_view by, IntakeContext& context, bool of_dockerfile = false);

/// A model ("hf") or dataset ("hf-dataset") as libraries take it: "org/name", "name" of the time before organisations, or a path on
/// disk. `revision` is "" where none is given, or where only the program knows it.
bool record_hub(std::string_view scheme, std::string_view id, std::string_view revision, const Location& where, IntakeContext& context);
/// hf://[models/|datasets/]org/name[@revision][/path]; KServe writes the revision behind ':'.
bool record_hub_uri(std::string_view uri, const Location& where, IntakeContext& context);

/// Whatever a URI names: hf://, oci:// and its kin, https://, s3://, pvc://, ... What has no scheme is a path on disk; what only looks
/// as if it had one ("<a>://x", "cache::s3://x") is not understood.
bool record_uri(std::string_view uri, const Location& where, std::string_view by, IntakeContext& context);
/// A file on the network. Its query, which may hold a key, is left out.
bool record_url(std::string_view url, const Location& where, IntakeContext& context);
/// A repository of git by its URL: "https://host/x.git#ref:folder", "git@host:x.git", "git+https://host/x@ref".
bool record_git(std::string_view url, const Location& where, IntakeContext& context);
/// A repository of a forge (a purl type) at a revision: an action, a reusable workflow, code of torch.hub. `path` below its top.
bool record_repository(std::string_view repository, std::string_view path, std::string_view revision, const Location& where,
                       IntakeContext& context, std::string_view forge = "github");

/// What only the environment, or a program, knows. `scheme` is that of what it would be: "oci", "hf", "hf-dataset", "pkg:github".
/// Always true.
bool record_unknown(std::string_view scheme, std::string_view written, const Location& where, IntakeContext& context);

/// A model as Docker's model runner takes it: an image, or "hf.co/org/name[:quantisation]".
bool record_runner_model(std::string_view written, const Location& where, IntakeContext& context);

/// An Opaque at a place. Always false.
bool not_understood_at(IntakeContext& context, const std::string& why, const Location& where);

/// "./x", "/x", "../x", "~/x", "C:\x", "a\b", "file:x", ".": no hub takes it for a name.
bool is_local_path(std::string_view text);
/// Something will be put in its place before it is used: "{{ x }}", "${{ x }}", "$(X)", "${X}".
bool is_template(std::string_view text);

}  // namespace headgate::intake
