// server_table.hpp: what the command lines and variables of servers, trainers and hub clients name, by program (rules/servers, whose first
// file says how it is written). Compiled in: it says how bytes are read, and no policy may change that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "intake/server_rules.hpp"

namespace headgate::intake::servers {

enum class Form : std::uint8_t {
    hub, dataset, quantised, hub_file, url, place, runner, docker, ollama, adapters, adapter_list, list, json, settings, mlflow, archives, scope, scope_dataset, preset,
};

enum class Use : std::uint8_t { name, pin, code, code_value, file, kind, value, values, none, source };

/// What a row says of its words.
struct Option {
    Use use = Use::none;
    std::string slot = {};               // of names and pins; of a source: "hf" or "other"
    Form form = Form::hub;
    bool inferred = false;               // by custom, and not by a documentation
};

struct Start {
    std::string program;                 // or module
    std::vector<std::string> verbs = {};
};

struct Server {
    std::string name;
    std::vector<std::string> images = {};
    std::vector<Start> programs = {};
    std::vector<Start> modules = {};
    std::vector<Option> options = {};
    std::map<std::string, std::size_t, std::less<>> flags = {};        // "--model", "-m": a row of `options`. '-' for '_'
    std::vector<std::pair<std::string, std::size_t>> patterns = {};    // "--enable-*"
    std::map<std::string, std::size_t, std::less<>> variables = {};
    std::vector<std::pair<std::string, std::string>> follows = {};     // slots
    std::optional<std::size_t> operand = {};                           // a row of `options`
    std::vector<std::string> nothing = {};
    std::vector<std::string> scope_when = {};                          // variables
    std::vector<std::string> scope_unless = {};
    std::string host = {};
    bool abbreviates = false;
    bool weak = false;

    /// The row about an option as it is written, without its value; nullptr when there is none.
    const Option* option(std::string_view flag) const;
};

struct Table {
    std::vector<Server> servers = {};
    std::string problem = {};            // file and line of a row that is none; "" for none. What the build brings has none
};

const Table& table();
Table read_table(std::span<const RuleText> files);

/// "--model_id" is "--model-id".
std::string plain_flag(std::string_view flag);
/// Some row speaks of this variable.
bool is_known_variable(std::string_view name);
/// A search for words: a server's command stands there; ...
bool names_server(std::string_view text);
/// ... or anything that one reads, too.
bool may_serve(std::string_view text);

}  // namespace headgate::intake::servers
