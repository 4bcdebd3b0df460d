// parsing.hpp: what is done with bytes of other people, whole, and nothing else: the part of examining a file that can run in a process
// of its own. No file is opened here, no key known, nothing judged.
#pragma once

#include <cstdint>
#include <string>

#include "base/limits.hpp"
#include "intake/manifest.hpp"
#include "io/held_ranges.hpp"
#include "model/fact.hpp"

namespace headgate::pipeline {

struct ParseOrder {
    enum class Task : std::uint8_t {
        artifact,                        // facts of a file that may be anything
        manifest,                        // requirements of a manifest
        is_artifact,                     // by its content: can it carry a model, dataset or archive?
        is_network,                      // an OpenVINO network?
        is_model_config,                 // config.json of a model?
        layer,                           // what a loader or installer takes, in the layer of an image
        model_layer,                     // the same where the image is a model's: its files, too
    };
    static constexpr std::uint8_t kTasks = 7;

    Task task = Task::artifact;
    std::string path;                    // within the subject: Location.path of every fact. For a question, the name
    const intake::ManifestFormat* manifest = nullptr;    // of a manifest
    Limits limits;
};

constexpr bool is_of_layer(ParseOrder::Task task) { return task == ParseOrder::Task::layer || task == ParseOrder::Task::model_layer; }
/// Facts are what is asked for, and not an answer.
constexpr bool asks_for_facts(ParseOrder::Task task) { return task == ParseOrder::Task::artifact || task == ParseOrder::Task::manifest || is_of_layer(task); }
/// The source is read from its first byte on and not held (ByteSource::read_through).
constexpr bool reads_through(ParseOrder::Task task) { return is_of_layer(task); }

struct Parsed {
    Evidence facts;
    bool yes = false;                    // every byte was understood; of a question, the answer
};

/// Does it, in whatever process this is. `source` says afterwards whether it could be read.
Parsed parse(const ParseOrder& order, io::HoldingSource& source);

}  // namespace headgate::pipeline
