// Notebooks (nbformat 3 and 4): the code cells, as IPython runs them. Prose and outputs are not code.
#include <algorithm>
#include <array>
#include <deque>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/python_source.hpp"
#include "intake/shell_commands.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

using codec::Tree;

constexpr std::string_view kFormat = "notebook";
constexpr std::uint64_t kMostBytes = 64ULL << 20U;

/// Cells that begin so are no Python.
constexpr std::array<std::string_view, 17> kOtherLanguages = {"%%html", "%%HTML", "%%javascript", "%%js", "%%markdown", "%%latex", "%%svg", "%%sql", "%%R",
                                                              "%%perl", "%%ruby", "%%cython", "%%writefile", "%%file", "%%script", "%%cmd", "%%bigquery"};
constexpr std::array<std::string_view, 3> kShells = {"%%bash", "%%sh", "%%shell"};

bool is_one_of(std::string_view word, std::span<const std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }

std::string_view first_word(std::string_view line) { return line.substr(0, std::min(line.find_first_of(" \t"), line.size())); }

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
            while (++at < line.size() && line[at] != c) {
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
    Location location(std::uint32_t line) const {
        const Origin& origin = origins_[std::min<std::size_t>(std::max(line, 1U), origins_.size()) - 1];
        return {context_.path, name_of(origin.cell, origin.in_cell), std::nullopt, origin.in_file};
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

    /// `source` is one text, or a list of lines.
    std::vector<Line> lines_of(const Tree& source) {
        std::vector<Line> lines;
        const auto add = [&](const Tree& node) {
            for (const std::string_view text : split_lines(node.text)) lines.push_back({text, std::max(node.line, 1U), static_cast<std::uint32_t>(lines.size() + 1)});
        };
        if (source.is_text()) add(source);
        for (const Tree& item : source.items) {
            if (item.is_text()) {
                add(item);
            } else {
                fail("a line of a cell that is no text", item.line);
            }
        }
        return lines;
    }

    void read_cell(std::vector<Line>& lines) {
        const auto first = std::find_if(lines.begin(), lines.end(), [](const Line& line) { return !trim(line.text).empty(); });
        if (first == lines.end()) return;
        const std::string_view magic = trim(first->text).starts_with("%%") ? first_word(trim(first->text)) : std::string_view{};
        if (is_one_of(magic, kOtherLanguages)) {
            const bool written_python = (magic == "%%writefile" || magic == "%%file") && trim(first->text).ends_with(".py");
            if (!written_python) return;
        }
        if (is_one_of(magic, kShells)) {
            for (auto line = first + 1; line < lines.end(); ++line) shell(lines, line, line->text);
            return;
        }
        if (!magic.empty()) first->text = {};
        python(lines, !magic.empty() && !is_one_of(magic, kOtherLanguages));
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
        line->text = {};
        context_.member = name_of(cell_, begin.in_cell);
        context_.lines_before = begin.in_file - 1;
        if (!read_shell_line(whole, context_)) understood_ = false;
        context_.member.clear();
        context_.lines_before = 0;
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
        const std::string_view text = trim(line->text);
        if (text.starts_with('!')) return shell(lines, line, text.substr(text.starts_with("!!") ? 2 : 1));
        if (text.starts_with('?') || text.ends_with('?')) {
            line->text = {};
            return;
        }
        const std::size_t assigned = text.find("= !");
        if (assigned != std::string_view::npos && first_word(text).find_first_of("(\"'") == std::string_view::npos) return shell(lines, line, text.substr(assigned + 3));
        const bool magic = text.size() > 1 && text[0] == '%' && ((text[1] >= 'a' && text[1] <= 'z') || (text[1] >= 'A' && text[1] <= 'Z'));
        if (!magic) return;
        const std::string_view word = first_word(text);
        if (word == "%time" || word == "%timeit" || word == "%prun") {
            line->text = trim(text.substr(word.size()));
        } else if (word == "%pip" || word == "%uv") {
            shell(lines, line, text.substr(1));
        } else if (word == "%env" || word == "%set_env") {
            std::string assignment(trim(text.substr(word.size())));
            if (const std::size_t gap = assignment.find(' '); assignment.find('=') == std::string::npos && gap != std::string::npos) assignment[gap] = '=';
            shell(lines, line, assignment);
        } else {
            line->text = {};
        }
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
