#include "formats/sevenzip_streams.hpp"

#include <algorithm>

namespace headgate::formats {
namespace {

using namespace sevenzip;

constexpr std::uint64_t kMostCoders = 32;    // of a folder; 7-Zip writes at most six
constexpr std::uint64_t kMostInputs = 32;    // of a coder; BCJ2 has four

/// Adds without running over; false when the sum is no longer at most `limit`.
bool add_within(std::uint64_t& sum, std::uint64_t more, std::uint64_t limit) {
    if (more > limit || sum > limit - more) return false;
    sum += more;
    return true;
}

bool read_pack_info(SevenZipCursor& header, std::uint64_t limit, SevenZipStreams& streams) {
    const auto position = header.number();
    const auto count = position ? header.count("packed streams") : std::nullopt;
    if (!count) return false;
    streams.begin = kSevenZipStart;
    if (!add_within(streams.begin, *position, limit)) return header.broken("packed streams begin behind the header"), false;
    streams.end = streams.begin;
    if (*count > 0 && !header.expect(kSize, "the sizes of packed streams")) return false;
    if (*count == 0) header.is(kSize);
    for (std::size_t i = 0; i < *count; ++i) {
        const auto size = header.number();
        if (!size) return false;
        if (!add_within(streams.end, *size, limit)) return header.broken("packed streams reach behind the header"), false;
        streams.packed_sizes.push_back(*size);
    }
    streams.packed_crcs.resize(*count);
    if (header.is(kCrc)) {
        auto crcs = header.digests(*count);
        if (!crcs) return false;
        streams.packed_crcs = std::move(*crcs);
    }
    return header.expect(kEnd, "the end of the packed streams");
}

std::optional<SevenZipCoder> read_coder(SevenZipCursor& header) {
    const auto flags = header.byte();
    if (!flags) return std::nullopt;
    const unsigned length = *flags & 0x0FU;
    if ((*flags & 0xC0U) != 0) return header.broken("a coder has reserved flags");
    if (length == 0 || length > 8) return header.broken("the method of a coder is " + std::to_string(length) + " bytes long");
    const auto method = header.take(length);
    if (!method) return std::nullopt;
    SevenZipCoder coder;
    for (const std::uint8_t byte : *method) coder.method = coder.method << 8U | byte;
    if ((*flags & 0x10U) != 0) {
        const auto inputs = header.number();
        const auto outputs = inputs ? header.number() : std::nullopt;
        if (!outputs) return std::nullopt;
        if (*inputs == 0 || *inputs > kMostInputs || *outputs != 1) {
            return header.broken("a coder makes " + std::to_string(*outputs) + " streams of " + std::to_string(*inputs));
        }
        coder.inputs = static_cast<std::uint32_t>(*inputs);
    }
    if ((*flags & 0x20U) != 0) {
        const auto size = header.number();
        const auto properties = size ? header.take(*size) : std::nullopt;
        if (!properties) return std::nullopt;
        coder.properties.assign(properties->begin(), properties->end());
    }
    return coder;
}

/// A number below `count` that was not there before: `seen` remembers.
std::optional<std::uint32_t> index(SevenZipCursor& header, std::vector<bool>& seen) {
    const auto number = header.number();
    if (!number) return std::nullopt;
    if (*number >= seen.size() || seen[static_cast<std::size_t>(*number)]) {
        return header.broken("the coders of a folder do not fit together");
    }
    seen[static_cast<std::size_t>(*number)] = true;
    return static_cast<std::uint32_t>(*number);
}

bool read_binds(SevenZipCursor& header, SevenZipFolder& folder) {
    std::size_t inputs = 0;
    for (const SevenZipCoder& coder : folder.coders) inputs += coder.inputs;
    std::vector<bool> bound(inputs);
    std::vector<bool> taken(folder.coders.size());
    for (std::size_t i = 1; i < folder.coders.size(); ++i) {
        const auto input = index(header, bound);
        const auto coder = input ? index(header, taken) : std::nullopt;
        if (!coder) return false;
        folder.binds.push_back({*input, *coder});
    }
    const std::size_t packed = inputs - folder.binds.size();    // at least one: every coder has an input
    if (packed == 1) {
        folder.packed.push_back(static_cast<std::uint32_t>(std::find(bound.begin(), bound.end(), false) - bound.begin()));
        return true;
    }
    for (std::size_t i = 0; i < packed; ++i) {
        const auto input = index(header, bound);
        if (!input) return false;
        folder.packed.push_back(*input);
    }
    return true;
}

std::optional<SevenZipFolder> read_folder(SevenZipCursor& header) {
    const auto coders = header.number();
    if (!coders) return std::nullopt;
    if (*coders == 0 || *coders > kMostCoders) return header.broken("a folder has " + std::to_string(*coders) + " coders");
    SevenZipFolder folder;
    for (std::uint64_t i = 0; i < *coders; ++i) {
        auto coder = read_coder(header);
        if (!coder) return std::nullopt;
        folder.coders.push_back(std::move(*coder));
    }
    if (!read_binds(header, folder)) return std::nullopt;
    return folder;
}

bool read_unpack_info(SevenZipCursor& header, SevenZipStreams& streams) {
    if (!header.expect(kFolder, "the folders")) return false;
    const auto count = header.count("folders");
    const auto external = count ? header.byte() : std::nullopt;
    if (!external) return false;
    if (*external != 0) return header.limit("its folders are described in another stream"), false;
    std::size_t packed = 0;
    std::uint64_t at = streams.begin;
    for (std::size_t i = 0; i < *count; ++i) {
        auto folder = read_folder(header);
        if (!folder) return false;
        folder->first_packed = packed;
        folder->packed_at = at;
        if (folder->packed.size() > streams.packed_sizes.size() - packed) {
            return header.broken("its folders want more packed streams than there are"), false;
        }
        for (std::size_t stream = 0; stream < folder->packed.size(); ++stream) at += streams.packed_sizes[packed++];
        streams.folders.push_back(std::move(*folder));
    }
    if (packed != streams.packed_sizes.size()) return header.broken("it has packed streams that belong to no folder"), false;
    if (!header.expect(kUnpackSizes, "the sizes of folders")) return false;
    for (SevenZipFolder& folder : streams.folders) {
        for (std::size_t i = 0; i < folder.coders.size(); ++i) {
            const auto size = header.number();
            if (!size) return false;
            folder.sizes.push_back(*size);
        }
    }
    if (header.is(kCrc)) {
        const auto crcs = header.digests(streams.folders.size());
        if (!crcs) return false;
        for (std::size_t i = 0; i < crcs->size(); ++i) streams.folders[i].crc = (*crcs)[i];
    }
    return header.expect(kEnd, "the end of the folders");
}

bool read_counts(SevenZipCursor& header, SevenZipStreams& streams) {
    if (!header.is(kSubstreamCounts)) return true;
    std::uint64_t all = 0;
    for (SevenZipFolder& folder : streams.folders) {
        const auto count = header.number();
        if (!count) return false;
        if (!add_within(all, *count, header.limits().members)) return header.limit("it has more members than the limits allow"), false;
        folder.members = static_cast<std::size_t>(*count);
    }
    return true;
}

/// All but the last one of a folder have their size stated; the last one is what is left.
bool read_sizes(SevenZipCursor& header, SevenZipStreams& streams, bool stated) {
    const bool several = std::any_of(streams.folders.begin(), streams.folders.end(), [](const auto& folder) { return folder.members > 1; });
    if (several && !header.expect(kSize, "the sizes of members")) return false;
    if (stated && !several) header.is(kSize);
    for (SevenZipFolder& folder : streams.folders) {
        folder.first_member = streams.substreams.size();
        std::uint64_t used = 0;
        for (std::size_t i = 0; i < folder.members; ++i) {
            std::uint64_t size = folder.size() - used;
            if (i + 1 < folder.members) {
                const auto written = header.number();
                if (!written) return false;
                size = *written;
            }
            if (!add_within(used, size, folder.size())) return header.broken("the members of a folder are larger than it is"), false;
            streams.substreams.push_back({size, std::nullopt});
        }
    }
    return true;
}

/// CRCs are stated for members whose CRC is not known to be that of a folder of one member.
bool read_crcs(SevenZipCursor& header, SevenZipStreams& streams, bool stated) {
    std::vector<std::size_t> unknown;
    for (const SevenZipFolder& folder : streams.folders) {
        if (folder.members == 1 && folder.crc) {
            streams.substreams[folder.first_member].crc = folder.crc;
            continue;
        }
        for (std::size_t i = 0; i < folder.members; ++i) unknown.push_back(folder.first_member + i);
    }
    if (!stated || !header.is(kCrc)) return true;
    const auto crcs = header.digests(unknown.size());
    if (!crcs) return false;
    for (std::size_t i = 0; i < unknown.size(); ++i) streams.substreams[unknown[i]].crc = (*crcs)[i];
    return true;
}

bool read_substreams(SevenZipCursor& header, SevenZipStreams& streams) {
    const bool stated = header.is(kSubstreams);
    if (stated && !read_counts(header, streams)) return false;
    if (!read_sizes(header, streams, stated) || !read_crcs(header, streams, stated)) return false;
    return !stated || header.expect(kEnd, "the end of the substreams");
}

}  // namespace

std::size_t SevenZipFolder::last_coder() const {
    for (std::size_t coder = 0; coder < coders.size(); ++coder) {
        const auto gets = [&](const Bind& bind) { return bind.coder == coder; };
        if (std::none_of(binds.begin(), binds.end(), gets)) return coder;
    }
    return 0;   // not reached: there is one bind less than there are coders, each of another coder
}

std::optional<SevenZipStreams> read_sevenzip_streams(SevenZipCursor& header, std::uint64_t limit) {
    SevenZipStreams streams;
    streams.begin = streams.end = kSevenZipStart;
    if (header.is(kPackInfo) && !read_pack_info(header, limit, streams)) return std::nullopt;
    if (header.is(kUnpackInfo)) {
        if (!read_unpack_info(header, streams) || !read_substreams(header, streams)) return std::nullopt;
    } else if (!streams.packed_sizes.empty()) {
        return header.broken("it has packed streams that belong to no folder");
    }
    if (!header.expect(kEnd, "the end of the streams")) return std::nullopt;
    return streams;
}

}  // namespace headgate::formats
