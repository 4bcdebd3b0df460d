// shell_code.hpp: what a text that is given to an interpreter seems to fetch, run or install. A search for words: code is not read here.
// Private to intake/shell_installs.cpp.
#pragma once

#include <string_view>

namespace headgate::intake::shell {

enum class CodeRuns { nothing, fetched, installer };

/// Code of python, perl, ruby, node or php: it fetches and runs what it fetched, or it runs an installer.
CodeRuns what_code_runs(std::string_view code);

/// The name of a program that installs or fetches stands in it, as a word.
bool mentions_installer(std::string_view script);

}  // namespace headgate::intake::shell
