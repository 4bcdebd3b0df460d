// tensor_data.hpp: files that are nothing but values of tensors, and have no form of their own: external data of ONNX models,
// shards of TensorFlow's checkpoints. Nothing in them can tell what they are; the index that names their byte ranges does.
#pragma once

#include "model/fact.hpp"

namespace headgate::pipeline {

/// For each file that no parser took and that ranges of an index cover to its end, gaps for alignment aside: its Opaque goes, a
/// FormatFact "tensor-data" (inert) comes, and its record is `examined`. A file that some parser took for something keeps what was
/// found. Called when all files of a subject are collected, since an index may come after what it names.
void settle_tensor_data(Evidence& evidence);

}  // namespace headgate::pipeline
