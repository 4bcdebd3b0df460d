// mistakes.hpp: everything that is wrong with one policy file, collected with its place, so that one run tells all.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/yaml.hpp"

namespace headgate::policy {

class Mistakes {
  public:
    explicit Mistakes(std::string_view file) : file_(file) {}

    void add(std::uint32_t line, std::uint32_t column, std::string message);
    void add(const codec::Yaml& node, std::string message) { add(node.line, node.column, std::move(message)); }
    void add(const codec::Yaml::Entry& entry, std::string message) {
        add(entry.key_line, entry.key_column, std::move(message));
    }

    bool empty() const { return mistakes_.empty(); }
    std::size_t size() const { return mistakes_.size(); }
    /// "FILE:LINE", as verdicts show where a rule stands.
    std::string line_of(const codec::Yaml& node) const { return file_ + ":" + std::to_string(node.line); }
    /// "FILE:LINE:COLUMN", for what is found wrong later, when the file that a value names is read.
    std::string place_of(const codec::Yaml& node) const { return line_of(node) + ":" + std::to_string(node.column); }
    /// Error{policy}: one mistake a line, in the order of the file, "FILE:LINE:COLUMN: message".
    Error error() const;

  private:
    struct Mistake {
        std::uint32_t line;
        std::uint32_t column;
        std::string message;
    };
    std::string file_;
    std::vector<Mistake> mistakes_;
};

/// A word of the policy in quotes, cut where it is too long to be one, letters beyond ASCII as "\u{43e}".
std::string shown(std::string_view word);

/// "; did you mean 'x'?" or, when nothing is near, "; expected one of a, b, c". `none`: what is said when nothing is valid.
std::string hint(std::string_view word, std::span<const std::string_view> valid, std::string_view none = "none is defined");

}  // namespace headgate::policy
