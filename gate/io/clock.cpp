#include "io/clock.hpp"

#include <chrono>

namespace headgate::io {

Instant now() {
    using namespace std::chrono;
    return Instant{floor<seconds>(system_clock::now()).time_since_epoch().count()};
}

}  // namespace headgate::io
