// package_traits.hpp: Trait facts of one file or member, bounded: what is there a thousand times is said a few times.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "formats/parser.hpp"

namespace headgate::formats {

class PackageTraits {
  public:
    static constexpr std::uint32_t kMostOfOne = 3;

    /// Of the file or member that `context` is about.
    explicit PackageTraits(ParseContext& context) : context_(context) {}

    /// `detail` may be anything: it is shortened, and made UTF-8. Line 0: of the file as a whole.
    void add(std::string trait, std::string_view detail, std::uint32_t line = 0);

  private:
    ParseContext& context_;
    std::map<std::string, std::uint32_t, std::less<>> counts_;
};

/// What is written, in one line of at most `most` bytes.
std::string shortened(std::string_view written, std::size_t most = 160);

}  // namespace headgate::formats
