#include "formats/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace headgate::formats {
namespace {

constexpr std::uint64_t kInputWindow = 1U << 20U;
constexpr std::size_t kFirstOutput = 16U << 10U;
constexpr std::uint64_t kDeflateMaximum = 1032;  // output bytes per input byte that deflate can reach at all

int window_bits(Wrapper wrapper) {
    switch (wrapper) {
        case Wrapper::raw: return -MAX_WBITS;
        case Wrapper::zlib: return MAX_WBITS;
        case Wrapper::gzip: return MAX_WBITS + 16;
    }
    return MAX_WBITS;
}

/// inflateInit2 and inflateEnd, paired.
class Stream {
  public:
    explicit Stream(Wrapper wrapper) { ready_ = inflateInit2(&z, window_bits(wrapper)) == Z_OK; }
    ~Stream() {
        if (ready_) inflateEnd(&z);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    bool ready() const { return ready_; }

    z_stream z{};

  private:
    bool ready_ = false;
};

Bytef* input_of(ByteView bytes) {
    return const_cast<Bytef*>(bytes.data());  // zlib's next_in is not const; inflate() does not write to it
}

/// Room for more output: doubled, never beyond what the cap and the input read so far can justify.
void grow(Bytes& out, std::size_t used, std::uint64_t cap) {
    const std::uint64_t doubled = std::max<std::uint64_t>(kFirstOutput, std::uint64_t{used} * 2);
    out.resize(static_cast<std::size_t>(std::min(doubled, cap)));
}

}  // namespace

Inflated inflate(ByteSource& source, std::uint64_t offset, std::uint64_t length, Wrapper wrapper, const Limits& limits,
                 Budget& budget, std::uint64_t expected) {
    Inflated result;
    Stream stream(wrapper);
    if (!stream.ready()) {
        result.why = "zlib has no memory";
        result.status = Inflated::Status::limit;
        return result;
    }
    const std::uint64_t memory_cap = limits.member_bytes;
    const std::uint64_t cap = expected == 0 ? memory_cap : std::min(memory_cap, expected);
    if (length <= std::numeric_limits<std::uint64_t>::max() / kDeflateMaximum && expected != 0) {
        // The declared size is believed only as far as deflate could reach it from the bytes that are there.
        const std::uint64_t reachable = std::max<std::uint64_t>(kFirstOutput, length * kDeflateMaximum);
        const std::uint64_t ratio_cap = std::max(limits.ratio_floor, length * limits.expansion_ratio);
        result.bytes.resize(static_cast<std::size_t>(std::min({cap, reachable, ratio_cap})));
    }
    std::uint64_t fed = 0;
    std::size_t used = 0;
    const auto stop = [&](Inflated::Status status, std::string why) {
        result.status = status;
        result.why = std::move(why);
        result.consumed = fed - stream.z.avail_in;
        result.bytes.resize(used);
        return std::move(result);
    };
    std::uint8_t overflow[1];
    for (;;) {
        if (stream.z.avail_in == 0 && fed < length) {
            const std::uint64_t take = std::min(kInputWindow, length - fed);
            const auto window = source.view(offset + fed, take);
            if (!window) return stop(Inflated::Status::unreadable, "the compressed bytes cannot be read");
            stream.z.next_in = input_of(*window);
            stream.z.avail_in = static_cast<uInt>(take);
            fed += take;
        }
        if (used == result.bytes.size() && used < cap) grow(result.bytes, used, cap);
        const bool full = used == result.bytes.size();  // at the cap: one byte more shows that the stream goes on
        const std::size_t room = full ? 1 : std::min<std::size_t>(result.bytes.size() - used, 1U << 30U);
        stream.z.next_out = full ? overflow : result.bytes.data() + used;
        stream.z.avail_out = static_cast<uInt>(room);
        const int code = ::inflate(&stream.z, Z_NO_FLUSH);
        const std::size_t made = room - stream.z.avail_out;
        if (full && made > 0) {
            return stop(Inflated::Status::limit, expected != 0 && expected <= memory_cap
                                                     ? "it expands to more than the declared size"
                                                     : "it expands to more than one member may");
        }
        used += made;
        if (made > 0 && !budget.expand(made)) {
            return stop(Inflated::Status::limit, "the file's budget of expanded bytes is used up");
        }
        const std::uint64_t consumed = fed - stream.z.avail_in;
        if (used > limits.ratio_floor && used / limits.expansion_ratio > consumed) {
            return stop(Inflated::Status::limit, "it expands more than " + std::to_string(limits.expansion_ratio) +
                                                     " times: a decompression bomb");
        }
        if (code == Z_STREAM_END) return stop(Inflated::Status::ok, "");
        if (code == Z_BUF_ERROR || code == Z_OK) {
            if (stream.z.avail_in == 0 && fed == length && made < room) {
                return stop(Inflated::Status::broken, "the compressed stream breaks off");
            }
            continue;
        }
        return stop(Inflated::Status::broken, std::string("the compressed stream is broken: ") +
                                                  (stream.z.msg != nullptr ? stream.z.msg : "data error"));
    }
}

std::uint32_t crc32_of(ByteView bytes, std::uint32_t seed) {
    return static_cast<std::uint32_t>(::crc32_z(seed, bytes.data(), bytes.size()));
}

std::optional<std::uint32_t> crc32_of(ByteSource& source, std::uint64_t offset, std::uint64_t length) {
    std::uint32_t crc = 0;
    for (std::uint64_t done = 0; done < length;) {
        const std::uint64_t take = std::min(kInputWindow, length - done);
        const auto window = source.view(offset + done, take);
        if (!window) return std::nullopt;
        crc = crc32_of(*window, crc);
        done += take;
    }
    return crc;
}

bool begins_zlib_stream(ByteView head) {
    if (head.size() < 2 || (head[0] & 0x0FU) != 8 || head[0] >> 4U > 7) return false;
    if ((head[0] * 256U + head[1]) % 31 != 0 || (head[1] & 0x20U) != 0) return false;
    Stream stream(Wrapper::zlib);
    if (!stream.ready()) return false;
    std::uint8_t out[512];
    stream.z.next_in = input_of(head);
    stream.z.avail_in = static_cast<uInt>(std::min<std::size_t>(head.size(), 4096));
    stream.z.next_out = out;
    stream.z.avail_out = sizeof(out);
    const int code = ::inflate(&stream.z, Z_NO_FLUSH);
    return code == Z_STREAM_END || ((code == Z_OK || code == Z_BUF_ERROR) && stream.z.avail_out < sizeof(out));
}

}  // namespace headgate::formats
