#include "pipeline/signing_service.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::size_t kShown = 300;
constexpr std::uint64_t kMaxAnswer = 32ULL << 20U;  // an entry repeats what was logged

// What a service says of its refusal: "message" of its JSON, or the text itself (JSON without escapes that hide a secret).
std::string reason_in(const std::string& body, const std::string& secret) {
    std::string text = body;
    if (const auto json = codec::parse_json(as_bytes(body)); json.ok()) {
        text = json->find_text("message") != nullptr ? *json->find_text("message") : codec::write_json(*json);
    }
    text = without_secret(trim(text), secret);
    return text.empty() ? "" : ": " + escape_terminal(text, kShown);
}

constexpr std::size_t kPiece = 8;     // bytes of a secret that are not shown in a row
constexpr std::size_t kWord = 32;     // characters of an encoding that may be one
constexpr std::size_t kLooked = 4096; // of a long text no more is looked at, nor shown

bool is_of_encodings(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '+' || c == '=' || c == '%';
}

}  // namespace

std::string without_secret(std::string_view text, std::string_view secret) {
    if (secret.empty()) return std::string(text);
    text = text.substr(0, kLooked);
    std::vector<bool> hidden(text.size());
    const auto hide = [&](std::size_t from, std::size_t length) {
        std::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(from), length, true);
    };
    const std::size_t piece = std::min(kPiece, secret.size());
    for (std::size_t at = 0; at + piece <= text.size(); ++at) {
        if (secret.find(text.substr(at, piece)) != std::string_view::npos) hide(at, piece);
    }
    for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
        for (end = at; end < text.size() && is_of_encodings(text[end]);) ++end;
        if (end - at >= kWord) hide(at, end - at);
    }
    std::string shown;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!hidden[at]) {
            shown += text[at];
        } else if (at == 0 || !hidden[at - 1]) {
            shown += "...";
        }
    }
    return shown;
}

Result<std::string> ask(const Question& question, const Send& send) {
    io::HttpRequest request;
    request.method = "POST";
    request.url = question.url;
    request.headers = {{"Content-Type", question.content_type}, {"Accept", question.accept}};
    request.body = question.body;
    io::HttpOptions options;
    options.response_bytes = kMaxAnswer;
    auto response = send(request, options);
    if (!response.ok()) return Error{response.error().code, question.who + ": " + response.error().message};
    const int status = response->status;
    if (status == 200 || status == 201) return std::move(response->body);
    const std::string answered = question.who + " at " + question.url + " answered " + std::to_string(status);
    if (status >= 300 && status < 400) return Error{ErrorCode::key, answered + ": it is somewhere else; name the right address, no redirect is followed"};
    return Error{status >= 500 || status == 429 ? ErrorCode::io : ErrorCode::key, answered + reason_in(response->body, question.secret)};
}

bool is_unreachable(const Error& error) { return error.code == ErrorCode::io || error.code == ErrorCode::deadline; }

}  // namespace headgate::pipeline
