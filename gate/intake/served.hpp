// served.hpp: models that the command line and environment of a known server of models name (vLLM, TGI, SGLang, llama.cpp, ...).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/interpolation.hpp"
#include "intake/named.hpp"

namespace headgate::intake {

struct ServerCommand {
    std::string image = {};              // as written; "" where it is not known
    std::vector<std::string> words = {}; // entry point, command and arguments; a whole script may be one of them
    Variables environment = {};          // those whose values stand there; of one that nobody knows here, "$(NAME)"
    std::vector<std::string> documents = {};   // here-documents that something has taken out of a script
    bool by_kubelet = false;             // which puts values in the place of $(NAME)
    bool beside = false;                 // it runs beside what the container runs (probes, hooks): the entry point of the image does not get the
                                         // words, and what the variables alone name is read with the container's own command
};

/// Records them, each with its own revision: what rules/servers says of the programs, by their commands or, where an image's entry point
/// gets the words, by the image. What another program makes of its arguments is its own affair: of those nothing is recorded but what names
/// a hub unmistakably (hf:// URIs, HF_MODEL_ID) or by custom (`--model_name_or_path` of a Python program; Requirement::inferred). Variables
/// that send names elsewhere (HF_ENDPOINT) are options of the file, wherever they are set. Code from the hub that is allowed to run
/// (--trust-remote-code) is a finding. False, with an Opaque, for what cannot be normalised or told.
bool record_served(const ServerCommand& command, const Location& where, IntakeContext& context);

/// The finding about code from a hub, at the place that allows it.
void add_remote_code(std::string_view written, const Location& where, IntakeContext& context);
/// HF_ENDPOINT: every name of a hub is then asked for elsewhere.
void add_hub_endpoint(std::string_view url, const Location& where, IntakeContext& context);

}  // namespace headgate::intake
