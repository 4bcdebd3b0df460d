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
    };
    static constexpr std::uint8_t kTasks = 5;

    Task task = Task::artifact;
    std::string path;                    // within the subject: Location.path of every fact. For a question, the name
    const intake::ManifestFormat* manifest = nullptr;    // of a manifest
    Limits limits;
};

struct Parsed {
    Evidence facts;
    bool yes = false;                    // every byte was understood; of a question, the answer
};

/// Does it, in whatever process this is. `source` says afterwards whether it could be read.
Parsed parse(const ParseOrder& order, io::HoldingSource& source);

}  // namespace headgate::pipeline
