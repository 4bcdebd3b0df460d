// signing_service.hpp: one question to a signing service on the network (Fulcio, Rekor, a timestamp authority).
#pragma once

#include <functional>
#include <string>

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

/// POSTs it; the body of a 200 or 201. Every other status is an Error{key} with what the service says, a server's trouble (5xx) an Error{io};
/// redirects are not followed.
Result<std::string> ask(const Question& question, const Send& send);

/// True for what "not reachable" means: nobody answered, not in time, or only that it cannot now.
bool is_unreachable(const Error& error);

}  // namespace headgate::pipeline
