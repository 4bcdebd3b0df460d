#include "checkers/architecture.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace headgate::checkers {
namespace {

constexpr std::uint64_t kMaxLayers = 2048;   // more than any model has: then its layers are not looked for one by one
constexpr std::string_view kFolder = "architectures/";

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (const std::string_view word : split(line, ' ')) {
        if (!trim(word).empty()) words.push_back(trim(word));
    }
    return words;
}

std::optional<std::uint64_t> whole(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// One file for one configuration, line by line.
class Reading {
  public:
    Reading(const Configuration& configuration, Architecture& architecture) : configuration_(configuration), architecture_(architecture) {}

    /// "" or what is wrong with the line.
    std::string take(const std::vector<std::string_view>& words) {
        const std::string_view verb = words.front();
        if (words.size() < 2) return "'" + std::string(verb) + "' of what?";
        if (verb == "type") return {};
        if (verb == "size") return size(words);
        if (verb == "prefix") return list(words, architecture_.prefixes, true);
        if (verb == "ignore") return list(words, architecture_.ignored, false);
        if (verb == "tensor") return tensor(words, {ExpectedTensor::Need::required, false, {}});
        if (verb == "embedding") return tensor(words, {ExpectedTensor::Need::required, true, {}});
        if (verb == "head") return tensor(words, {ExpectedTensor::Need::head, false, {}});
        if (verb == "optional") return tensor(words, {ExpectedTensor::Need::optional, false, {}});
        return "unknown word '" + std::string(verb) + "'";
    }

  private:
    static std::string list(const std::vector<std::string_view>& words, std::vector<std::string>& to, bool dash_is_none) {
        for (std::size_t i = 1; i < words.size(); ++i) to.emplace_back(dash_is_none && words[i] == "-" ? "" : words[i]);
        return {};
    }

    std::string size(const std::vector<std::string_view>& words) {
        if (words.size() < 3 || words.size() > 4) return "expected 'size X KEY [DEFAULT]'";
        std::optional<std::uint64_t> value = number_of(configuration_, words[2]);
        if (!value && words.size() == 4) value = extent(words[3]);
        sizes_[std::string(words[1])] = value;
        return {};
    }

    // A product of sizes and numbers; nullopt when one of them is not known, it overflows, or a division leaves a rest.
    std::optional<std::uint64_t> extent(std::string_view text) const {
        std::optional<std::uint64_t> value;
        char operation = '*';
        while (!text.empty()) {
            const std::size_t end = std::min(text.find_first_of("*/"), text.size());
            const auto factor = factor_of(text.substr(0, end));
            if (!factor) return std::nullopt;
            std::uint64_t product = value.value_or(1);
            if (operation == '*' && __builtin_mul_overflow(product, *factor, &product)) return std::nullopt;
            if (operation == '/') {
                if (*factor == 0 || product % *factor != 0) return std::nullopt;
                product /= *factor;
            }
            value = product;
            if (end == text.size()) break;
            operation = text[end];
            text.remove_prefix(end + 1);
        }
        return value;
    }
    std::optional<std::uint64_t> factor_of(std::string_view word) const {
        const auto known = sizes_.find(word);
        return known == sizes_.end() ? whole(word) : known->second;
    }

    std::string tensor(const std::vector<std::string_view>& words, ExpectedTensor expected) {
        if (words.size() < 3) return "expected a name and its shape";
        if (words[2] != "any") {
            std::vector<std::uint64_t> shape;
            for (std::size_t i = 2; i < words.size(); ++i) {
                if (const auto one = extent(words[i])) shape.push_back(*one);
            }
            if (shape.size() == words.size() - 2) expected.shape = std::move(shape);
        }
        const std::string name(words[1]);
        const std::size_t open = name.find('{');
        if (open == std::string::npos) {
            architecture_.tensors.emplace(name, std::move(expected));
            return {};
        }
        const std::size_t close = name.find('}', open);
        const auto count = close == std::string::npos ? sizes_.end() : sizes_.find(name.substr(open + 1, close - open - 1));
        if (count == sizes_.end()) return "'" + name + "' counts by a size that is not defined above it";
        for (std::uint64_t layer = 0; layer < std::min(count->second.value_or(0), kMaxLayers); ++layer) {
            architecture_.tensors.emplace(name.substr(0, open) + std::to_string(layer) + name.substr(close + 1), expected);
        }
        return {};
    }

    const Configuration& configuration_;
    Architecture& architecture_;
    std::map<std::string, std::optional<std::uint64_t>, std::less<>> sizes_;
};

// The lines that say something, with their numbers.
std::vector<std::pair<std::size_t, std::vector<std::string_view>>> lines_of(ByteView bytes) {
    std::vector<std::pair<std::size_t, std::vector<std::string_view>>> lines;
    std::size_t number = 0;
    for (const std::string_view line : split_lines(as_text(bytes))) {
        ++number;
        auto words = words_of(line);
        if (!words.empty() && !words.front().starts_with('#')) lines.emplace_back(number, std::move(words));
    }
    return lines;
}

template <typename Visit>
void each_type(const RuleData& data, Visit visit) {
    for (const std::string& path : data.below(kFolder)) {
        const auto bytes = data.file(path);
        if (!bytes) continue;
        for (const auto& [number, words] : lines_of(*bytes)) {
            if (words.front() != "type") continue;
            for (std::size_t i = 1; i < words.size(); ++i) visit(words[i], path, *bytes);
        }
    }
}

}  // namespace

