// server_arguments.hpp: one command line, and the variables that its program sees, read by the row of rules/servers about that program: what
// is named, each with its own revision. Private to intake/served.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/server_table.hpp"

namespace headgate::intake::servers {

struct Named {
    std::string value;                   // one word of the command, or the value of a variable
    Form form = Form::hub;
    std::string revision = {};
    bool inferred = false;
};

struct Source {
    std::string ecosystem;               // "hf"; "other": no hub that is known
    std::string written;                 // the variable or option
    std::string url;
};

struct Arguments {
    std::vector<Named> names = {};
    std::vector<std::string> code = {};  // options and variables that let code of a repository run
    std::vector<Source> sources = {};
    std::string kind = {};               // of the repository, as given: "dataset"
    std::string file = {};               // that has more options
    enum class Scope { no, yes, unknown } scope = Scope::no;    // names of the hub are ModelScope's
};

using Value = std::function<std::optional<std::string>(std::string_view variable)>;

/// `words`: what stands behind the program and its verbs. `operands`: what stands by itself counts, where the server has such.
Arguments read_arguments_of(const Server& server, const std::vector<std::string>& words, bool operands, const Value& variable);

/// false, no, off, 0, "": in any case of letters.
bool is_plainly_false(std::string_view value);

}  // namespace headgate::intake::servers
