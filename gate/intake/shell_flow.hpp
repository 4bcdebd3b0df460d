// shell_flow.hpp: what a command hands on to others of its script: in files, in variables and through descriptors. Private to
// intake/shell_installs.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "intake/shell_files.hpp"

namespace headgate::intake::shell {

/// The name under which WrittenFiles keep what a variable holds: no path of a file.
std::string variable_file(std::string_view name);
/// "NAME" of each "$NAME" and "${NAME...}" in a text.
std::vector<std::string> variables_in(std::string_view text);

class Flow {
  public:
    explicit Flow(WrittenFiles& files) : files_(files) {}

    /// Of the command with that number. False, once: it hands on more than anybody writes, and not all of that is known.
    bool follow(std::span<const Command> all, std::size_t number);

  private:
    void add(std::string_view path, const WrittenFile& what);
    bool spend(std::size_t steps, WrittenFile& what);
    void merge(std::string_view path, WrittenFile& what);
    void outputs(std::span<const Command> all, const std::vector<std::size_t>& numbers, WrittenFile& what, int depth);
    void content(std::span<const Command> all, std::size_t number, WrittenFile& what, int depth);
    void reads(std::span<const Command> all, std::size_t number, WrittenFile& what, bool given_only);
    void held(std::span<const Command> all, const Word& word, std::size_t from, WrittenFile& what);
    void sets(std::span<const Command> all, std::size_t number, std::size_t at, std::string_view program);
    void copied(const Command& one, std::size_t first);

    WrittenFiles& files_;
    bool kept_ = true;
};

}  // namespace headgate::intake::shell