const PredicateField* field_of(const Configuration& configuration, std::string_view key) {
    for (const PredicateField& field : configuration.fields) {
        if (field.pointer.size() == key.size() + 1 && field.pointer.ends_with(key) && field.type != PredicateField::Type::null) return &field;
    }
    return nullptr;
}

std::optional<std::uint64_t> number_of(const Configuration& configuration, std::string_view key) {
    const PredicateField* const field = field_of(configuration, key);
    return field == nullptr || field->type != PredicateField::Type::number ? std::nullopt : whole(field->value);
}

bool matches_star(std::string_view glob, std::string_view text) {
    std::size_t star = std::string_view::npos, resume = 0, at = 0, g = 0;
    while (at < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            resume = at;
        } else if (g < glob.size() && glob[g] == text[at]) {
            ++g;
            ++at;
        } else if (star != std::string_view::npos) {
            g = star + 1;
            at = ++resume;
        } else {
            return false;
        }
    }
    while (g < glob.size() && glob[g] == '*') ++g;
    return g == glob.size();
}

bool Architecture::ignores(std::string_view name) const {
    return std::any_of(ignored.begin(), ignored.end(), [&](const std::string& glob) { return matches_star(glob, name); });
}

Result<std::optional<Architecture>> find_architecture(const RuleData& data, const Configuration& configuration) {
    const PredicateField* const type = field_of(configuration, "model_type");
    if (type == nullptr) return std::optional<Architecture>();
    std::string found_path;
    ByteView found;
    each_type(data, [&](std::string_view name, const std::string& path, ByteView bytes) {
        if (name != type->value || !found_path.empty()) return;
        found_path = path;
        found = bytes;
    });
    if (found_path.empty()) return std::optional<Architecture>();
    Architecture architecture;
    architecture.type = type->value;
    Reading reading(configuration, architecture);
    for (const auto& [number, words] : lines_of(found)) {
        const std::string problem = reading.take(words);
        if (!problem.empty()) return Error{ErrorCode::policy, "rules/" + found_path + ":" + std::to_string(number) + ": " + problem};
    }
    if (architecture.prefixes.empty()) architecture.prefixes.emplace_back();
    return std::optional(std::move(architecture));
}

std::vector<std::string> known_architectures(const RuleData& data) {
    std::vector<std::string> types;
    each_type(data, [&](std::string_view name, const std::string&, ByteView) { types.emplace_back(name); });
    std::sort(types.begin(), types.end());
    return types;
}

}  // namespace headgate::checkers
