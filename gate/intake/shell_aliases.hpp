// shell_aliases.hpp: aliases of one script (POSIX Shell Command Language, 2.3.1): sh and its kin know them in scripts too. Private to
// intake/shell_installs.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "intake/install_commands.hpp"

namespace headgate::intake::shell {

class Aliases {
  public:
    /// alias NAME=VALUE ...: the words from `first` on.
    void remember(const Words& words, std::size_t first);
    bool knows(const Word& word) const { return !word.computed && known_.find(word.text) != known_.end(); }
    /// The command whose program, at `at`, is an alias, as a script. nullopt: what they stand for comes to more than anybody writes.
    std::optional<std::string> expand(const Words& words, std::size_t at);

  private:
    bool spend(std::size_t bytes);

    std::map<std::string, std::string, std::less<>> known_;
    std::size_t left_ = 1U << 16U;       // bytes that all of them may come to
};

}  // namespace headgate::intake::shell
