// nlohmann_json.hpp: what nlohmann-json, an independent reader, makes of a document, to compare with parse_json's tree.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "codec/json.hpp"

namespace headgate {

/// The tree from nlohmann's SAX events.
class NlohmannTree final : public nlohmann::json_sax<nlohmann::json> {
  public:
    bool null() override { return put({}); }
    bool boolean(bool value) override { return put(codec::Json::of(value)); }
    bool number_integer(number_integer_t value) override { return put(codec::Json::of(static_cast<std::int64_t>(value))); }
    bool number_unsigned(number_unsigned_t value) override { return real(std::to_string(value)); }      // written like an integer
    bool number_float(number_float_t, const string_t& spelling) override { return real(spelling); }
    bool string(string_t& value) override { return put(codec::Json::of(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(codec::Json::object()); }
    bool start_array(std::size_t) override { return open(codec::Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        if (stack_.back().find(name) != nullptr) duplicate_ = true;
        keys_.back() = name;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

    bool has_duplicate() const { return duplicate_; }
    std::size_t depth() const { return deepest_; }
    const codec::Json& root() const { return root_; }

  private:
    bool real(std::string spelling) {
        codec::Json json;
        json.type = codec::Json::Type::real;
        json.text = std::move(spelling);
        return put(std::move(json));
    }
    bool put(codec::Json value) {
        if (stack_.empty()) root_ = std::move(value);
        else if (stack_.back().is_array()) stack_.back().push(std::move(value));
        else stack_.back().add(keys_.back(), std::move(value));
        return true;
    }
    bool open(codec::Json container) {
        stack_.push_back(std::move(container));
        keys_.emplace_back();
        deepest_ = std::max(deepest_, stack_.size());
        return true;
    }
    bool close() {
        codec::Json value = std::move(stack_.back());
        stack_.pop_back();
        keys_.pop_back();
        return put(std::move(value));
    }

    codec::Json root_;
    std::vector<codec::Json> stack_;
    std::vector<std::string> keys_;
    bool duplicate_ = false;
    std::size_t deepest_ = 0;
};

/// With "-0" as the 0 that nlohmann reads.
inline codec::Json without_minus_zero(codec::Json value) {
    if (value.type == codec::Json::Type::integer && value.text == "-0") value.text = "0";
    for (codec::Json& item : value.items) item = without_minus_zero(std::move(item));
    for (codec::Json::Member& member : value.members) member.second = without_minus_zero(std::move(member.second));
    return value;
}

/// Whether parse_json and nlohmann agree on a document, but for what only parse_json refuses: duplicate keys, depth, a byte order mark,
/// and what follows a NUL.
inline bool same_as_nlohmann(std::string_view text) {
    const auto ours = codec::parse_json(as_bytes(text));
    NlohmannTree theirs;
    const bool taken = text.find('\0') == std::string_view::npos && !text.starts_with("\xef\xbb\xbf") && nlohmann::json::sax_parse(text, &theirs) &&
                       !theirs.has_duplicate() && theirs.depth() <= codec::JsonLimits{}.depth;
    if (ours.ok() != taken) return false;
    return !taken || codec::write_json(without_minus_zero(*ours)) == codec::write_json(theirs.root());
}

}  // namespace headgate
