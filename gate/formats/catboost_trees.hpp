// catboost_trees.hpp: the trees of a CatBoost model (TModelTrees), and the tables of counters that their features look values up in.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/flatbuffer.hpp"

namespace headgate::formats {

/// What the features of a model ask of a table: the combination of features and the type are `key`, `class_index` must be one of its
/// classes.
struct CatboostCounter {
    std::string key;
    std::int32_t class_index = 0;
};

struct CatboostTrees {
    FlatReader::Vector leaves;             // of doubles
    std::uint64_t dimension = 0;           // values of one leaf
    std::vector<CatboostCounter> counters;
    bool estimated = false;                // features that a part for texts or embeddings computes
};

/// Reads and checks TModelTrees. What is wrong is the reader's problem().
CatboostTrees read_catboost_trees(FlatReader& flat, const FlatReader::Table& root);

/// Reads and checks a TCtrValueTable, the root of `flat`; its classes by key. What is wrong is the reader's problem().
void read_catboost_table(FlatReader& flat, std::map<std::string, std::int32_t>& classes);

}  // namespace headgate::formats
