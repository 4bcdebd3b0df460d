#include "formats/extension.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

// Rows whose content no loader of weights takes: text, data files, pictures, programs.
constexpr std::string_view kNoWeights[] = {"text",    "json",  "source", "template",      "executable",       "image",
                                           "parquet", "arrow", "audio",  "sentencepiece", "safetensors-index"};
constexpr std::string_view kCarriers[] = {"pickle",  "torch",       "torch-legacy", "npy",  "zip",
                                          "tar",     "7z",          "safetensors",  "gguf", "gzip", "zlib",
                                          "parquet", "arrow",       "executable",   "compressed", "lzma", "joblib-zfile",
                                          "hdf5", "onnx", "tensorflow", "catboost", "coreml", "paddle", "paddle-params"};

struct Promise {
    std::string_view ending;
    std::string_view what;
    std::span<const std::string_view> allowed;  // only these; empty: anything but `refused`
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
    {".pt", "weights", {}, kNoWeights},
    {".pth", "weights", {}, kNoWeights},
    {".ckpt", "weights", {}, kNoWeights},
    {".bin", "weights", {}, kNoWeights},
    {".pkl", "a pickle", {}, kNoWeights},
    {".pickle", "a pickle", {}, kNoWeights},
    {".joblib", "a pickle", {}, kNoWeights},
    {".dill", "a pickle", {}, kNoWeights},
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

void check_extension(std::string_view format, ParseContext& context) {
    if (format == "lfs-pointer") return;  // says so itself
    const std::string name = ascii_lower(context.name());
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
