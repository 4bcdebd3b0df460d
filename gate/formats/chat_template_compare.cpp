#include "formats/chat_template_compare.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/chat_template_lexer.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMostPieces = 4000;    // of the part that differs: the comparison is quadratic
constexpr std::size_t kMostChanges = 32;

bool begins_tag(const TemplateToken& token) {
    return token.kind == TemplateToken::Kind::block_begin || token.kind == TemplateToken::Kind::print_begin;
}
bool ends_tag(const TemplateToken& token) {
    return token.kind == TemplateToken::Kind::block_end || token.kind == TemplateToken::Kind::print_end;
}

// Runs of white space as one blank, none at the ends.
std::string collapsed(std::string_view text) {
    std::string result;
    for (const char c : trim(text)) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank) {
            result += c;
        } else if (!result.empty() && result.back() != ' ') {
            result += ' ';
        }
    }
    return result;
}

std::string spelled(const TemplateToken& token) { return token.kind == TemplateToken::Kind::string ? "'" + token.text + "'" : token.text; }

std::vector<std::string> pieces_of(std::string_view text, Budget& budget) {
    const TemplateTokens lexed = lex_template(text, budget);
    if (lexed.error) return {std::string(text)};
    std::vector<std::string> pieces;
    std::string tag;
    for (std::size_t i = 0; i < lexed.tokens.size(); ++i) {
        const TemplateToken& token = lexed.tokens[i];
        if (token.kind == TemplateToken::Kind::data) {
            const std::size_t end = i + 1 < lexed.tokens.size() ? lexed.tokens[i + 1].offset : text.size();
            if (token.offset < end && end <= text.size()) {
                std::string between = collapsed(text.substr(token.offset, end - token.offset));
                if (!between.empty()) pieces.push_back(std::move(between));
            }
        } else if (begins_tag(token)) {
            tag = token.kind == TemplateToken::Kind::block_begin ? "{%" : "{{";
        } else if (ends_tag(token)) {
            pieces.push_back(tag + (token.kind == TemplateToken::Kind::block_end ? " %}" : " }}"));
        } else if (token.kind != TemplateToken::Kind::end) {
            tag += " " + spelled(token);
        }
    }
    return pieces;
}

using Pieces = std::vector<std::string>;

// Lengths of the longest common subsequences of what is behind each pair of places.
class Common {
  public:
    Common(const Pieces& a, const Pieces& b) : width_(b.size() + 1), lengths_((a.size() + 1) * width_) {
        for (std::size_t i = a.size(); i-- > 0;) {
            for (std::size_t j = b.size(); j-- > 0;) {
                lengths_[i * width_ + j] = a[i] == b[j] ? static_cast<std::uint16_t>(at(i + 1, j + 1) + 1) : std::max(at(i + 1, j), at(i, j + 1));
            }
        }
    }
    std::uint16_t at(std::size_t i, std::size_t j) const { return lengths_[i * width_ + j]; }

  private:
    std::size_t width_;
    std::vector<std::uint16_t> lengths_;
};

std::string joined(const Pieces& pieces) {
    std::string text;
    for (const std::string& piece : pieces) text += (text.empty() ? "" : " ") + piece;
    return text;
}

}  // namespace

std::vector<TemplateChange> compare_templates(std::string_view base, std::string_view here, Budget& budget) {
    Pieces a = pieces_of(base, budget), b = pieces_of(here, budget);
    std::size_t head = 0;
    while (head < std::min(a.size(), b.size()) && a[head] == b[head]) ++head;
    std::size_t tail = 0;
    while (tail < std::min(a.size(), b.size()) - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    a = Pieces(a.begin() + static_cast<std::ptrdiff_t>(head), a.end() - static_cast<std::ptrdiff_t>(tail));
    b = Pieces(b.begin() + static_cast<std::ptrdiff_t>(head), b.end() - static_cast<std::ptrdiff_t>(tail));
    if (a.empty() && b.empty()) return {};
    const std::string first = "piece " + std::to_string(head + 1);
    if (a.size() > kMostPieces || b.size() > kMostPieces || !budget.step(a.size() * b.size())) return {{first, joined(a), joined(b)}};

    const Common common(a, b);
    std::vector<TemplateChange> changes;
    std::size_t i = 0, j = 0;
    while ((i < a.size() || j < b.size()) && changes.size() < kMostChanges) {
        if (i < a.size() && j < b.size() && a[i] == b[j]) {
            ++i;
            ++j;
            continue;
        }
        const std::size_t place = head + j + 1;
        Pieces gone, come;
        while (i < a.size() || j < b.size()) {
            if (i < a.size() && j < b.size() && a[i] == b[j]) break;
            if (j == b.size() || (i < a.size() && common.at(i + 1, j) >= common.at(i, j + 1))) {
                gone.push_back(a[i++]);
            } else {
                come.push_back(b[j++]);
            }
        }
        changes.push_back({"piece " + std::to_string(place), joined(gone), joined(come)});
    }
    return changes;
}

}  // namespace headgate::formats
