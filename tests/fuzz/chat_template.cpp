// Chat templates: problems lie inside the template and have an id; judging twice says the same.
#include "formats/chat_template.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static const Limits kLimits = fuzz::small_limits();
    Budget budget(kLimits);
    const auto problems = formats::check_template(as_text({data, size}), budget);
    for (const formats::TemplateProblem& problem : problems) {
        ORACLE(problem.id.starts_with("template.") && !problem.message.empty());
        ORACLE(problem.offset <= size);
    }
    Budget again(kLimits);
    ORACLE(formats::check_template(as_text({data, size}), again).size() == problems.size());
    return 0;
}
