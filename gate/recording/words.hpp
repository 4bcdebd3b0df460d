// words.hpp: the spelling of the closed sets in a recording. The order is that of the enumerators.
#pragma once

#include <array>
#include <string_view>

#include "model/fact.hpp"
#include "model/kinds.hpp"

namespace headgate::recording {

template <typename Enum>
struct Words;

template <>
struct Words<Call::How> {
    static constexpr std::array<std::string_view, 6> kAll = {"reduce", "instance", "new_object", "build", "extend", "persistent"};
};
template <>
struct Words<Requirement::Source> {
    static constexpr std::array<std::string_view, 6> kAll = {"registry", "url", "git", "path", "workspace", "unknown"};
};
template <>
struct Words<IndexOption::Role> {
    static constexpr std::array<std::string_view, 6> kAll = {"primary", "extra", "find_links", "trusted_host", "no_index", "scoped"};
};
template <>
struct Words<DigestClaim::Outcome> {
    static constexpr std::array<std::string_view, 4> kAll = {"matches", "differs", "missing", "unlisted"};
};
template <>
struct Words<WorkloadContainer::Role> {
    static constexpr std::array<std::string_view, 4> kAll = {"regular", "init", "sidecar", "ephemeral"};
};
template <>
struct Words<TensorRelation::Kind> {
    static constexpr std::array<std::string_view, 8> kAll = {"identical", "cast",     "quantized", "low_rank",
                                                             "changed",   "reshaped", "absent",    "added"};
};
template <>
struct Words<PredicateField::Type> {
    static constexpr std::array<std::string_view, 4> kAll = {"text", "number", "boolean", "null"};
};
// Those of model/kinds.hpp are spelled there; a unit test compares.
template <>
struct Words<Kind> {
    static constexpr std::array<std::string_view, 4> kAll = {"model", "dataset", "package", "container"};
};
template <>
struct Words<Origin> {
    static constexpr std::array<std::string_view, 3> kAll = {"asserted", "recorded", "verified"};
};
template <>
struct Words<Severity> {
    static constexpr std::array<std::string_view, 5> kAll = {"info", "low", "medium", "high", "critical"};
};

}  // namespace headgate::recording
