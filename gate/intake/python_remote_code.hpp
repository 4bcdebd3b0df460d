// python_remote_code.hpp: where a Python source lets code run that a model's repository brings (trust_remote_code). Private to
// intake/python*.cpp.
#pragma once

#include "intake/python_module.hpp"
#include "intake/python_source.hpp"

namespace headgate::intake::python {

/// Everything that sets it, as an argument, a variable or a key, to what is not plainly false: a finding, once for each line. What is
/// computed is one too, and says so. Reading it (kwargs.get("trust_remote_code")) is none.
void find_remote_code(const Module& module, const Locate& locate, IntakeContext& context);

}  // namespace headgate::intake::python
