// package_plain.hpp: source of a package as the readers of calls follow it: what is written in a roundabout way, written plainly.
//
// python_source.hpp and javascript_source.hpp look at calls of names. Here, before them, token by token and without a parser:
//
//   Python      names in letters that NFKC makes ASCII of ("exec" in full width); a function that is handed to what calls it
//               (map(exec, x), partial(exec, x)(), Thread(target=exec, args=(x,)), Thread(target=lambda: ...)); the name of a text that fetches
//   JavaScript  a function that is handed on (.then(eval)); what a module's import() promises (.then(m => ...))
//
// Lines keep their numbers. What is rewritten says what the source does, or more; a pattern that is not known stays as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/package_words.hpp"
#include "formats/parser.hpp"
#include "formats/python_source.hpp"

namespace headgate::formats {

/// examine_python() of the plain form. `exec` or `eval` as a value, in a module that fetches at the same stage, is code that is fetched.
void examine_python_plainly(ByteView source, const PythonRole& role, const PackageWords& words, ParseContext& context);

/// examine_javascript() of the plain form.
std::vector<std::string> examine_javascript_plainly(ByteView source, bool run_by_hook, const PackageWords& words, ParseContext& context);

}  // namespace headgate::formats
