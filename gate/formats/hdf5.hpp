// hdf5.hpp: HDF5 files (format specification, version 3), as Keras, h5py and others write their weights.
//
// Read without a library, every block bounded by the file: superblocks 0 to 3, object headers 1 and 2, groups old and new,
// datasets, attributes, global and fractal heaps. FormatFact "hdf5"; a Tensor for each dataset, by its path. The attributes
// `model_config` and `training_config` are walked as what Keras makes of them (keras_config.hpp), in the place
// "<attribute>" of this file. What this parser does not read is `hdf5.unscannable`, by its name, and never a pass. Findings:
//
//   hdf5.superblock          no version that there is, another end of the file than it states, left open by its writer
//   hdf5.user-block          something else before the signature
//   hdf5.malformed           a structure that is not as the format has it
//   hdf5.checksum            a block of metadata that was changed after it was written
//   hdf5.bad-address         something that does not lie within the file
//   hdf5.loop                a block that is pointed at twice, or a group within itself
//   hdf5.overlap             two things in the same bytes
//   hdf5.unreferenced        more bytes that nothing points at than free space explains
//   hdf5.soft-link, hdf5.external-link                                     (hdf5_group.hpp)
//   hdf5.external-storage, hdf5.virtual, hdf5.filter, hdf5.expansion, hdf5.short-data   (hdf5_dataset.hpp)
//
// `whole` means: everything that can be reached was read as what it is, raw numbers are where and as long as their shapes
// say, and of the rest of the file no more is filled than writers leave behind as free space (64 KiB or an eighth).
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// The signature at 0, or at 512, 1024, 2048, ... behind a user block.
bool sniff_hdf5(ByteSource& source, std::string_view name);
Examined parse_hdf5(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
