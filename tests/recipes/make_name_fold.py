#!/usr/bin/env python3
"""Writes gate/formats/name_fold.cpp: for every character outside ASCII (and outside Hangul, which is computed) whose
NFD(casefold(NFD(c))) differs from it, the pair, as one string of UTF-8 sorted by character.

    python3 tests/recipes/make_name_fold.py > gate/formats/name_fold.cpp
"""
import sys
import unicodedata

nfd = lambda text: unicodedata.normalize("NFD", text)
entries = []
for point in range(0x80, 0x110000):
    if 0xD800 <= point <= 0xDFFF or 0xAC00 <= point <= 0xD7A3:
        continue
    c = chr(point)
    folded = nfd(nfd(c).casefold())
    if folded != c and not unicodedata.category(c).startswith("C"):
        entries.append((c, folded))


def hexed(text):
    return " ".join("%X" % ord(c) for c in text)


# Runs "FIRST-LAST+DELTA" for plain shifts by a constant (most alphabets), single "FROM=TO TO" otherwise.
rows = []
i = 0
while i < len(entries):
    c, folded = entries[i]
    if len(folded) == 1:
        delta = ord(folded) - ord(c)
        for stride in (1, 2):
            j = i
            while (j + 1 < len(entries) and len(entries[j + 1][1]) == 1
                   and ord(entries[j + 1][0]) == ord(entries[j][0]) + stride
                   and ord(entries[j + 1][1]) - ord(entries[j + 1][0]) == delta):
                j += 1
            if j - i >= 3:
                rows.append("{0x%X, 0x%X, %d, %d}" % (ord(c), ord(entries[j][0]), stride, delta))
                i = j + 1
                break
        else:
            rows.append("%s=%s" % (hexed(c), hexed(folded)))
            i += 1
        continue
    rows.append("%s=%s" % (hexed(c), hexed(folded)))
    i += 1

runs = [row for row in rows if row.startswith("{")]
singles = [row for row in rows if not row.startswith("{")]
out = sys.stdout


def lines(items, quote):
    line = ""
    for item in items:
        text = item + (";" if quote else ", ")
        if len(line) + len(text) > 108:
            yield line
            line = ""
        line += text
    if line:
        yield line


out.write('''// name_fold.cpp: made by tests/recipes/make_name_fold.py from Unicode %s. Do not edit.
#include "formats/name_fold.hpp"

#include <charconv>
#include <cstdint>
#include <map>

namespace headgate::formats {
namespace {

struct Run {
    std::uint32_t first, last;
    std::uint32_t stride;
    std::int32_t shift;
};

constexpr Run kRuns[] = {
''' % unicodedata.unidata_version)
for line in lines(runs, False):
    out.write("    " + line.rstrip() + "\n")
out.write('''};

// "FROM=TO TO;", hex.
constexpr std::string_view kSingles =
''')
for line in lines(singles, True):
    out.write('    "' + line + '"\n')
out.write('''    ;

std::uint32_t decode(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence[0]);
    std::uint32_t point = sequence.size() == 1 ? lead : lead & (0x7FU >> sequence.size());
    for (const char c : sequence.substr(1)) point = point << 6U | (static_cast<unsigned char>(c) & 0x3FU);
    return point;
}

void append(std::uint32_t point, std::string& out) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (point >> shift & 0x3FU)); };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0U | point >> 6U);
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0U | point >> 12U);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0U | point >> 18U);
        tail(12);
        tail(6);
        tail(0);
    }
}

std::uint32_t hex(std::string_view text) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

std::map<std::uint32_t, std::string> read_singles() {
    std::map<std::uint32_t, std::string> table;
    std::string_view rest = kSingles;
    while (!rest.empty()) {
        const std::string_view entry = rest.substr(0, rest.find(';'));
        rest.remove_prefix(entry.size() + 1);
        const std::size_t equals = entry.find('=');
        std::string folded;
        std::string_view points = entry.substr(equals + 1);
        while (!points.empty()) {
            const std::string_view point = points.substr(0, points.find(' '));
            append(hex(point), folded);
            points.remove_prefix(std::min(points.size(), point.size() + 1));
        }
        table.emplace(hex(entry.substr(0, equals)), std::move(folded));
    }
    return table;
}

}  // namespace

void fold_sequence(std::string_view sequence, std::string& out) {
    static const std::map<std::uint32_t, std::string> kTable = read_singles();
    const std::uint32_t point = decode(sequence);
    if (point >= 0xAC00 && point <= 0xD7A3) {  // Hangul syllables decompose by arithmetic (Unicode 3.12)
        const std::uint32_t index = point - 0xAC00;
        append(0x1100 + index / 588, out);
        append(0x1161 + index % 588 / 28, out);
        if (index % 28 != 0) append(0x11A7 + index % 28, out);
        return;
    }
    for (const Run& run : kRuns) {
        if (point < run.first || point > run.last || (point - run.first) % run.stride != 0) continue;
        append(static_cast<std::uint32_t>(static_cast<std::int32_t>(point) + run.shift), out);
        return;
    }
    const auto found = kTable.find(point);
    if (found != kTable.end()) {
        out += found->second;
    } else {
        out += sequence;
    }
}

}  // namespace headgate::formats
''')
