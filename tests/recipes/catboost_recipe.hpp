// catboost_recipe.hpp: a CatBoost model of one tree of depth one over one number, with a knob for each trick.
#pragma once

#include <cmath>
#include <optional>

#include "recipes/flat_recipe.hpp"

namespace headgate::recipes {

inline std::string numbers(const std::vector<std::uint32_t>& values) {
    std::string bytes;
    for (const std::uint32_t value : values) bytes += little(value);
    return bytes;
}

struct CatboostRecipe {
    std::string version = "FlabuffersModel_v1";
    std::uint32_t dimension = 1;
    std::vector<std::int32_t> splits = {0};
    std::vector<std::int32_t> sizes = {1};
    std::vector<std::int32_t> starts = {0};
    std::size_t leaves = 2;
    std::vector<std::uint32_t> bins = {0x01000000};      // u16 byte, u8 mask, u8 value
    std::vector<std::uint32_t> steps;                    // u16 left, u16 right: not a mirror image
    std::vector<std::uint32_t> leaf_of;
    std::int32_t feature = 0;
    std::vector<std::string> parts;
    bool estimated = false;
    std::optional<std::int32_t> class_index;             // a feature that counts
    std::int8_t type = 0;                                // Borders
    std::int32_t classes = 2;
    std::vector<std::uint32_t> buckets = {7, 7, 0, 0xffffffff, 0xffffffff, 0};  // two: counter 0, and a free one
    std::size_t counter_bytes = 8;
    std::string tail;
    std::optional<std::uint32_t> core_bytes;

    FlatValue counter_base() const {
        return flat_table({{0, flat_table({{0, flat_numbers({0})}})}, {1, flat_number(type)}});
    }

    std::string build() const {
        const FlatValue border = flat_elements(1, little(0.5F));
        std::map<unsigned, FlatValue> trees = {
            {0, flat_number(dimension)},
            {1, flat_numbers(splits)},
            {2, flat_numbers(sizes)},
            {3, flat_numbers(starts)},
            {5, flat_list({flat_table({{1, flat_number(feature)}, {2, flat_number(feature)}, {3, border}})})},
            {8, flat_elements(leaves, std::string(8 * leaves, '\1'))},
            {17, flat_elements(bins.size(), numbers(bins))},
        };
        if (!steps.empty()) {
            trees[10] = flat_elements(steps.size(), numbers(steps));
            trees[11] = flat_elements(leaf_of.size(), numbers(leaf_of));
        }
        if (estimated) trees[13] = flat_list({flat_table({{3, border}})});
        if (class_index) {
            trees[7] = flat_list({flat_table({{0, flat_table({{0, counter_base()}, {1, flat_number(*class_index)}})}, {1, border}})});
        }
        std::vector<FlatValue> names;
        for (const std::string& part : parts) names.push_back(flat_bytes(part));
        const FlatValue note = flat_table({{0, flat_bytes("params")}, {1, flat_bytes("{}")}});
        std::map<unsigned, FlatValue> core = {{0, flat_bytes(version)}, {1, flat_table(trees)}, {2, flat_list({note})}};
        if (!names.empty()) core[3] = flat_list(names);
        const std::string bytes = flat_file(flat_table(core), std::string(4, '\0'));
        return "CBM1" + little(core_bytes.value_or(static_cast<std::uint32_t>(bytes.size()))) + bytes + tail;
    }

    /// The part that holds the tables of counters.
    std::string tables(std::uint32_t count = 1) const {
        const FlatValue table = flat_table({{0, counter_base()},
                                            {1, flat_bytes(numbers(buckets))},
                                            {2, flat_bytes(std::string(counter_bytes, '\1'))},
                                            {4, flat_number(classes)}});
        const std::string bytes = flat_file(table, std::string(4, '\0'));
        std::string part = little(count);
        for (std::uint32_t i = 0; i < count; ++i) part += little(static_cast<std::uint32_t>(bytes.size())) + bytes;
        return part;
    }
};

}  // namespace headgate::recipes
