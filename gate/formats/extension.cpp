#include "formats/extension.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kCarriers[] = {"pickle",  "torch",       "torch-legacy", "npy",  "zip",
                                          "tar",     "7z",          "safetensors",  "gguf", "gzip", "zlib",
                                          "parquet", "arrow",       "executable",   "compressed", "lzma", "joblib-zfile",
                                          "hdf5", "onnx", "tensorflow", "openvino", "catboost", "coreml", "paddle", "paddle-params"};

struct Promise {
    std::string_view ending;
    std::string_view what;
    std::span<const std::string_view> allowed;  // only these rows of all.cpp; empty: anything but `refused`
    std::span<const std::string_view> refused;
};

constexpr std::string_view kSafetensors[] = {"safetensors"};
constexpr std::string_view kGguf[] = {"gguf"};
constexpr std::string_view kNpy[] = {"npy"};
constexpr std::string_view kZip[] = {"zip"};
constexpr std::string_view kHdf5[] = {"hdf5"};
constexpr std::string_view kOnnx[] = {"onnx"};
constexpr std::string_view kTflite[] = {"tflite"};
constexpr std::string_view kUbjson[] = {"ubjson"};
constexpr std::string_view kCatboost[] = {"catboost"};
constexpr std::string_view kCoreml[] = {"coreml"};
constexpr std::string_view kPaddle[] = {"paddle"};
constexpr std::string_view kPaddleParams[] = {"paddle-params"};
constexpr std::string_view kImage[] = {"image"};
constexpr std::string_view kParquet[] = {"parquet"};
constexpr std::string_view kArrow[] = {"arrow"};
// What Python's loaders open: a pickle, itself or compressed, or what torch.save makes of it; joblib also maps bare arrays.
constexpr std::string_view kPickle[] = {"pickle", "torch-legacy", "zip", "gzip", "zlib", "compressed", "lzma", "joblib-zfile"};
constexpr std::string_view kJoblib[] = {"pickle", "zip", "gzip", "zlib", "compressed", "lzma", "joblib-zfile", "npy"};
// Checkpoints; tar is what torch.save made before 0.1.10.
constexpr std::string_view kTorch[] = {"pickle", "torch-legacy", "zip", "tar", "gzip", "zlib", "compressed", "lzma", "hdf5", "npy", "gguf"};
// Any runtime's weights are called .bin. (Raw ones are of no row: an Opaque, unless an index covers them.)
constexpr std::string_view kBin[] = {"pickle", "torch-legacy", "zip",    "tar",  "gzip", "zlib", "compressed",    "lzma", "hdf5",
                                     "npy",    "gguf",         "tflite", "onnx", "safetensors", "tensorflow", "ubjson", "unread",
                                     "catboost", "coreml", "coreml-weights", "paddle", "paddle-params", "7z"};
constexpr std::string_view kGraph[] = {"tensorflow", "onnx", "coreml"};
constexpr std::string_view kXml[] = {"openvino", "pmml", "text"};
constexpr std::string_view kPmml[] = {"pmml"};
// Other programs have notes (and CIFAR a pickle) under these names; TensorFlow its graphs and indexes.
constexpr std::string_view kMeta[] = {"tensorflow", "text-model", "pickle", "text", "json"};
constexpr std::string_view kIndex[] = {"tensorflow-checkpoint", "text", "json", "pickle"};
constexpr std::string_view kUnread[] = {"unread"};

constexpr Promise kPromises[] = {
    {".safetensors", "safetensors", kSafetensors, {}},
    {".gguf", "GGUF", kGguf, {}},
    {".npy", "a numpy array", kNpy, {}},
    {".npz", "a zip of numpy arrays", kZip, {}},
    {".h5", "HDF5", kHdf5, {}},
    {".hdf5", "HDF5", kHdf5, {}},
    {".keras", "a Keras zip", kZip, {}},
    {".onnx", "ONNX", kOnnx, {}},
    {".tflite", "TensorFlow Lite", kTflite, {}},
    {".skops", "a skops archive", kZip, {}},
    {".ubj", "UBJSON", kUbjson, {}},
    {".cbm", "a CatBoost model", kCatboost, {}},
    {".mlmodel", "a CoreML model", kCoreml, {}},
    {".pdmodel", "a Paddle program", kPaddle, {}},
    {".pdiparams", "Paddle's parameters", kPaddleParams, {}},
    {".parquet", "Parquet", kParquet, {}},
    {".arrow", "Arrow", kArrow, {}},
    {".png", "a picture", kImage, {}},
    {".jpg", "a picture", kImage, {}},
    {".jpeg", "a picture", kImage, {}},
    {".gif", "a picture", kImage, {}},
    {".webp", "a picture", kImage, {}},
    {".bmp", "a picture", kImage, {}},
    {".pt", "weights", kTorch, {}},
    {".pth", "weights", kTorch, {}},
    {".ckpt", "weights", kTorch, {}},
    {".bin", "weights", kBin, {}},
    {".pkl", "a pickle", kPickle, {}},
    {".pickle", "a pickle", kPickle, {}},
    {".joblib", "a pickle", kJoblib, {}},
    {".dill", "a pickle", kPickle, {}},
    {".pb", "a graph", kGraph, {}},
    {".cpb", "a SavedModel in chunks", kUnread, {}},
    {".meta", "a graph or notes", kMeta, {}},
    {".index", "an index", kIndex, {}},
    {".xml", "XML", kXml, {}},
    {".pmml", "PMML", kPmml, {}},
    {".txt", "text", {}, kCarriers},
    {".md", "text", {}, kCarriers},
    {".json", "JSON", {}, kCarriers},
    {".jsonl", "JSON", {}, kCarriers},
    {".yaml", "YAML", {}, kCarriers},
    {".yml", "YAML", {}, kCarriers},
    {".csv", "a table", {}, kCarriers},
    {".tsv", "a table", {}, kCarriers},
};

bool has(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void check_extension(std::string_view format, ByteSource& source, ParseContext& context) {
    if (format == "lfs-pointer") return;  // says so itself
    const std::string name = ascii_lower(context.name());
    // OpenVINO writes one beside every network, also where nothing is constant. No loader finds anything in no bytes.
    if (source.size() == 0 && name.ends_with(".bin")) return;
    for (const Promise& promise : kPromises) {
        if (!name.ends_with(promise.ending)) continue;
        const bool kept = promise.allowed.empty() ? !has(promise.refused, format) : has(promise.allowed, format);
        if (kept) return;
        context.finding("format.extension-mismatch", Severity::high,
                        "the name ends in " + std::string(promise.ending) + " and promises " +
                            std::string(promise.what) + ", the content is " + std::string(format),
                        context.whole(),
                        "Loaders that go by the name and scanners that go by the content see two different files.",
                        "Give the file the name of what it is, or replace it by what its name says.");
        return;
    }
}

}  // namespace headgate::formats
