// main.cpp: `planted SUBJECT...` judges like `headgate check --isolate --output json`, with workers that have the bug of planted.hpp and
// short limits. `planted --alone DEED [WORD]` does a deed in a process that nothing contains: "done" shows that the deed works.
// `planted --list` names all deeds. Built by tests/e2e/isolation for itself; nothing installs it.
#include "planted/planted.hpp"

#include <cstdio>

#include "base/time.hpp"
#include "pipeline/decide.hpp"
#include "report/report.hpp"

namespace {

using namespace headgate;

io::WorkerLimits short_limits() {
    io::WorkerLimits limits;
    limits.deadline = std::chrono::milliseconds(700);
    limits.memory = 256ULL << 20U;
    limits.answer = 1U << 20U;
    return limits;
}

int judge(int count, char** words) {
    const auto isolation = pipeline::Isolation::start(pipeline::Isolation::Mode::required, short_limits(), planted::work);
    const auto policy = pipeline::load_policy("builtin:baseline");
    if (!isolation.ok() || !policy.ok()) {
        std::fprintf(stderr, "%s\n", (isolation.ok() ? policy.error() : isolation.error()).message.c_str());
        return 2;
    }
    pipeline::Request request;
    request.isolation = *isolation;
    request.now = parse_instant("2026-11-30T00:00:00Z").value();
    for (int i = 1; i < count; ++i) request.arguments.push_back({words[i], {}, {}});
    const Report report = pipeline::decide(*policy, request);
    std::printf("%s", report::json(report).c_str());
    return report.exit_code();
}

void list() {
    for (const planted::Deed& deed : planted::kForbidden) std::printf("forbidden %.*s\n", static_cast<int>(deed.name.size()), deed.name.data());
    for (const planted::Saying& saying : planted::sayings()) std::printf("saying %.*s\n", static_cast<int>(saying.name.size()), saying.name.data());
    for (const planted::Ending& ending : planted::kEndings) std::printf("ending %.*s\n", static_cast<int>(ending.name.size()), ending.name.data());
}

}  // namespace

int main(int count, char** words) {
    const std::string_view first = count > 1 ? words[1] : "";
    if (first == "--list") {
        list();
        return 0;
    }
    if (first == "--alone" && count > 2) {
        std::string line = words[2];
        if (count > 3) line += std::string(" ") + words[3];
        std::puts(planted::obey(line, "x").c_str());
        return 0;
    }
    return judge(count, words);
}
