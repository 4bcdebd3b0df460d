// kinds.hpp: the small closed sets of the language: kind, origin, severity, mode. Each has one spelling.
#pragma once

#include <optional>
#include <string_view>

namespace headgate {

/// What a subject is. policy.md, `for`.
enum class Kind { model, dataset, package, container };

/// How Headgate knows what a subject is called. Ordered: a later one satisfies a demand for an earlier one.
enum class Origin {
    asserted,  // somebody said so: --as, an HTTP `ref`, a bare name, a path
    recorded,  // a lockfile, layout or manifest names it with a digest that the bytes match
    verified,  // Headgate resolved the reference at its source and hashed the bytes
};

enum class Severity { info, low, medium, high, critical };

/// What a rule's failure does. The zero value is the strictest.
enum class Mode { enforce, warn, monitor };

std::string_view to_string(Kind kind);
std::string_view to_string(Origin origin);
std::string_view to_string(Severity severity);
std::string_view to_string(Mode mode);

std::optional<Kind> parse_kind(std::string_view text);
std::optional<Origin> parse_origin(std::string_view text);
std::optional<Severity> parse_severity(std::string_view text);
std::optional<Mode> parse_mode(std::string_view text);

}  // namespace headgate
