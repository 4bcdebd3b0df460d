// Notebooks (nbformat 3 and 4): the code cells, as IPython runs them. Prose and outputs are not code.
#include <algorithm>
#include <array>
#include <deque>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/notebook_lines.hpp"
#include "intake/python_module.hpp"
#include "intake/python_source.hpp"
#include "intake/shell_commands.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

using codec::Tree;

constexpr std::string_view kFormat = "notebook";
constexpr std::uint64_t kMostBytes = 64ULL << 20U;

/// Methods that run their first texts as a line of a shell, a magic with its line, or a cell: `get_ipython().system("pip install x")`.
constexpr std::array<std::string_view, 10> kRunners = {"system", "system_piped", "system_raw", "getoutput", "getstatusoutput", "popen", "magic", "run_line_magic", "run_cell_magic", "run_cell"};
constexpr std::size_t kMostCommands = 64;        // that one call can run
constexpr std::size_t kMostCellMagics = 16;      // in a cell, one in the other

bool is_one_of(std::string_view word, std::span<const std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }

/// Whether a line begins a statement, or continues a text or brackets of lines before it: there '!' and '%' are what they look like.
class Continuation {
  public:
    bool open() const { return quote_ != 0 || depth_ > 0 || joined_; }
    void read(std::string_view line) {
        joined_ = false;
        for (std::size_t at = 0; at < line.size(); ++at) {
            const char c = line[at];
            if (quote_ != 0) {
                if (c == '\\') {
                    ++at;
                } else if (line.substr(at, 3) == std::string(3, quote_)) {
                    at += 2;
                    quote_ = 0;
                }
                continue;
            }
            if (c == '#') return;
            if (c == '\\' && at + 1 == line.size()) joined_ = true;
            if (c == '(' || c == '[' || c == '{') ++depth_;
            if ((c == ')' || c == ']' || c == '}') && depth_ > 0) --depth_;
            if (c != '"' && c != '\'') continue;
            if (line.substr(at, 3) == std::string(3, c)) {
                quote_ = c;
                at += 2;
                continue;
            }
            for (++at; at < line.size() && line[at] != c; ++at) {
                if (line[at] == '\\') ++at;
            }
        }
    }

