// pickle_names.hpp: Python 2 names as Python 3 resolves them. Below protocol 3 every unpickler maps names through
// CPython's Lib/_compat_pickle.py (NAME_MAPPING, then IMPORT_MAPPING; the tables here are those of Python 3.11) before it
// imports anything: "commands getoutput" imports subprocess.
#pragma once

#include <string_view>
#include <utility>

namespace headgate::formats {

/// (module, name) after mapping; the same views when nothing is mapped.
std::pair<std::string_view, std::string_view> python3_name(std::string_view module, std::string_view name);

}  // namespace headgate::formats
