// Shell script in a RUN line: any bytes. Either it is read, or it is said that something in it is not.
#include "fuzz/intake_oracle.hpp"
#include "intake/shell_installs.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    Limits limits;
    limits.facts = 2000;
    Evidence facts;
    intake::IntakeContext context{limits, facts, "Dockerfile"};
    const auto lookup = [](std::string_view name) { return name == "KNOWN" ? std::optional<std::string>("value") : std::nullopt; };
    const bool understood = intake::shell::read_installs(as_text({data, size}), 1, lookup, context);
    ORACLE(understood ? facts.opaques.empty() : !facts.opaques.empty());
    for (const Requirement& requirement : facts.requirements) ORACLE(!requirement.reference.canonical.empty());
    return 0;
}