  private:
    char quote_ = 0;                     // of the text of several lines that is open
    int depth_ = 0;
    bool joined_ = false;
};

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        if (!root.is_table()) return fail("it is no notebook", root.line);
        std::size_t opaques = context_.evidence.opaques.size();
        if (const Tree* cells = root.find("cells")) read_cells(*cells);
        if (const Tree* sheets = root.find("worksheets")) {        // nbformat 3
            for (const Tree& sheet : sheets->items) {
                if (const Tree* cells = sheet.find("cells")) read_cells(*cells);
            }
        }
        const python::Locate locate = [this](std::uint32_t line) { return location(line); };
        if (!python::read_names(tokens_, locate, context_)) understood_ = false;
        read_calls();
        return understood_ && context_.evidence.opaques.size() == opaques;
    }

  private:
    /// A line of a cell, and where it stands in the file.
    struct Line {
        std::string_view text;
        std::uint32_t in_file = 1;
        std::uint32_t in_cell = 1;
    };
    struct Origin {
        std::uint32_t in_file = 1;
        std::uint32_t in_cell = 1;
        std::size_t cell = 0;
    };

    static std::string name_of(std::size_t cell, std::uint32_t line) { return "cell " + std::to_string(cell) + " line " + std::to_string(line); }
    Location location_of(std::uint32_t in_file, std::size_t cell, std::uint32_t in_cell) const { return {context_.path, name_of(cell, in_cell), std::nullopt, in_file}; }
    Location location(std::uint32_t line) const {
        const Origin& origin = origins_[std::min<std::size_t>(std::max(line, 1U), origins_.size()) - 1];
        return location_of(origin.in_file, origin.cell, origin.in_cell);
    }

    void read_cells(const Tree& cells) {
        if (!cells.is_array()) {
            fail("`cells` is no list", cells.line);
            return;
        }
        for (const Tree& cell : cells.items) {
            ++cell_;
            const Tree* type = cell.find("cell_type");
            const Tree* source = cell.find("source") != nullptr ? cell.find("source") : cell.find("input");
            if (type == nullptr || type->text != "code" || source == nullptr || !context_.room()) continue;
            std::vector<Line> lines = lines_of(*source);
            read_cell(lines);
        }
    }

    /// `source` is one text, or a list of texts, which are one where they are joined: a line may go on in the next of them.
    std::vector<Line> lines_of(const Tree& source) {
        std::string& whole = sources_.emplace_back();
        std::vector<std::pair<std::size_t, std::uint32_t>> parts;              // where each begins, and in which line of the file
        const auto add = [&](const Tree& node) {
            parts.emplace_back(whole.size(), std::max(node.line, 1U));
            whole += node.text;
        };
        if (source.is_text()) add(source);
        for (const Tree& item : source.items) {
            if (item.is_text()) {
                add(item);
            } else {
                fail("a line of a cell that is no text", item.line);
            }
        }
        std::vector<Line> lines;
        std::size_t part = 0;
        for (const std::string_view text : split_lines(whole)) {
            const auto offset = static_cast<std::size_t>(text.data() - whole.data());
            while (part + 1 < parts.size() && parts[part + 1].first <= offset) ++part;
            lines.push_back({text, parts[part].second, static_cast<std::uint32_t>(lines.size() + 1)});
        }
        return lines;
    }

    void read_cell(std::vector<Line>& lines) {
        bool unknown = false;
        for (std::size_t magics = 0;; ++magics) {
            const auto first = std::find_if(lines.begin(), lines.end(), [](const Line& line) { return !trim(line.text).empty(); });
            if (first == lines.end()) return;
            if (!trim(first->text).starts_with("%%")) break;
            if (magics >= kMostCellMagics) {
                fail("cell magics in cell magics", first->in_file);
                return;
            }
            notebook::CellMagic cell = notebook::read_cell_magic(first->text);
            auto line = first;
            if (!cell.command.empty()) shell(lines, line, cell.command);
            first->text = sources_.emplace_back(std::move(cell.python));
            if (cell.what == notebook::CellMagic::What::other) return;
            if (cell.what == notebook::CellMagic::What::shell) {
                for (++line; line < lines.end(); ++line) shell(lines, line, line->text);
                return;
            }
            unknown = unknown || cell.what == notebook::CellMagic::What::unknown;
        }
        python(lines, unknown);
    }

    /// A command with the lines that it goes on to, which are then none of Python's.
    void shell(std::vector<Line>& lines, std::vector<Line>::iterator& line, std::string_view command) {
        const Line begin = *line;
        std::string whole(command);
        while (whole.ends_with('\\') && line + 1 < lines.end()) {
            whole.pop_back();
            line->text = {};
            ++line;
            whole += line->text;
        }
        if (line < lines.end()) line->text = {};
        run(whole, location_of(begin.in_file, cell_, begin.in_cell));
    }

    void run(const std::string& command, const Location& where) {
        context_.member = where.member;
        context_.lines_before = where.line.value_or(1) - 1;
        if (!read_shell_line(notebook::flat_shell(command), context_)) understood_ = false;
        context_.member.clear();
        context_.lines_before = 0;
    }

    /// Commands that Python hands to IPython or to a shell, as far as they are constants.
    void read_calls() {
        const python::Module module(tokens_);
        for (std::size_t at = 0; at + 1 < tokens_.size() && context_.room(); ++at) {
            if (!tokens_.is_name(at) || !tokens_.is_op(at + 1, "(") || !is_one_of(tokens_[at].written, kRunners)) continue;
            if (at == 0 || tokens_.is_name(at - 1, "def")) continue;
            const std::string_view method = tokens_[at].written;
            const std::vector<python::Range> arguments = module.parts(at + 1);
            std::vector<std::string> texts = {""};           // what the arguments say, joined
            for (std::size_t i = 0; i < std::min<std::size_t>(arguments.size(), 3); ++i) {
                python::Range argument = arguments[i];
                if (tokens_.is_op(argument.begin + 1, "=")) argument.begin += 2;
                python::Values values = module.evaluate(argument);
                if (values.computed) values.constants.push_back(known_of(argument));
                if (values.constants.empty() && !values.computed) continue;
                texts = joined(texts, values, method == "run_cell_magic" && i == 1 ? "\n" : i == 0 ? "" : " ");
            }
            if (texts.size() > kMostCommands) {
                fail("a command that can be too many things", location(tokens_[at].line).line.value_or(1));
                continue;
            }
            for (const std::string& text : texts) called(method, text, location(tokens_[at].line));
        }
    }
    /// The texts of an expression; {computed} between them is what read_shell_line() knows as such.
    std::string known_of(python::Range expression) const {
        std::string known;
        for (std::size_t at = expression.begin; at < expression.end; ++at) {
            if (tokens_[at].kind == python::Token::Kind::text) known += tokens_.text(at);
            if (tokens_.is_name(at) && !known.ends_with("{computed}")) known += "{computed}";
        }
        return known;
    }
    static std::vector<std::string> joined(const std::vector<std::string>& fronts, const python::Values& backs, std::string_view between) {
        if (fronts.size() > kMostCommands) return fronts;
        std::vector<std::string> texts;
        for (const std::string& front : fronts) {
            for (const std::string& back : backs.constants) texts.push_back(front + std::string(between) + back);
        }
        return texts;
    }
    void called(std::string_view method, const std::string& text, const Location& where) {
        const bool cell = method == "run_cell" || method == "run_cell_magic";
        std::string code = method == "run_cell_magic" ? "%%" + text : text;
        if (method == "magic" || method == "run_line_magic") code = (text.starts_with('%') ? "" : "%") + text;
        bool script = !cell && !code.starts_with('%');
        for (const std::string_view line : split_lines(code)) {
            if (cell && !script && trim(line).starts_with("%%")) {
                const notebook::CellMagic magic = notebook::read_cell_magic(line);
                script = magic.what == notebook::CellMagic::What::shell;
                if (!magic.command.empty()) run(magic.command, where);
                continue;
            }
            const notebook::IpythonLine read = script ? notebook::IpythonLine{notebook::IpythonLine::What::shell, std::string(line)} : notebook::read_ipython(line);
            if (read.what == notebook::IpythonLine::What::shell && context_.room()) run(read.text, where);
        }
    }

    void python(std::vector<Line>& lines, bool unknown_magic) {
        Continuation continuation;
        for (auto line = lines.begin(); line < lines.end(); ++line) {
            if (!continuation.open()) ipython(lines, line);
            if (line < lines.end()) continuation.read(line->text);
        }
        std::string& source = sources_.emplace_back();
        const std::size_t known = origins_.size();
        for (const Line& line : lines) {
            source.append(line.text);
            source += '\n';
            origins_.push_back({line.in_file, line.in_cell, cell_});
        }
        const std::string problem = python::tokenise(source, static_cast<std::uint32_t>(known + 1), tokens_);
        // Cells hold all sorts of things that never ran; one that could name something is not passed over.
        const bool nothing = problem.empty() || !python::may_name_models(source);
        if (nothing || (unknown_magic && source.find('(') == std::string::npos)) return;
        understood_ = false;
        if (context_.room()) context_.opaque("a cell that is no Python", {context_.path, name_of(cell_, lines.front().in_cell), std::nullopt, lines.front().in_file});
    }

    /// What IPython makes of a line before Python sees it.
    void ipython(std::vector<Line>& lines, std::vector<Line>::iterator& line) {
        notebook::IpythonLine read = notebook::read_ipython(line->text);
        if (read.what == notebook::IpythonLine::What::shell) return shell(lines, line, read.text);
        if (read.what == notebook::IpythonLine::What::nothing) line->text = {};
        if (read.what == notebook::IpythonLine::What::python && read.text != line->text) line->text = sources_.emplace_back(std::move(read.text));
    }

    python::Tokens tokens_;
    std::deque<std::string> sources_;    // that the tokens look into
    std::vector<Origin> origins_ = {Origin{}};
    std::size_t cell_ = 0;
};

}  // namespace

bool parse_notebook(ByteView bytes, IntakeContext& context) {
    codec::TreeLimits limits;
    limits.bytes = kMostBytes;
    const auto root = codec::parse_json_tree(bytes, limits);
    if (!root) return malformed(context, kFormat, root.error().message);
    context.format(kFormat);
    return Reader(context).read(*root);
}

}  // namespace headgate::intake
