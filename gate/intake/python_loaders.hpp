// python_loaders.hpp: the functions by which Python libraries fetch models and datasets. Data; python_source.cpp reads calls by it.
#pragma once

#include <span>
#include <string_view>

namespace headgate::intake::python {

struct Loader {
    /// What the argument names.
    enum class Names { model, dataset, sentence_model, whisper_model, repository, file };

    std::string_view function;           // last part of the callee
    std::string_view modules;            // it comes from one of these, parted by spaces; "" for a method of any object
    Names names = Names::model;
    int position = 0;                    // of the argument; -1: by keyword alone
    std::string_view keywords;           // that it may be given by
    std::string_view also = {};          // further keywords that name models
    bool or_object = false;              // the argument may be a model instead of a name
    std::string_view owner = {};         // what the object or class of a method begins with; "" any
};

/// Sorted by nothing: the first that fits counts.
std::span<const Loader> loaders();

/// Libraries that take names of the hub: a name without an organisation is one where one of them is imported.
bool is_hub_library(std::string_view root);
/// Names that `datasets` keeps for formats, not for datasets.
bool is_dataset_builder(std::string_view name);
/// Models without an organisation that SentenceTransformer does not look for in its own.
bool is_plain_transformer(std::string_view name);
/// The repository of a size as faster-whisper knows it, "" for what is none.
std::string_view whisper_repository(std::string_view size);

}  // namespace headgate::intake::python
