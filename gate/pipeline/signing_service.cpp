#include "pipeline/signing_service.hpp"

#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::size_t kShown = 300;
constexpr std::uint64_t kMaxAnswer = 32ULL << 20U;  // an entry repeats what was logged

// What a service says of its refusal: "message" of its JSON, or the text itself.
std::string reason_in(const std::string& body, const std::string& secret) {
    std::string text = body;
    const auto json = codec::parse_json(as_bytes(body));
    if (json.ok() && json->find_text("message") != nullptr) text = *json->find_text("message");
    for (std::size_t at = secret.empty() ? std::string::npos : text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
        text.replace(at, secret.size(), "...");
    }
    return text.empty() ? "" : ": " + escape_terminal(trim(text), kShown);
}

}  // namespace

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
