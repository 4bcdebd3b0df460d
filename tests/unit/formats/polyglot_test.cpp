// Files that are two things: a format that is read whole, and a pickle to whoever unpickles it.
#include <catch2/catch.hpp>

#include "formats/pickle.hpp"
#include "recipes/pickle_recipe.hpp"
#include "recipes/tar_recipe.hpp"
#include "recipes/tensor_recipe.hpp"
#include "recipes/tensorflow_recipe.hpp"
#include "recipes/zip_recipe.hpp"
#include "unit/formats/examined.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;

namespace {

const std::string kStream = "cos\ngetcwd\n)R.";   // inert: os.getcwd()

/// 'X' and a length (of the header, to the one reader; of a text, to the other), texts of a byte of length through one long key, and
/// opcodes where the data begin.
std::string safetensors_and_pickle(const std::string& stream) {
    constexpr std::size_t kText = 16;
    constexpr std::size_t kHeader = 0x58 + 256 * kText;
    const std::string shape = std::to_string(stream.size());
    const std::string tail = R"(":{"dtype":"U8","shape":[)" + shape + R"(],"data_offsets":[0,)" + shape + "]}}";
    std::string file = u64(kHeader) + "{\"" + std::string(kHeader - 2 - tail.size(), 'k') + tail;
    for (std::size_t at = 5 + kText; at < file.size();) {
        const std::size_t left = file.size() - at - 2;
        const std::size_t jump = left <= 0x7e ? left : left - 0x7e - 2 < 0x23 ? left - 2 - 0x20 : 0x7e;
        const std::size_t length = left <= 0x7e ? left : std::min<std::size_t>(jump, 0x7e);
        file[at] = 'U';
        file[at + 1] = static_cast<char>(length);
        at += 2 + length;
    }
    return file + stream;
}

std::string tar_and_pickle(const std::string& name, const std::string& text) {
    TarRecipe tar;
    tar.add(name, text);
    return tar.build();
}

}  // namespace

