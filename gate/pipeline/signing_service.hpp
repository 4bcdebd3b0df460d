// signing_service.hpp: one question to a signing service on the network (Fulcio, Rekor, a timestamp authority).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/http.hpp"

namespace headgate::pipeline {

/// io::http_send, or a test's.
using Send = std::function<Result<io::HttpResponse>(const io::HttpRequest& request, const io::HttpOptions& options)>;

struct Question {
    std::string who;                     // "Fulcio", "the log", "the timestamp authority": for messages
    std::string url;
    std::string content_type = "application/json";
    std::string accept = "application/json";
    std::string body;
    std::string secret;                  // of the body; cut out of whatever the service says, before it is shown
};

/// What a service says, without what it was told in secret: neither a piece of the secret (8 bytes or more) nor any long word (32 characters
/// and more) of the letters that encodings use, which could be the secret in other clothes. Unchanged where there is no secret.
std::string without_secret(std::string_view text, std::string_view secret);

/// POSTs it; the body of a 200 or 201. Every other status is an Error{key} with what the service says, a server's trouble (5xx) an Error{io};
/// redirects are not followed.
Result<std::string> ask(const Question& question, const Send& send);

/// True for what "not reachable" means: nobody answered, not in time, or only that it cannot now.
bool is_unreachable(const Error& error);

}  // namespace headgate::pipeline
