// tar_recipe.hpp: tar files block by block: ustar, pax and GNU entries, with knobs for tricks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace headgate::recipes {

struct TarMember {
    std::string name;
    std::string content{};
    char type = '0';
    std::string link{};
    std::string prefix{};
    std::optional<std::uint64_t> size{};     // what the header says instead of the truth
    bool gnu = false;                        // "ustar  " magic
    bool base256 = false;                    // size in GNU's binary form
    bool bad_checksum = false;
    std::string padding{};                   // instead of zeros behind the content, at most what fits
};

class TarRecipe {
  public:
    void add(const TarMember& member) {
        std::string block(512, '\0');
        block.replace(0, std::min<std::size_t>(member.name.size(), 100), member.name.substr(0, 100));
        block.replace(100, 8, std::string("0000644\0", 8));
        block.replace(108, 8, std::string("0000000\0", 8));
        block.replace(116, 8, std::string("0000000\0", 8));
        const std::uint64_t size = member.size.value_or(member.content.size());
        if (member.base256) {
            block[124] = static_cast<char>(0x80);
            for (int i = 0; i < 8; ++i) block[static_cast<std::size_t>(135 - i)] = static_cast<char>(size >> (8 * i) & 0xFFU);
        } else {
            char octal[16];
            std::snprintf(octal, sizeof(octal), "%011llo", static_cast<unsigned long long>(size));
            block.replace(124, 11, octal);
        }
        block.replace(136, 12, std::string("00000000000\0", 12));
        block[156] = member.type;
        block.replace(157, member.link.size(), member.link);
        block.replace(257, 8, member.gnu ? std::string("ustar  \0", 8) : std::string("ustar\00000", 8));
        block.replace(345, member.prefix.size(), member.prefix);
        block.replace(148, 8, "        ");
        unsigned sum = member.bad_checksum ? 1 : 0;
        for (const char c : block) sum += static_cast<unsigned char>(c);
        char checksum[16];
        std::snprintf(checksum, sizeof(checksum), "%06o", sum);
        block.replace(148, 8, std::string(checksum, 6) + std::string("\0 ", 2));
        std::string data = member.content;
        const std::size_t pad = (512 - data.size() % 512) % 512;
        data += member.padding.substr(0, pad);
        data += std::string((512 - data.size() % 512) % 512, '\0');
        bytes_ += block + data;
    }
    void add(const std::string& name, const std::string& content) { add(TarMember{.name = name, .content = content}); }

    /// A pax header with one record for the entry behind it ('x') or for all ('g').
    void pax(const std::string& key, const std::string& value, char type = 'x') {
        add({.name = "PaxHeaders/x", .content = record(key, value), .type = type});
    }
    void raw_pax(const std::string& content) { add({.name = "PaxHeaders/x", .content = content, .type = 'x'}); }
    void gnu_long_name(const std::string& name) {
        add({.name = "././@LongLink", .content = name + std::string(1, '\0'), .type = 'L', .gnu = true});
    }
    void raw(const std::string& bytes) { bytes_ += bytes; }

    std::string build(bool ended = true) const { return bytes_ + (ended ? std::string(1024, '\0') : std::string{}); }

    static std::string record(const std::string& key, const std::string& value) {
        const std::string rest = " " + key + "=" + value + "\n";
        std::size_t length = rest.size() + 1;
        while (std::to_string(length).size() + rest.size() != length) ++length;
        return std::to_string(length) + rest;
    }

  private:
    std::string bytes_;
};

}  // namespace headgate::recipes
