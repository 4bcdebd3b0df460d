#include "formats/hdf5_heap.hpp"

#include <algorithm>

// Global heaps (format specification, III.E).

namespace headgate::formats {

const Hdf5GlobalHeap::Objects* Hdf5GlobalHeap::collection(std::uint64_t address) {
    const auto known = collections_.find(address);
    if (known != collections_.end()) return known->second ? &*known->second : nullptr;
    std::optional<Objects>& entry = collections_[address];
    const std::uint64_t prefix = 8 + std::uint64_t{file_.length_size};
    const auto start = file_.peek(address, prefix, "a global heap");
    if (!start) return nullptr;
    Hdf5Fields head = file_.fields(*start);
    const ByteView signature = head.take(4);
    const unsigned version = head.u8();
    head.skip(3);
    const std::uint64_t length = head.length();
    if (!starts_with(signature, "GCOL") || version != 1 || length < prefix) {
        file_.malformed("a global heap", address);
        return nullptr;
    }
    const auto bytes = file_.enter(address, length, "a global heap");
    if (!bytes) return nullptr;
    Objects objects;
    Hdf5Fields fields = file_.fields(*bytes);
    fields.skip(prefix);
    while (fields.remaining() >= prefix) {
        const std::uint32_t index = fields.u16();
        fields.skip(6);
        const std::uint64_t size = fields.length();
        if (index == 0) break;  // the free rest
        const ByteView value = fields.take(size);
        fields.skip(std::min<std::uint64_t>((8 - size % 8) % 8, fields.remaining()));
        if (!fields.ok() || !file_.step() || !objects.emplace(index, value).second) {
            file_.malformed("a global heap", address);
            return nullptr;
        }
    }
    entry = std::move(objects);
    return &*entry;
}

std::optional<ByteView> Hdf5GlobalHeap::value(Hdf5Fields& element, std::uint64_t bytes_each, std::uint64_t at) {
    const std::uint64_t count = element.u32();
    const std::uint64_t address = element.address();
    const std::uint32_t index = element.u32();
    if (!element.ok()) {
        file_.malformed("a variable-length value", at);
        return std::nullopt;
    }
    if (count == 0 || address == 0 || address == kNowhere) return ByteView{};
    const Objects* const objects = collection(address);
    if (objects == nullptr) return std::nullopt;
    const auto object = objects->find(index);
    std::uint64_t length = 0;
    if (object == objects->end() || __builtin_mul_overflow(count, bytes_each, &length) || length > object->second.size()) {
        file_.malformed("a variable-length value, which its heap does not hold", at);
        return std::nullopt;
    }
    return object->second.first(static_cast<std::size_t>(length));
}

}  // namespace headgate::formats
