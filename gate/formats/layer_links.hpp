// layer_links.hpp: links in a layer of an image that is a model's. What lies in the folders of an operating system is not looked at as the model
// (layer_content.hpp): no link may make a file of the model of it, neither by itself nor by what is unpacked through it.
//
// Told is what a link says, without following others: so none may go up behind a folder that it names, nothing may be unpacked behind a link
// of the same layer, and no hard link may move a link. What a link of an earlier layer does to the entries of a later one is not told.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace headgate::formats {

class LayerLinks {
  public:
    /// The next entry: `path` from the root, without a slash in front; `type` as in the header, '1' a hard link, '2' a symbolic one.
    /// nullopt, or a clause that says what is wrong with it.
    std::optional<std::string> add(const std::string& path, char type, std::string_view link);

  private:
    std::optional<std::string> symbolic(const std::string& path, std::string_view link);

    std::set<std::string, std::less<>> links_;   // symbolic ones so far
    std::size_t held_ = 0;                       // bytes of their names
};

}  // namespace headgate::formats
