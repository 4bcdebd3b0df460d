#include "server/plain_response.hpp"

#include "codec/json.hpp"

namespace headgate::server {
namespace {

std::string_view phrase(int status) {
    switch (status) {
        case 400: return "Bad Request";
        case 405: return "Method Not Allowed";
        case 411: return "Length Required";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 431: return "Request Header Fields Too Large";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Refused";
    }
}

}  // namespace

std::string plain_response(int status, const std::string& reason, bool keep_alive) {
    codec::Json body = codec::Json::object();
    body.add("error", codec::Json::of(reason));
    const std::string text = codec::write_json(body) + "\n";
    return "HTTP/1.1 " + std::to_string(status) + " " + std::string(phrase(status)) +
           "\r\nContent-Type: application/json\r\n" + (status == 503 ? "Retry-After: 1\r\n" : "") +
           (keep_alive ? "" : "Connection: close\r\n") + "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" +
           text;
}

}  // namespace headgate::server
