// sevenzip_recipe.hpp: 7z archives made property by property, as honest writers write them, with a knob for each trick.
//
//   SevenZipRecipe archive;
//   archive.folder({.members = {{.name = "a.py", .content = "..."}, {.name = "b.py", .content = "..."}}, .pack = Pack::lzma2});
//   const std::string bytes = archive.build();
#pragma once

#include <lzma.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "recipes/compressed_recipe.hpp"

namespace headgate::recipes {

enum class Pack { copy, lzma, lzma_marked, lzma2, deflate, bzip2, zstd };

struct FilterRecipe {
    std::string method;                            // bytes of its number
    lzma_vli id = 0;                               // liblzma's
    std::string properties{};
};
inline const FilterRecipe kDelta{std::string("\x03", 1), LZMA_FILTER_DELTA, std::string("\x03", 1)};   // distance 4
inline const FilterRecipe kX86{"\x03\x03\x01\x03", LZMA_FILTER_X86};

struct SevenZipMember {
    std::string name;
    std::string content{};
    std::optional<std::uint32_t> attributes{};
    bool folder = false;
    bool anti = false;
    std::optional<std::uint32_t> crc{};            // what the header says instead of the truth
    std::optional<std::uint64_t> size{};
    std::u16string units{};                        // instead of the name
};

struct SevenZipFolderRecipe {
    std::vector<SevenZipMember> members{};
    Pack pack = Pack::copy;
    std::vector<FilterRecipe> filters{};           // in the order in which they are undone
    std::string method{};                          // instead of the number of the compression
    std::string properties{};                      // instead of its own
    std::uint64_t inputs = 1;                      // of the compression
    std::string packed_tail{};                     // behind the packed stream, and counted with it
    std::optional<std::uint64_t> size{};           // what the header says of the output of every coder
    std::optional<std::uint64_t> last_size{};      // of the last coder only
    bool folder_crc = false;                       // of all members together
    std::optional<std::uint32_t> wrong_folder_crc{};
};

inline std::string number7z(std::uint64_t value) {
    for (unsigned extra = 0; extra < 8; ++extra) {
        if (value >> (7 * (extra + 1)) != 0) continue;
        std::string out(1, static_cast<char>((0xFF00U >> extra & 0xFFU) | static_cast<unsigned>(value >> (8 * extra))));
        for (unsigned i = 0; i < extra; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
        return out;
    }
    std::string out = "\xFF";
    put64(out, value);
    return out;
}

/// Through liblzma's own coder of a chain.
inline std::string lzma_coded(const std::string& content, const lzma_filter* chain, bool encode, std::size_t room) {
    lzma_stream stream = LZMA_STREAM_INIT;
    const lzma_ret started = encode ? lzma_raw_encoder(&stream, chain) : lzma_raw_decoder(&stream, chain);
    std::string out(room, '\0');
    stream.next_in = reinterpret_cast<const std::uint8_t*>(content.data());
    stream.avail_in = content.size();
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream.avail_out = out.size();
    const bool done = started == LZMA_OK && lzma_code(&stream, LZMA_FINISH) == LZMA_STREAM_END;
    out.resize(done ? out.size() - stream.avail_out : 0);
    lzma_end(&stream);
    return out;
}

inline constexpr std::uint32_t kRecipeDictionary = 1U << 20U;

inline std::string raw_lzma(const std::string& content, Pack pack) {
    lzma_options_lzma options;
    lzma_lzma_preset(&options, 6);
    options.dict_size = kRecipeDictionary;
    options.ext_flags = 0;                         // LZMA1EXT: no marker at the end
    lzma_set_ext_size(options, content.size());
    const lzma_vli id = pack == Pack::lzma2 ? LZMA_FILTER_LZMA2 : pack == Pack::lzma ? LZMA_FILTER_LZMA1EXT : LZMA_FILTER_LZMA1;
    const lzma_filter chain[] = {{id, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
    return lzma_coded(content, chain, true, content.size() + content.size() / 8 + 4096);
}

/// What the filters make of the content: liblzma applies them in front of LZMA2 only, whose own part is undone again.
inline std::string filtered(const std::string& content, const std::vector<FilterRecipe>& filters) {
    lzma_options_lzma options;
    lzma_lzma_preset(&options, 0);
    std::vector<lzma_options_delta> deltas(filters.size());
    std::vector<lzma_filter> chain;
    for (std::size_t i = filters.size(); i-- > 0;) {
        deltas[i].type = LZMA_DELTA_TYPE_BYTE;
        deltas[i].dist = filters[i].properties.empty() ? 1 : static_cast<unsigned char>(filters[i].properties[0]) + 1U;
        chain.push_back({filters[i].id, filters[i].id == LZMA_FILTER_DELTA ? &deltas[i] : nullptr});
    }
    chain.push_back({LZMA_FILTER_LZMA2, &options});
    chain.push_back({LZMA_VLI_UNKNOWN, nullptr});
    const std::string packed = lzma_coded(content, chain.data(), true, content.size() * 2 + 4096);
    return lzma_coded(packed, &chain[filters.size()], false, content.size() + 1);
}

class SevenZipRecipe {
  public:
    std::vector<SevenZipMember> empty{};           // files and folders without content, behind the others
    std::optional<Pack> packed_header{};
    int header_packings = 1;
    bool packed_crcs = false;
    std::string wrong_packed_crc{};                // 4 bytes instead of the first one
    std::string before_packed{};                   // bytes in front of the packed streams
    std::string behind_packed{};                   // and behind them
    std::string archive_properties{};              // number, size, data each
    std::string additional{};                      // instead of nothing in front of the streams
    std::string file_properties{};
    std::string behind_end{};                      // in the header
    std::string trailing{};                        // behind it
    std::uint64_t shift = 0;                       // of where the packed streams are said to begin
    int version = 0;
    bool named = true;

    void folder(const SevenZipFolderRecipe& folder) { folders_.push_back(folder); }
    void add(const std::string& name, const std::string& content, Pack pack = Pack::copy) {
        folder({.members = {{.name = name, .content = content}}, .pack = pack});
    }

    std::string build() const {
        std::string body = before_packed;
        const std::string streams = main_streams(body);
        body += behind_packed;
        std::string header = "\x01" + (archive_properties.empty() ? "" : "\x02" + archive_properties + std::string(1, '\0')) + additional;
        if (!folders_.empty()) header += "\x04" + streams;
        header += files() + std::string(1, '\0') + behind_end;
        for (int i = 0; packed_header && i < header_packings; ++i) {
            SevenZipRecipe inner;
            inner.folder({.members = {{.name = "", .content = header}}, .pack = *packed_header, .folder_crc = true});
            std::string packed;
            const std::string described = inner.streams_at(body.size(), packed, false);
            body += packed;
            header = "\x17" + described;
        }
        std::string start;
        put64(start, body.size());
        put64(start, header.size());
        put32(start, crc_of(header));
        std::string out = "7z\xBC\xAF\x27\x1C";
        out += static_cast<char>(version);
        out += '\x04';
        put32(out, crc_of(start));
        return out + start + body + header + trailing;
    }

  private:
    static std::string method_of(Pack pack) {
        switch (pack) {
            case Pack::copy: return std::string(1, '\0');
            case Pack::lzma:
            case Pack::lzma_marked: return "\x03\x01\x01";
            case Pack::lzma2: return "\x21";
            case Pack::deflate: return "\x04\x01\x08";
            case Pack::bzip2: return "\x04\x02\x02";
            case Pack::zstd: return "\x04\xF7\x11\x01";
        }
        return {};
    }

    static std::string properties_of(Pack pack) {
        std::string out;
        if (pack == Pack::lzma2) out = "\x10";     // a dictionary of 1 MiB
        if (pack == Pack::lzma || pack == Pack::lzma_marked) {
            out = "\x5D";
            put32(out, kRecipeDictionary);
        }
        return out;
    }

    static std::string packed(const std::string& content, Pack pack) {
        switch (pack) {
            case Pack::copy: return content;
            case Pack::lzma:
            case Pack::lzma_marked:
            case Pack::lzma2: return raw_lzma(content, pack);
            case Pack::deflate: return compressed(content, formats::Compression::deflate);
            case Pack::bzip2: return compressed(content, formats::Compression::bzip2);
            case Pack::zstd: return compressed(content, formats::Compression::zstd);
        }
        return {};
    }

    static std::string coder(const std::string& method, const std::string& properties, std::uint64_t inputs = 1) {
        const unsigned flags = static_cast<unsigned>(method.size()) | (inputs != 1 ? 0x10U : 0) | (properties.empty() ? 0 : 0x20U);
        return std::string(1, static_cast<char>(flags)) + method + (inputs != 1 ? number7z(inputs) + number7z(1) : "") +
               (properties.empty() ? "" : number7z(properties.size()) + properties);
    }

    static std::string coders(const SevenZipFolderRecipe& folder) {
        std::string out = number7z(folder.filters.size() + 1);
        out += coder(folder.method.empty() ? method_of(folder.pack) : folder.method,
                     folder.properties.empty() ? properties_of(folder.pack) : folder.properties, folder.inputs);
        for (const FilterRecipe& filter : folder.filters) out += coder(filter.method, filter.properties);
        for (std::size_t i = 0; i < folder.filters.size(); ++i) out += number7z(folder.inputs + i) + number7z(i);
        for (std::uint64_t i = 0; folder.inputs > 1 && i < folder.inputs; ++i) out += number7z(i);
        return out;
    }

    std::string main_streams(std::string& body) const { return streams_at(before_packed.size() + shift, body, true); }

    /// Streams Info without its number; the packed streams are added to `body`, where they stand from `position` on.
    std::string streams_at(std::uint64_t position, std::string& body, bool substreams) const {
        std::string sizes, crcs, described, unpacked, folder_crcs;
        std::uint64_t streams = 0;
        bool any_folder_crc = false;
        for (const SevenZipFolderRecipe& folder : folders_) any_folder_crc |= folder.folder_crc;
        for (const SevenZipFolderRecipe& folder : folders_) {
            std::string content;
            for (const SevenZipMember& member : folder.members) content += member.content;
            const std::string stream = packed(folder.filters.empty() ? content : filtered(content, folder.filters), folder.pack) + folder.packed_tail;
            body += stream;
            for (std::uint64_t i = 0; i < folder.inputs; ++i) sizes += number7z(i == 0 ? stream.size() : 0);
            put32(crcs, crc_of(stream));
            streams += folder.inputs;
            described += coders(folder);
            const std::uint64_t size = folder.size.value_or(content.size());
            for (std::size_t i = 0; i < folder.filters.size(); ++i) unpacked += number7z(size);
            unpacked += number7z(folder.last_size.value_or(size));
            if (folder.folder_crc) put32(folder_crcs, folder.wrong_folder_crc.value_or(crc_of(content)));
        }
        if (!wrong_packed_crc.empty()) crcs.replace(0, 4, wrong_packed_crc);
        std::string out = "\x06" + number7z(position) + number7z(streams) + "\x09" + sizes;
        if (packed_crcs) out += "\x0A\x01" + crcs;
        out += std::string("\0\x07\x0B", 3) + number7z(folders_.size()) + std::string(1, '\0') + described + "\x0C" + unpacked;
        if (any_folder_crc) out += "\x0A\x01" + folder_crcs;
        out += '\0';
        if (substreams) out += "\x08" + members() + std::string(1, '\0');
        return out + std::string(1, '\0');
    }

    std::string members() const {
        std::string counts = "\x0D", sizes = "\x09", crcs = "\x0A\x01";
        bool several = false, stated = false;
        for (const SevenZipFolderRecipe& folder : folders_) {
            counts += number7z(folder.members.size());
            several |= folder.members.size() > 1;
            for (std::size_t i = 0; i < folder.members.size(); ++i) {
                const SevenZipMember& member = folder.members[i];
                if (i + 1 < folder.members.size()) sizes += number7z(member.size.value_or(member.content.size()));
                if (folder.members.size() == 1 && folder.folder_crc) continue;
                put32(crcs, member.crc.value_or(crc_of(member.content)));
                stated = true;
            }
        }
        return counts + (several ? sizes : "") + (stated ? crcs : "");
    }

    static std::string property(unsigned number, const std::string& data) {
        return std::string(1, static_cast<char>(number)) + number7z(data.size()) + data;
    }

    static std::string bits(const std::vector<bool>& values) {
        std::string out((values.size() + 7) / 8, '\0');
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (values[i]) out[i / 8] = static_cast<char>(static_cast<unsigned char>(out[i / 8]) | (0x80U >> i % 8));
        }
        return out;
    }

    std::string files() const {
        std::vector<SevenZipMember> all;
        for (const SevenZipFolderRecipe& folder : folders_) all.insert(all.end(), folder.members.begin(), folder.members.end());
        std::vector<bool> without(all.size(), false), empty_file, anti, with_attributes;
        all.insert(all.end(), empty.begin(), empty.end());
        without.resize(all.size(), true);
        for (const SevenZipMember& member : empty) {
            empty_file.push_back(!member.folder);
            anti.push_back(member.anti);
        }
        const auto any = [](const std::vector<bool>& values) { return std::find(values.begin(), values.end(), true) != values.end(); };
        std::string names(1, '\0'), attributes;
        for (const SevenZipMember& member : all) {
            std::u16string units = member.units;
            if (units.empty()) units.assign(member.name.begin(), member.name.end());
            for (const char16_t unit : units + u'\0') put16(names, unit);
            with_attributes.push_back(member.attributes.has_value());
            if (member.attributes) put32(attributes, *member.attributes);
        }
        std::string out = "\x05" + number7z(all.size());
        if (any(without)) out += property(0x0E, bits(without));
        if (any(empty_file)) out += property(0x0F, bits(empty_file));
        if (any(anti)) out += property(0x10, bits(anti));
        if (named) out += property(0x11, names);
        if (any(with_attributes)) out += property(0x15, std::string(1, '\0') + bits(with_attributes) + std::string(1, '\0') + attributes);
        return out + file_properties + std::string(1, '\0');
    }

    std::vector<SevenZipFolderRecipe> folders_;
};

}  // namespace headgate::recipes
