// Oracle: bytes are either recordings that come back the same when they are written and read again, or an Error{malformed}
// that names the recording.
#include "fuzz/oracle.hpp"
#include "recording/recording.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = recording::read({data, size});
    if (!read.ok()) {
        ORACLE(read.error().code == ErrorCode::malformed);
        ORACLE(read.error().message.starts_with("recording ") || read.error().message.starts_with("no recording"));
        return 0;
    }
    ORACLE(!read->empty());
    std::string written;
    for (const Recording& recording : *read) written += recording::write(recording);
    const auto again = recording::read(as_bytes(written));
    ORACLE(again.ok());
    ORACLE(*again == *read);
    return 0;
}
