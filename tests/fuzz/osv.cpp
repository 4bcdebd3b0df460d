// Oracle: a record with an id, or an Error that says why; asked for nothing, it has no package and names the same ecosystems.
#include "advisories/osv.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 65536) return 0;
    const auto all = advisories::read_osv({data, size}, [](const std::string&) { return true; });
    const auto none = advisories::read_osv({data, size}, [](const std::string&) { return false; });
    if (!all.ok()) {
        ORACLE(!all.error().message.empty());
        return 0;
    }
    ORACLE(!all->advisory.id.empty());
    for (const AffectedPackage& package : all->advisory.affected) {
        ORACLE(!package.key.empty() && package.key.starts_with(package.ecosystem + "/"));
        for (const auto& events : package.ranges) ORACLE(!events.empty());
    }
    ORACLE(none.ok());   // what is passed over is read less strictly, never more
    ORACLE(none->advisory.affected.empty());
    ORACLE(none->ecosystems == all->ecosystems);
    return 0;
}