TEST_CASE("what is a pickle besides is refused, whatever it is called") {
    const std::string safe = safetensors_and_pickle(kStream);
    for (const char* name : {"model.pkl", "pytorch_model.bin", "model.pt", "model.ckpt", "model.joblib", "model.safetensors", "model"}) {
        const auto outcome = examine(safe, name);
        INFO(name << ": " << outcome.ids());
        CHECK(outcome.has("pickle.polyglot"));
        CHECK(outcome.is("safetensors"));
        CHECK_FALSE(outcome.whole());
    }
    CHECK(examine(safetensors_and_pickle(std::string(300'000, 'N') + kStream), "model.safetensors").has("pickle.polyglot"));
    CHECK(examine(tar_and_pickle("Vocabulary.txt", "notes\n" + kStream), "data.tar").has("pickle.polyglot"));
    Gguf gguf = good_gguf();
    gguf.tensors = 0x5600;
    gguf.metadata = gguf_text("general.description", "x\n" + kStream) + gguf.metadata;
    ++gguf.pairs;
    CHECK(examine(gguf.bytes(), "model.gguf").has("pickle.polyglot"));
    CHECK(examine(std::string("V\0\0\0TFL3note\n", 13) + kStream, "model.tflite").has("pickle.polyglot"));
}

TEST_CASE("what an unpickler makes nothing of is what it is") {
    CHECK(examine(good_safetensors(), "model.safetensors").whole());
    CHECK(examine(safetensors_and_pickle(std::string(15, '\1')), "model.safetensors").whole());
    CHECK(examine(good_gguf().bytes(), "model.gguf").whole());
    // A GLOBAL whose names no module has; PERSID, where a plain unpickler stops.
    CHECK(examine(tar_and_pickle("checkpoint/notes.txt", "a\nb\nc\n"), "data.tar").whole());
    CHECK(examine(tar_and_pickle("Preface.txt", "one\ncos\ngetcwd\n)R."), "data.tar").whole());
}

TEST_CASE("a pickle of text alone is a pickle under any name") {
    const std::string odd = "csite-packages\n__name__\n0" + kStream;          // a name that imports, though no source can spell it
    std::string many;
    for (int i = 0; i < 150'000; ++i) many += "N0";                          // longer than a guess goes
    const std::string reserve = "Nr\t\t\t\t0" + kStream;                     // a memo index of 151 million, which Python takes
    for (const std::string& content : {kStream, odd, many + kStream, reserve, "csite-packages\nx\n)R."  + std::string()}) {
        for (const char* name : {"model.sav", "model.pk", "model", "notes.txt", "model.weights"}) {
            const auto outcome = examine(content, name);
            INFO(name << " " << content.substr(0, 20) << ": " << outcome.ids());
            CHECK(outcome.is("pickle"));
        }
    }
    // Text that begins like opcodes.
    for (const char* text : {"Nr. 12 of the list\n", "Paris\ncat\ndog\nbird\n", "cat\ndog\nbird\n", "I am text\n", "can be read.\nas text\n)R\n",
                             "(see below)\n", "]\n", "Python is great\n.gitignore\n"}) {
        const auto outcome = examine(text, "vocab");
        INFO(text << ": " << outcome.ids());
        CHECK(outcome.is("text"));
        CHECK(outcome.whole());
    }
}

TEST_CASE("files that TensorFlow opens by their names are read as it reads them") {
    for (const char* name : {"saved_model.pb", "keras_metadata.pb", "fingerprint.pb"}) {
        const auto outcome = examine(good_safetensors(), name);
        INFO(name << ": " << outcome.ids());
        CHECK(outcome.has("tensorflow.malformed"));
        CHECK_FALSE(outcome.is("safetensors"));
        CHECK_FALSE(outcome.whole());
    }
    const std::string graph = tf_graph({tf_node("Placeholder")});
    CHECK(examine(tf_saved_model(graph), "saved_model.pb").whole());
    CHECK(examine(graph, "frozen.pb").whole());
    for (const char* name : {"frozen.pb", "export.meta", "ck-1.index", "model.xml", "model.pmml", "saved_model.cpb"}) {
        const auto outcome = examine(good_safetensors(), name);
        INFO(name << ": " << outcome.ids());
        CHECK(outcome.has("format.extension-mismatch"));
    }
    CHECK(examine("notes\n", "data.meta").whole());
    CHECK(examine("1 2\n", "data.index").whole());
}

TEST_CASE("a name for pickles holds pickles, as Python's loaders take them") {
    for (const char* name : {"m.pkl", "m.pickle", "m.dill", "m.joblib"}) {
        INFO(name);
        CHECK(examine("\x80\x04N.", name).whole());
        CHECK(examine(good_safetensors(), name).has("format.extension-mismatch"));
        CHECK(examine(good_gguf().bytes(), name).has("format.extension-mismatch"));
        CHECK(examine("", name).has("format.extension-mismatch"));
    }
    CHECK(examine(good_gguf().bytes(), "ggml-model.bin").whole());
    CHECK(examine("", "openvino_model.bin").whole());          // of a network without constants
    CHECK(examine("text", "openvino_model.bin").has("format.extension-mismatch"));
}

TEST_CASE("a zip file near the end is found with something behind it") {
    ZipRecipe zip;
    zip.add("__main__.py", "print('headgate')");
    const auto chunk = [](const std::string& type, const std::string& data) {
        const std::size_t size = data.size();
        return std::string(2, '\0') + static_cast<char>(size >> 8U) + static_cast<char>(size & 0xffU) + type + data + "crc!";
    };
    const auto png = [&](const std::string& inside) {
        return "\x89PNG\r\n\x1a\n" + chunk("IHDR", std::string(13, '\x01')) + chunk("IDAT", "xx") + chunk("zzZz", inside) + chunk("IEND", "");
    };
    const auto outcome = examine(png(zip.build()), "chunk.png");
    INFO(outcome.ids());
    CHECK(outcome.has("zip.polyglot"));
    CHECK_FALSE(outcome.whole());
    CHECK(outcome.is("python"));  // the member is judged
    CHECK(examine("text\n" + zip.build() + "more text\n", "a.txt").has("zip.polyglot"));
    CHECK(examine(png("PK\5\6 is how zip files end"), "chunk.png").whole());
    // An end record that leads to no directory is nothing.
    CHECK(examine(png(zip.build().substr(zip.build().size() - 22)), "chunk.png").whole());
    // Members of other containers are judged there.
    const std::string tar = tar_and_pickle("inner.zip", zip.build());
    CHECK_FALSE(examine(tar, "a.tar").has("zip.polyglot"));
    CHECK(examine(tar, "a.tar").is("python"));
}
