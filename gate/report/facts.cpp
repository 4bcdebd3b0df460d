// facts.cpp: `headgate facts`: the evidence as recording/ writes it.
#include "recording/recording.hpp"
#include "report/report.hpp"

namespace headgate::report {

std::string facts(const Recording& recording) { return recording::write(recording); }

}  // namespace headgate::report
