// hdf5_attribute.hpp: attributes of HDF5 objects, in their header or in dense storage (format specification, IV.A.2.m).
#pragma once

#include "formats/hdf5_heap.hpp"
#include "formats/hdf5_object.hpp"

namespace headgate::formats {

/// Reads every attribute of an object, follows those of variable length, and walks `model_config` and `training_config`.
/// `partly` when one of the configurations has a finding; findings of the attributes themselves are in `file`.
Examined read_attributes(Hdf5File& file, Hdf5GlobalHeap& heap, const std::vector<Hdf5Message>& messages);

}  // namespace headgate::formats
