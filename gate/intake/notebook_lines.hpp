// notebook_lines.hpp: what IPython makes of a line before Python sees it: shell commands, magics, and what both are written like.
// Private to intake/notebook.cpp.
#pragma once

#include <string>
#include <string_view>

namespace headgate::intake::notebook {

struct IpythonLine {
    enum class What { python, shell, nothing } what = What::python;
    std::string text = {};               // the command, or the Python that is left
};

/// A line that begins a statement.
IpythonLine read_ipython(std::string_view line);

/// The first line of a cell that begins with "%%".
struct CellMagic {
    enum class What {
        shell,                           // the rest of the cell is a script
        other,                           // of another language, or only written to a file
        python,                          // Python, or cell magics in turn
        unknown,                         // Python, or anything
    } what = What::unknown;
    std::string command = {};            // of the line itself, which a shell runs
    std::string python = {};             // of the line itself
};
CellMagic read_cell_magic(std::string_view line);

/// Commands in parentheses, in $() and in backquotes are commands too: parted by ";" as read_shell_line() knows it. Texts in quotes stay.
std::string flat_shell(std::string_view command);

}  // namespace headgate::intake::notebook
