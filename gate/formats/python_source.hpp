// python_source.hpp: what Python source does by itself, when it is imported, installed or when the interpreter starts, as traits:
//
//   network-at-S          it sends or fetches
//   process-at-S          it starts another program
//   fetches-and-runs-at-S it starts one with what it fetched, or by a command line that fetches something and runs it
//   decoded-command-at-S  it starts one by a text that was encoded
//   decoded-code-at-S     it runs text as code that was encoded, compressed, encrypted, or written in escapes or numbers
//   decoded-objects-at-S  it makes objects of such bytes (pickle)
//   downloaded-code-at-S  it runs as code, or makes objects of, what it fetched
//   environment-sent-at-S it sends all variables of the environment, or whose machine this is
//   remote-shell-at-S     it ties a shell to a connection
//   far-right, encoded-literal, unusual-encoding, unreadable-source, oversized-source, and those of source_text.hpp
//
// S is "import", "install" or "start". By itself runs: what stands outside functions, and the functions and classes that this
// calls by name, decorates with, makes its classes with (metaclasses, __init_subclass__), or sets as a handler, as far as it shows.
// Not: `if __name__ == "__main__"`, unless it is run as a script or gives itself that name. What flows from where is followed by the names of variables, within
// one module. A source that does the same in ways that nobody lists is not found out: this is no proof of innocence.
#pragma once

#include <string_view>

#include "formats/package_traits.hpp"
#include "formats/package_words.hpp"

namespace headgate::formats {

struct PythonRole {
    std::string_view stage = "import";
    bool every_function = false;         // as if all were called: whoever runs it calls them (setup.py)
    bool classes = false;                // trait "install-command" for classes that take the place of a command of the installer
    bool main = false;                   // run as a script: `if __name__ == "__main__"` is entered
};

/// One module. Steps are taken from the budget; where it runs out a finding says so.
void examine_python(ByteView source, const PythonRole& role, const PackageWords& words, ParseContext& context);

}  // namespace headgate::formats
