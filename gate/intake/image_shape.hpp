// image_shape.hpp: whether a text could be the name of an image, or of a model, where nobody says that it is one. Shapes alone.
#pragma once

#include <string_view>

namespace headgate::intake {

/// "host.example/x", "localhost/x", "host:5000/x": no registry of the default's own has such a first part.
bool has_registry(std::string_view text);

/// "logo.png": called an image for another reason.
bool is_picture(std::string_view text);

/// Schemes by which nothing but a model, its data or an image is named: hf://, oci://, s3://, ...
bool names_an_artifact(std::string_view text);
/// Of those, the ones that name no place which a program might also write to.
bool names_a_model(std::string_view text);

/// A registry in front ("host.example/x", "localhost:5000/x"), a tag or a digest: a reference that can be parsed, or one that nobody can
/// have ("host.example/X:1") and that is meant to be one. A bare word, a path and a URL are none.
bool looks_like_image(std::string_view text);
/// A registry, and a tag or a digest: both at once is neither a server's share nor a name and its port.
bool is_plainly_an_image(std::string_view text);

}  // namespace headgate::intake
