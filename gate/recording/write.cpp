#include <array>
#include <charconv>
#include <type_traits>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "codec/json.hpp"
#include "recording/fields.hpp"
#include "recording/recording.hpp"
#include "recording/words.hpp"

namespace headgate::recording {
namespace {

// Whether the key is written at all.
template <typename T>
bool is_there(const T&) { return true; }
template <typename T>
bool is_there(const std::optional<T>& value) { return value.has_value(); }
template <typename T>
bool is_there(const NotEmpty<T>& text) { return !text.value.empty(); }
template <typename T>
bool is_there(const Mark<T>& mark) { return mark.value; }
template <typename T>
bool is_there(const NotEmptyList<T>& list) { return !list.value.empty(); }
template <typename T>
bool is_there(const MaybeSha256<T>& text) { return !text.value.empty(); }
template <typename T>
bool is_there(const Line<T>& line) { return line.value.has_value(); }
template <typename T>
bool is_there(const Time<T>& time) { return time.value.has_value(); }

std::string shortest_decimal(double value) {
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) {}

    /// One field of the object that is being written.
    template <typename T>
    void operator()(std::string_view key, const T& value) {
        if (!is_there(value)) return;
        out_ += first_ ? "\"" : ",\"";
        out_ += key;
        out_ += "\":";
        put(value);
        first_ = false;
    }

    template <typename Fill>
    void object(Fill fill) {
        out_ += '{';
        first_ = true;
        fill();
        out_ += '}';
        first_ = false;
    }

  private:
    void put(bool value) { out_ += value ? "true" : "false"; }
    void put(std::uint64_t value) { out_ += std::to_string(value); }
    void put(std::string_view text) {
        const bool valid = is_utf8(text);
        out_ += valid ? "\"" : R"({"base64":")";
        out_ += valid ? codec::escape_json(text) : to_base64(as_bytes(text));
        out_ += valid ? "\"" : "\"}";
    }
    void put(const std::string& text) { put(std::string_view(text)); }
    void put(const Reference& reference) { put(reference.canonical); }
    void put(const Constant& constant) { put(constant.value); }

    template <typename T>
    void put(const Real<T>& number) { put(std::string_view(shortest_decimal(number.value))); }
    template <typename T>
    void put(const NotEmpty<T>& text) { put(text.value); }
    template <typename T>
    void put(const Mark<T>& mark) { put(mark.value); }
    template <typename T>
    void put(const NotEmptyList<T>& list) { put(list.value); }
    template <typename T>
    void put(const Sha256<T>& text) { put(text.value); }
    template <typename T>
    void put(const MaybeSha256<T>& text) { put(text.value); }
    template <typename T>
    void put(const Sha256List<T>& list) { put(list.value); }
    template <typename T>
    void put(const Checksums<T>& list) { put(list.value); }
    template <typename T>
    void put(const Line<T>& line) { put(std::uint64_t{*line.value}); }
    template <typename T>
    void put(const Time<T>& time) { put(format_instant({*time.value})); }
    template <typename T>
    void put(const std::optional<T>& value) { put(*value); }

    template <typename T>
    void put(const std::vector<T>& list) {
        out_ += '[';
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i > 0) out_ += ',';
            put(list[i]);
        }
        out_ += ']';
    }
    template <typename T>
    void put(const T& value) {
        if constexpr (std::is_enum_v<T>) {
            put(Words<T>::kAll.at(static_cast<std::size_t>(value)));
        } else {
            object([&] { fields(value, *this); });
        }
    }

    std::string& out_;
    bool first_ = true;
};

}  // namespace

std::string write(const Recording& recording) {
    std::string out;
    Writer writer(out);
    writer.object([&] { fields(recording, writer); });
    out += '\n';
    return out;
}

}  // namespace headgate::recording
