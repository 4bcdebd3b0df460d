#include "server/http_response.hpp"

#include "codec/json.hpp"

namespace headgate::server {
namespace {

std::string_view phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 202: return "Accepted";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 411: return "Length Required";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Refused";
    }
}

}  // namespace

std::string http_response(int status, std::string_view content_type, std::string_view body, bool keep_alive, bool with_body) {
    std::string text;
    text.reserve(192 + body.size());
    text += "HTTP/1.1 " + std::to_string(status) + " ";
    text += phrase(status);
    text += "\r\nContent-Type: ";
    text += content_type;
    if (status == 401) text += "\r\nWWW-Authenticate: Bearer";
    if (status == 503) text += "\r\nRetry-After: 1";
    if (!keep_alive) text += "\r\nConnection: close";
    text += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    if (with_body) text += body;
    return text;
}

std::string error_response(int status, std::string_view reason, bool keep_alive, bool with_body) {
    std::string body = "{\"error\":";
    codec::append_json(reason, body);
    body += "}\n";
    return http_response(status, "application/json", body, keep_alive, with_body);
}

}  // namespace headgate::server
