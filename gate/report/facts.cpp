// facts.cpp: `headgate facts`: the evidence as recording/ writes it.
#include "recording/recording.hpp"
#include "report/report.hpp"

namespace headgate::report {

std::string facts(const Recording& recording) { return recording::write(recording); }

std::string facts(const Subject& subject, const Evidence& evidence) { return recording::write(subject, evidence); }

}  // namespace headgate::report
