// chat_template_compare.hpp: two chat templates by what they consist of: the tags of each, word by word as the lexer reads them,
// and the text between. How a tag is spaced, and comments, make no difference; a condition more, or a sentence, does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"

namespace headgate::formats {

struct TemplateChange {
    std::string about;                   // "piece 12": of the template here, from 1
    std::string base;                    // pieces that only the base has, one after the other; "" none
    std::string here;
};

/// What `here` has other than `base`, in order; neighbours are one change. At most 32. A template that the lexer refuses is one
/// piece: its text.
std::vector<TemplateChange> compare_templates(std::string_view base, std::string_view here, Budget& budget);

}  // namespace headgate::formats
