#include "formats/hdf5_types.hpp"

namespace headgate::formats {
namespace {

constexpr unsigned kMaxRank = 32;       // H5S_MAX_RANK
constexpr unsigned kMaxNesting = 16;    // types in types

std::optional<Hdf5Type> read_nested(Hdf5Fields& fields, unsigned depth);

bool read_compound(Hdf5Fields& fields, Hdf5Type& type, unsigned version, unsigned members, unsigned depth) {
    unsigned offset_bytes = 1;
    while (offset_bytes < 4 && (std::uint64_t{type.size} >> (8U * offset_bytes)) != 0) ++offset_bytes;
    for (unsigned i = 0; i < members && fields.ok(); ++i) {
        fields.text(version < 3 ? 8 : 0);
        const std::uint64_t offset = fields.number(version < 3 ? 4 : offset_bytes);
        if (version == 1) fields.skip(28);  // dimensions that only version 1 had here
        const auto member = read_nested(fields, depth);
        if (!member || offset > type.size || member->size > type.size - offset) return false;
        if (type.unsupported.empty()) type.unsupported = member->unsupported;
        if (member->kind == Hdf5Type::Class::variable) type.unsupported = "variable-length members of compound types";
    }
    type.name = "struct";
    return fields.ok();
}

bool read_enumeration(Hdf5Fields& fields, Hdf5Type& type, unsigned version, unsigned members, unsigned depth) {
    const auto base = read_nested(fields, depth);
    if (!base || base->size != type.size || base->kind != Hdf5Type::Class::integer) return false;
    for (unsigned i = 0; i < members && fields.ok(); ++i) fields.text(version < 3 ? 8 : 0);
    fields.skip(std::uint64_t{members} * base->size);
    type.name = base->name;
    return fields.ok();
}

bool read_array(Hdf5Fields& fields, Hdf5Type& type, unsigned version, unsigned depth) {
    const unsigned rank = fields.u8();
    if (version < 3) fields.skip(3);
    if (rank > kMaxRank) return false;
    std::uint64_t count = 1;
    for (unsigned i = 0; i < rank; ++i) {
        if (__builtin_mul_overflow(count, std::uint64_t{fields.u32()}, &count)) return false;
    }
    if (version < 3) fields.skip(4ULL * rank);
    const auto base = read_nested(fields, depth);
    std::uint64_t bytes = 0;
    if (!base || __builtin_mul_overflow(count, std::uint64_t{base->size}, &bytes) || bytes != type.size) return false;
    type.name = base->name + "[]";
    type.unsupported = base->kind == Hdf5Type::Class::variable ? "arrays of variable-length elements" : base->unsupported;
    return fields.ok();
}

std::optional<Hdf5Type> read_nested(Hdf5Fields& fields, unsigned depth) {
    if (depth > kMaxNesting) return std::nullopt;
    const unsigned first = fields.u8();
    const std::uint64_t bits = fields.number(3);
    Hdf5Type type;
    type.size = fields.u32();
    const unsigned version = first >> 4U;
    if (!fields.ok() || version < 1 || version > 5 || (first & 15U) > 10 || type.size == 0) return std::nullopt;
    type.kind = static_cast<Hdf5Type::Class>(first & 15U);
    const std::string width = std::to_string(8ULL * type.size);
    const auto members = static_cast<unsigned>(bits & 0xFFFFU);
    using Class = Hdf5Type::Class;
    switch (type.kind) {
        case Class::integer:
            fields.skip(4);
            type.name = ((bits & 8U) != 0 ? "I" : "U") + width;
            break;
        case Class::real:
            fields.skip(12);
            type.name = "F" + width;
            break;
        case Class::time:
            fields.skip(2);
            type.name = "time" + width;
            break;
        case Class::text: type.name = "S" + std::to_string(type.size); break;
        case Class::bits:
            fields.skip(4);
            type.name = "bits" + width;
            break;
        case Class::opaque:
            fields.skip(((bits & 0xFFU) + 7) / 8 * 8);
            type.name = "V" + std::to_string(type.size);
            break;
        case Class::reference:
            type.name = "reference";
            type.unsupported = "references";
            break;
        case Class::compound:
            if (!read_compound(fields, type, version, members, depth + 1)) return std::nullopt;
            break;
        case Class::enumeration:
            if (!read_enumeration(fields, type, version, members, depth + 1)) return std::nullopt;
            break;
        case Class::array:
            if (!read_array(fields, type, version, depth + 1)) return std::nullopt;
            break;
        case Class::variable: {
            const auto base = read_nested(fields, depth + 1);
            if (!base) return std::nullopt;
            type.variable_text = (bits & 15U) == 1;
            type.each = base->size;
            type.name = type.variable_text ? "text" : base->name + "*";
            type.unsupported = base->kind == Class::variable ? "variable-length elements of such" : base->unsupported;
            break;
        }
    }
    if (!fields.ok()) return std::nullopt;
    return type;
}

}  // namespace

std::optional<Hdf5Space> read_space(Hdf5Fields& fields) {
    Hdf5Space space;
    const unsigned version = fields.u8();
    const unsigned rank = fields.u8();
    const unsigned flags = fields.u8();
    const unsigned kind = fields.u8();
    if (version == 1) fields.skip(4);
    if (!fields.ok() || version < 1 || version > 2 || rank > kMaxRank || flags > 1) return std::nullopt;
    if (version == 2 && (kind > 2 || (kind != 1 && rank != 0))) return std::nullopt;
    space.null = version == 2 && kind == 2;
    space.elements = space.null ? 0 : 1;
    for (unsigned i = 0; i < rank; ++i) {
        const std::uint64_t extent = fields.length();
        if (__builtin_mul_overflow(space.elements, extent, &space.elements)) return std::nullopt;
        space.shape.push_back(extent);
    }
    if ((flags & 1U) != 0) {
        for (unsigned i = 0; i < rank; ++i) fields.length();  // the largest that it may grow to
    }
    if (!fields.ok()) return std::nullopt;
    return space;
}

std::optional<Hdf5Type> read_type(Hdf5Fields& fields) { return read_nested(fields, 0); }

}  // namespace headgate::formats
