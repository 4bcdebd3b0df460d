// log.hpp: what a server says: a line of JSON on stderr for each request and event.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

namespace headgate::server {

/// One line; hostile strings escaped. From any thread, in the order of the calls. Whoever calls while another thread writes leaves the line to
/// that one, so that threads do not wait for each other; more than a megabyte that nobody takes makes them wait.
void log_line(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

/// What is still to be written: before the process ends, and now and then.
void flush_log();

}  // namespace headgate::server
