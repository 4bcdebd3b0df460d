// subject.hpp: what is judged.
#pragma once

#include <optional>
#include <string>

#include "model/digest.hpp"
#include "model/kinds.hpp"
#include "model/location.hpp"
#include "model/reference.hpp"

namespace headgate {

struct Subject {
    std::string ref;                     // as printed: the canonical reference, or "file:path" relative to the argument
    Reference reference;                 // what tiers, rules and waivers match
    Kind kind = Kind::model;
    Origin origin = Origin::asserted;
    DigestSet digest;                    // empty for a name
    bool has_bytes = false;              // false: only a name; at best a `names` verdict
    bool is_folder = false;
    bool is_manifest = false;            // of a container: a file or object that only names images, and is none itself
    std::optional<Location> named_at;    // for a member: where in the manifest it is named
    // An image (a model) is what is named there, and its registry says that it is something else: rules for that kind about names hold too.
    bool named_as_image = false;
    bool named_as_model = false;
    friend bool operator==(const Subject&, const Subject&) = default;
};

}  // namespace headgate
