// pickle_recipe.hpp: an assembler for pickle streams, opcode by opcode, so that each test shows what it is about:
//     Pickle(4).text("os").text("system").stack_global().text("echo headgate").tuple1().reduce().stop()
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace headgate::recipes {

class Pickle {
  public:
    /// Without PROTO for a negative protocol.
    explicit Pickle(int protocol = -1) {
        if (protocol >= 0) raw("\x80").byte(static_cast<unsigned>(protocol));
    }
    Pickle& raw(std::string_view bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }
    Pickle& byte(unsigned value) {
        bytes_.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    Pickle& little(std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) byte(static_cast<unsigned>((value >> (8 * i)) & 0xffU));
        return *this;
    }
    Pickle& text(std::string_view value) { return raw("\x8c").byte(static_cast<unsigned>(value.size())).raw(value); }
    Pickle& long_text(std::string_view value) { return raw("X").little(value.size(), 4).raw(value); }
    Pickle& bytes(std::string_view value) { return raw("C").byte(static_cast<unsigned>(value.size())).raw(value); }
    Pickle& integer(unsigned value) { return raw("K").byte(value); }
    Pickle& integer4(std::uint32_t value) { return raw("J").little(value, 4); }
    Pickle& none() { return raw("N"); }
    Pickle& yes() { return raw("\x88"); }
    Pickle& mark() { return raw("("); }
    Pickle& pop() { return raw("0"); }
    Pickle& dup() { return raw("2"); }
    Pickle& pop_mark() { return raw("1"); }
    Pickle& global(std::string_view module, std::string_view name) {
        return raw("c").raw(module).raw("\n").raw(name).raw("\n");
    }
    Pickle& inst(std::string_view module, std::string_view name) {
        return raw("i").raw(module).raw("\n").raw(name).raw("\n");
    }
    Pickle& stack_global() { return raw("\x93"); }
    Pickle& empty_tuple() { return raw(")"); }
    Pickle& tuple1() { return raw("\x85"); }
    Pickle& tuple2() { return raw("\x86"); }
    Pickle& tuple3() { return raw("\x87"); }
    Pickle& tuple() { return raw("t"); }
    Pickle& list() { return raw("]"); }
    Pickle& dict() { return raw("}"); }
    Pickle& append() { return raw("a"); }
    Pickle& appends() { return raw("e"); }
    Pickle& set_item() { return raw("s"); }
    Pickle& set_items() { return raw("u"); }
    Pickle& reduce() { return raw("R"); }
    Pickle& new_object() { return raw("\x81"); }
    Pickle& object() { return raw("o"); }
    Pickle& build() { return raw("b"); }
    Pickle& persistent() { return raw("Q"); }
    Pickle& memoize() { return raw("\x94"); }
    Pickle& put(unsigned index) { return raw("q").byte(index); }
    Pickle& get(unsigned index) { return raw("h").byte(index); }
    Pickle& frame(std::uint64_t length) { return raw("\x95").little(length, 8); }
    Pickle& stop() { return raw("."); }

    /// An ("echo headgate",) call of a global: the inert stand-in for a payload.
    Pickle& call(std::string_view module, std::string_view name) {
        return global(module, name).long_text("echo headgate").tuple1().reduce();
    }

    const Bytes& done() const { return bytes_; }
    std::string_view view() const { return as_text(bytes_); }

  private:
    Bytes bytes_;
};

}  // namespace headgate::recipes
