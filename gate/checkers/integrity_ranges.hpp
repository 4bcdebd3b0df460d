// integrity_ranges.hpp: values that a model keeps in another file, as byte ranges: external data of ONNX, TensorFlow's checkpoints.
#pragma once

#include <vector>

#include "model/fact.hpp"

namespace headgate::checkers {

/// Every file that an entry with a range names is there, and the range lies inside it. One finding per file and kind.
/// `is_folder`: the subject is a folder; of a single file, what lies beside it is not judged.
void check_tensor_ranges(const Evidence& evidence, bool is_folder, std::vector<Finding>& findings);

}  // namespace headgate::checkers
