// recording.hpp: what was found out about one subject, whole: all that judging needs, without a file. `headgate facts`
// prints it; policy tests, `policy diff` and benchmarks judge it again (recording/recording.hpp reads and writes it).
#pragma once

#include <vector>

#include "model/fact.hpp"
#include "model/subject.hpp"

namespace headgate {

/// A manifest inside an artifact, as a subject of its own.
struct InnerSubject {
    Subject subject;
    Evidence evidence;
    friend bool operator==(const InnerSubject&, const InnerSubject&) = default;
};

struct Recording {
    Subject subject;
    Evidence evidence;
    std::vector<InnerSubject> inner;     // in path order; they are judged first, and hold no others
    friend bool operator==(const Recording&, const Recording&) = default;
};

}  // namespace headgate
