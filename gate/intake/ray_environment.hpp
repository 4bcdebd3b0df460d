// ray_environment.hpp: what Ray fetches before it runs something (runtime_env), and the models of its server's configuration, both of
// which its objects hold as text.
#pragma once

#include <string_view>

#include "codec/tree.hpp"
#include "intake/manifest.hpp"

namespace headgate::intake::kubernetes {

/// runtimeEnvYAML, runtime_env, runtimeEnv (JSON in base64 in old versions), serveConfigV2.
bool is_runtime_environment(std::string_view key);

/// The value of such a key: archives of code (working_dir, py_modules, java_jars), packages (pip, uv, conda), an image, variables that
/// name a model, and of a server's applications the models that they load. False, with an Opaque, when some of it was not understood.
bool record_ray(std::string_view key, const codec::Tree& value, const Location& where, IntakeContext& context);

}  // namespace headgate::intake::kubernetes
