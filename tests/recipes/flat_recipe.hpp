// flat_recipe.hpp: FlatBuffers written front to back: every offset leads forward, every table has its vtable right before it.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace headgate::recipes {

/// A value of a table's field: a number of some width, or something that an offset leads to.
struct FlatValue {
    std::string number;                    // little-endian bytes; empty: `target`
    std::string target;                    // bytes of what stands elsewhere (table, vector, text)
    std::size_t begin = 0;                 // where in `target` the thing itself stands (a table stands behind its vtable)
};

template <typename T>
std::string little(T value) {
    std::string bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), &value, sizeof(T));
    return bytes;
}

template <typename T>
FlatValue flat_number(T value) { return {little(value), {}}; }

inline FlatValue flat_bytes(const std::string& bytes) {
    std::string target = little(static_cast<std::uint32_t>(bytes.size())) + bytes + '\0';
    target.resize((target.size() + 3) / 4 * 4, '\0');
    return {{}, target};
}

inline FlatValue flat_numbers(const std::vector<std::int32_t>& numbers) {
    std::string target = little(static_cast<std::uint32_t>(numbers.size()));
    for (const std::int32_t number : numbers) target += little(number);
    return {{}, target};
}

/// A vector of elements whose bytes are given.
inline FlatValue flat_elements(std::size_t count, const std::string& bytes) {
    std::string target = little(static_cast<std::uint32_t>(count)) + bytes;
    target.resize((target.size() + 3) / 4 * 4, '\0');
    return {{}, target};
}

/// A list of things that offsets lead to.
inline FlatValue flat_list(const std::vector<FlatValue>& items) {
    FlatValue value{{}, little(static_cast<std::uint32_t>(items.size()))};
    std::string behind;
    const std::size_t offsets = 4 + 4 * items.size();
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::size_t at = 4 + 4 * i;
        value.target += little(static_cast<std::uint32_t>(offsets + behind.size() + items[i].begin - at));
        behind += items[i].target;
    }
    value.target += behind;
    return value;
}

/// Fields by their number.
inline FlatValue flat_table(const std::map<unsigned, FlatValue>& fields) {
    const unsigned count = fields.empty() ? 0 : fields.rbegin()->first + 1;
    std::string vtable(4 + 2 * count, '\0');
    if (vtable.size() % 4 != 0) vtable.resize(vtable.size() + 2, '\0');
    std::string body(4, '\0');
    for (const auto& [number, value] : fields) {
        const std::size_t width = value.number.empty() ? 4 : value.number.size();
        body.resize((body.size() + width - 1) / width * width, '\0');
        const auto place = static_cast<std::uint16_t>(body.size());
        std::memcpy(vtable.data() + 4 + 2 * number, &place, 2);
        body += value.number.empty() ? std::string(4, '\0') : value.number;
    }
    body.resize((body.size() + 3) / 4 * 4, '\0');
    const auto vtable_bytes = static_cast<std::uint16_t>(vtable.size());
    const auto table_bytes = static_cast<std::uint16_t>(body.size());
    std::memcpy(vtable.data(), &vtable_bytes, 2);
    std::memcpy(vtable.data() + 2, &table_bytes, 2);
    const auto back = static_cast<std::int32_t>(vtable.size());
    std::memcpy(body.data(), &back, 4);
    std::string behind;
    for (const auto& [number, value] : fields) {
        if (!value.number.empty()) continue;
        std::uint16_t place = 0;
        std::memcpy(&place, vtable.data() + 4 + 2 * number, 2);
        const auto offset = static_cast<std::uint32_t>(body.size() + behind.size() + value.begin - place);
        std::memcpy(body.data() + place, &offset, 4);
        behind += value.target;
    }
    return {{}, vtable + body + behind, vtable.size()};
}

/// The file: root offset, identifier, the root table.
inline std::string flat_file(const FlatValue& root, const std::string& identifier) {
    return little(static_cast<std::uint32_t>(8 + root.begin)) + identifier + root.target;
}

}  // namespace headgate::recipes
