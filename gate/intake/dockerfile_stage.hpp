// dockerfile_stage.hpp: what a container of a stage runs: its entry point, its command, and the variables that they see. Private to
// intake/dockerfile.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/interpolation.hpp"
#include "intake/manifest.hpp"

namespace headgate::intake::dockerfile {

struct StageRun {
    std::string image = {};              // that it is made from; "" where it is not known
    std::vector<std::string> entry = {};
    std::vector<std::string> command = {};
    Variables environment = {};          // of ENV
    bool entry_is_script = false;        // it gets no command
    bool changed = false;                // since it was made from another
    std::uint32_t line = 1;              // of the last instruction that changed it

    /// ENTRYPOINT (`entry`) or CMD, with what follows the instruction's name.
    void set(bool of_entry, const std::string& rest, std::uint32_t at);
    std::size_t bytes() const;
    /// Models that it names. False, with an Opaque, for what is not understood.
    bool record(IntakeContext& context) const;
};

/// ["a", "b"] as the words of a program; nullopt: a line for a shell.
std::optional<std::vector<std::string>> exec_form(const std::string& text);

/// A search for words: most scripts name none.
bool may_name_models(std::string_view script, const std::vector<std::string>& documents);
/// Models that a script names, which a RUN or HEALTHCHECK runs. The same answer.
bool record_script(std::string_view script, const std::vector<std::string>& documents, const Variables& environment, std::uint32_t line, IntakeContext& context);

}  // namespace headgate::intake::dockerfile
