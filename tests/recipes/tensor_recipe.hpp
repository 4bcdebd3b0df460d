// tensor_recipe.hpp: safetensors and GGUF files, field by field, so that a test can get one field wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace headgate::recipes {

inline std::string little(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(static_cast<std::uint8_t>(value >> (8 * i)));
    return out;
}
inline std::string u32(std::uint32_t value) {
    return little(value, 4);
}
inline std::string u64(std::uint64_t value) {
    return little(value, 8);
}

/// u64 length, header, data.
inline std::string safetensors(std::string_view header, std::string_view data) {
    return u64(header.size()) + std::string(header) + std::string(data);
}
/// Two tensors, six floats, metadata.
inline std::string good_safetensors() {
    return safetensors(R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
                       R"("b":{"dtype":"F32","shape":[2],"data_offsets":[16,24]}} )",
                       std::string(24, '\x01'));
}

inline std::string gguf_string(std::string_view text) {
    return u64(text.size()) + std::string(text);
}
inline std::string gguf_text(std::string_view key, std::string_view value) {
    return gguf_string(key) + u32(8) + gguf_string(value);
}
inline std::string gguf_u32(std::string_view key, std::uint32_t value) {
    return gguf_string(key) + u32(4) + u32(value);
}

struct Gguf {
    std::uint32_t version = 3;
    std::uint64_t pairs = 0;    // how many are in `metadata`
    std::uint64_t tensors = 0;  // how many are in `infos`
    std::string metadata;
    std::string infos;
    std::string data;
    std::uint64_t alignment = 32;

    Gguf& pair(const std::string& bytes) {
        ++pairs;
        metadata += bytes;
        return *this;
    }
    /// One dimension; `data` grows by hand.
    Gguf& tensor(std::string_view name, std::uint32_t type, std::uint64_t extent, std::uint64_t offset) {
        ++tensors;
        infos += gguf_string(name) + u32(1) + u64(extent) + u32(type) + u64(offset);
        return *this;
    }
    std::string bytes() const {
        std::string out = "GGUF" + u32(version) + u64(tensors) + u64(pairs) + metadata + infos;
        if (!data.empty()) out.resize((out.size() + alignment - 1) / alignment * alignment, '\0');
        return out + data;
    }
};

/// Two F32 tensors of 8 elements, an architecture, a harmless chat template.
inline Gguf good_gguf() {
    Gguf file;
    file.pair(gguf_text("general.architecture", "llama"));
    file.pair(gguf_text("tokenizer.chat_template", "{% for m in messages %}{{ m['content'] }}{% endfor %}"));
    file.tensor("a", 0, 8, 0).tensor("b", 0, 8, 32);
    file.data = std::string(64, '\x02');
    return file;
}

}  // namespace headgate::recipes
