#include "checkers/publishers.hpp"

namespace headgate::checkers {

std::string_view publisher_of(std::string_view ecosystem, std::string_view name) {
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos) return {};
    if (ecosystem == "npm") return name.starts_with('@') ? name.substr(0, slash) : std::string_view();
    if (ecosystem == "maven") return name.substr(0, slash);
    if (ecosystem != "golang") return {};
    const std::size_t end = name.find('/', slash + 1);
    return end == std::string_view::npos ? std::string_view() : name.substr(0, end);
}

bool same_publisher(std::string_view ecosystem, std::string_view one, std::string_view other) {
    const std::string_view publisher = publisher_of(ecosystem, one);
    return !publisher.empty() && publisher == publisher_of(ecosystem, other);
}

}  // namespace headgate::checkers
