// log.hpp: what a server says: a line of JSON on stderr for each request and event.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

namespace headgate::server {

/// One line; hostile strings escaped. From any thread, in the order of the calls. It is written within some ten milliseconds: a process that is killed
/// loses what waits. More than a megabyte that nobody takes makes callers wait; after end_log() for some seconds, and then the line is lost.
void log_line(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

/// Nobody is served any more. May be called by a signal's handler.
void end_log() noexcept;

/// Waits until all of it is written, for some seconds at most.
void flush_log();

/// Lines have been waiting for some seconds: nobody takes them from stderr.
bool log_is_stuck();

}  // namespace headgate::server
