#include "io/held_ranges.hpp"

#include <algorithm>

namespace headgate::io {

std::optional<ByteView> HeldRanges::find(std::uint64_t offset, std::uint64_t length) const {
    for (auto range = ranges_.upper_bound(offset); range != ranges_.begin();) {
        --range;
        const std::uint64_t skip = offset - range->first;
        if (skip <= range->second.size() && length <= range->second.size() - skip) {
            return ByteView(range->second).subspan(static_cast<std::size_t>(skip), static_cast<std::size_t>(length));
        }
        if (skip > Cursor::kWindow) break;  // ranges are rarely longer; a miss only costs a second copy
    }
    return std::nullopt;
}

ByteView HeldRanges::add(std::uint64_t offset, Bytes bytes) {
    bytes_ += bytes.size();
    return ranges_.emplace(offset, std::move(bytes))->second;
}

bool HeldRanges::equal(std::uint64_t offset, ByteView chunk) const {
    const std::uint64_t end = offset + chunk.size();
    for (auto range = ranges_.begin(); range != ranges_.end() && range->first < end; ++range) {
        const std::uint64_t range_end = range->first + range->second.size();
        if (range_end <= offset) continue;
        const std::uint64_t from = std::max(offset, range->first);
        const std::uint64_t to = std::min(end, range_end);
        if (std::memcmp(chunk.data() + (from - offset), range->second.data() + (from - range->first),
                        static_cast<std::size_t>(to - from)) != 0) {
            return false;
        }
    }
    return true;
}

bool SeenRanges::set(std::vector<SeenRange> ranges, std::uint64_t size, bool read_through) {
    if (ranges.size() > kMostRanges) return false;
    std::uint64_t left = HeldRanges::kMost + (read_through ? size : 0);
    for (const SeenRange& range : ranges) {
        if (range.length == 0 || range.offset > size || range.length > size - range.offset || range.length > left) return false;
        left -= range.length;
    }
    std::sort(ranges.begin(), ranges.end(), [](const SeenRange& a, const SeenRange& b) { return a.offset < b.offset; });
    ranges_ = std::move(ranges);
    next_ = 0;
    open_.clear();
    return true;
}

bool SeenRanges::take(std::uint64_t offset, ByteView chunk) {
    const std::uint64_t end = offset + chunk.size();
    // The part of a range that lies in this chunk; true when the range ends in it.
    const auto feed = [&](const SeenRange& range, crypto::Sha256& hash) {
        const std::uint64_t from = std::max(offset, range.offset), to = std::min(end, range.offset + range.length);
        hash.update(chunk.subspan(static_cast<std::size_t>(from - offset), static_cast<std::size_t>(to - from)));
        return range.offset + range.length <= end;
    };
    bool same = true;
    std::erase_if(open_, [&](Open& open) {
        if (!feed(*open.range, open.hash)) return false;
        same = same && open.hash.finish() == open.range->sha256;
        return true;
    });
    for (; same && next_ < ranges_.size() && ranges_[next_].offset < end; ++next_) {
        const SeenRange& range = ranges_[next_];
        crypto::Sha256 hash;
        if (feed(range, hash)) {
            same = hash.finish() == range.sha256;
        } else {
            same = open_.size() < kMostOpen;
            open_.push_back({&range, std::move(hash)});
        }
    }
    return same;
}

}  // namespace headgate::io
