// here_document.hpp: where a here-document of a script ends (POSIX Shell Command Language, 2.7.4).
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace headgate::intake::shell {

/// Those of one script, in their order.
class HereDocuments {
  public:
    struct Found {
        std::string body;
        std::size_t behind = 0;          // place behind the line that ends it
    };
    /// nullopt: it does not end. What does not end from one place on does not end from further on, and is not looked for again; nor is
    /// anything once many did not end.
    std::optional<Found> find(std::string_view text, std::size_t from, const std::string& end, bool strips) {
        std::string key = end + (strips ? '-' : ' ');
        if (torn_.size() >= kMostTorn || torn_.contains(key)) return std::nullopt;
        Found found{{}, from};
        while (found.behind < text.size()) {
            const std::size_t line_end = std::min(text.find('\n', found.behind), text.size());
            std::string_view line = text.substr(found.behind, line_end - found.behind);
            found.behind = std::min(line_end + 1, text.size());
            while (strips && line.starts_with('\t')) line.remove_prefix(1);
            if (line == end) return found;
            found.body.append(line).push_back('\n');
        }
        torn_.insert(std::move(key));
        return std::nullopt;
    }

  private:
    static constexpr std::size_t kMostTorn = 64;
    std::set<std::string> torn_;
};

}  // namespace headgate::intake::shell
