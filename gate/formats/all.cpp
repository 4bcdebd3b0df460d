#include "formats/all.hpp"

#include <vector>

#include "formats/catboost.hpp"
#include "formats/chat_template.hpp"
#include "formats/compressed.hpp"
#include "formats/coreml.hpp"
#include "formats/executable.hpp"
#include "formats/gguf.hpp"
#include "formats/hdf5.hpp"
#include "formats/hub_json.hpp"
#include "formats/images.hpp"
#include "formats/lfs_pointer.hpp"
#include "formats/npy.hpp"
#include "formats/onnx.hpp"
#include "formats/paddle.hpp"
#include "formats/pickle.hpp"
#include "formats/safetensors.hpp"
#include "formats/sentencepiece.hpp"
#include "formats/sevenzip.hpp"
#include "formats/tabular.hpp"
#include "formats/tar.hpp"
#include "formats/tensorflow.hpp"
#include "formats/tensorflow_checkpoint.hpp"
#include "formats/text.hpp"
#include "formats/text_model.hpp"
#include "formats/tflite.hpp"
#include "formats/torch_legacy.hpp"
#include "formats/ubjson.hpp"
#include "formats/unread.hpp"
#include "formats/xml_model.hpp"
#include "formats/zip.hpp"

namespace headgate::formats {

std::span<const Format> all_formats() {
    static const std::vector<Format> kFormats = {
        {"lfs-pointer", sniff_lfs_pointer, parse_lfs_pointer},
        // TensorFlow opens these by their names and passes over what it does not know: nothing else may be found in them first.
        {"tensorflow", sniff_named_tensorflow, parse_tensorflow},
        {"npy", sniff_npy, parse_npy},
        {"torch-legacy", sniff_torch_legacy, parse_torch_legacy},
        {"zip", sniff_zip, parse_zip},
        {"7z", sniff_sevenzip, parse_sevenzip},
        {"gzip", sniff_gzip, parse_gzip},
        {"tar", sniff_tar, parse_tar},
        {"zlib", sniff_zlib, parse_zlib},
        {"compressed", sniff_compressed, parse_compressed},
        {"joblib-zfile", sniff_joblib_zfile, parse_joblib_zfile},
        {"gguf", sniff_gguf, parse_gguf},
        {"image", sniff_image, parse_image},
        {"parquet", sniff_parquet, parse_parquet},
        {"arrow", sniff_arrow, parse_arrow},
        {"tflite", sniff_tflite, parse_tflite},
        {"hdf5", sniff_hdf5, parse_hdf5},
        {"catboost", sniff_catboost, parse_catboost},
        {"coreml-weights", sniff_coreml_weights, parse_coreml_weights},
        {"paddle-params", sniff_paddle_params, parse_paddle_params},
        {"tensorflow-checkpoint", sniff_tensorflow_checkpoint, parse_tensorflow_checkpoint},
        {"executable", sniff_executable, parse_executable},
        {"unread", sniff_unread, parse_unread},
        // Before pickle: a header length of 640 reads as "PROTO 2", and what follows here no pickle has.
        {"safetensors", sniff_safetensors, parse_safetensors},
        {"pickle", sniff_pickle, parse_pickle},
        {"lzma", sniff_lzma, parse_lzma},      // behind pickle: both may begin with ']'
        {"ubjson", sniff_ubjson, parse_ubjson},
        // Below: by name, or text. A pickle without PROTO is text too, so that its guess stands above.
        {"openvino", sniff_openvino, parse_xml_document},
        {"onnx", sniff_onnx, parse_onnx},
        {"coreml", sniff_coreml, parse_coreml},
        {"paddle", sniff_paddle, parse_paddle},
        {"tensorflow", sniff_tensorflow, parse_tensorflow},
        {"sentencepiece", sniff_sentencepiece, parse_sentencepiece},
        {"pmml", sniff_pmml, parse_xml_document},
        {"text-model", sniff_text_model, parse_text_model},
        {"template", sniff_template, parse_template},
        {"source", sniff_source, parse_source},
        {"json", sniff_json, parse_hub_json},
        {"text", sniff_text, parse_text},
        {"safetensors", sniff_named_safetensors, parse_safetensors},
        {"gguf", sniff_named_gguf, parse_gguf},
        {"onnx", sniff_named_onnx, parse_onnx},
        {"coreml", sniff_named_coreml, parse_coreml},
        {"paddle", sniff_named_paddle, parse_paddle},
        {"paddle-params", sniff_named_paddle_params, parse_paddle_params},
        {"unread", sniff_named_unread, parse_unread},
    };
    return kFormats;
}

bool is_artifact_format(std::string_view format) {
    static constexpr std::string_view kCarriers[] = {"pickle", "torch",   "torch-legacy", "safetensors", "gguf",
                                                     "npy",    "zip",     "tar",          "gzip",        "zlib", "7z",
                                                     "unread", "parquet", "arrow",  "compressed",   "lzma",
                                                     "joblib-zfile", "tflite", "hdf5", "onnx", "tensorflow", "ubjson",
                                                     "catboost", "coreml", "coreml-weights", "paddle", "paddle-params",
                                                     "tensorflow-checkpoint", "openvino", "pmml", "keras-config", "text-model"};
    for (const std::string_view carrier : kCarriers) {
        if (carrier == format) return true;
    }
    return false;
}

}  // namespace headgate::formats
