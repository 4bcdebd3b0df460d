// layer_content.hpp: which files of an image's layer are looked at, and what of that is kept. An image is an operating system first: of its
// thousands of files those become facts that a loader of models or an installer of packages takes for one of its own:
//
//   by content   pickles (also within archives and compressed), torch, npy, npz, safetensors, GGUF, HDF5, Keras, skops, TensorFlow Lite,
//                CatBoost, MAR; wheels, sdists, packages of npm, crates
//   by name      what only a name tells from other bytes (.onnx, saved_model.pb, .mlmodel, .pdmodel, ...), and whatever is called
//                like a model or wheel (compressed or not) and is none that can be read, plain text apart
//
//   unread       archives and compressed files of which a reader gives up (limits, a window or dictionary of much memory, depth), or that some
//                readers go on in where others end: what they hold, nobody knows
//
// Programs, libraries, byte code, source, text, documents, pictures, data bases, archives of nothing but those: ordinary files, and no facts.
// Where the image is a model's (KServe's modelcar, an image volume), what lies outside of the folders of an operating system is the
// model, file by file, as in a folder.
#pragma once

#include <string_view>

#include "formats/parser.hpp"

namespace headgate::formats {

enum class LayerUse : bool { runs, model };

/// True if the path (no "/" in front) is no place of an operating system: what lies there is a model's, in an image that holds one.
bool is_model_place(std::string_view path);

/// Looks at one file of a layer and adds what is kept of it to `layer.evidence`; `path`: within the layer, as the member of every fact. Of one
/// above `limits.member_bytes` not all is there, and it has no digest.
/// Partly: some of it that would be a fact was not understood, and a finding or an Opaque says why.
Examined examine_layer_file(ByteSource& source, const std::string& path, LayerUse use, ParseContext& layer);

}  // namespace headgate::formats
