// proto_tables.hpp: the tables of a protobuf schema (protobuf.hpp) from their text, for formats with hundreds of messages.
//
//   message = name ':' field (',' field)*        one a line; a line that begins with a space goes on
//   field   = number name type ['*']             '*': repeated
//   type    = 'i' varint, 'f' four bytes, 'd' eight bytes, 't' text, 'b' bytes, or the name of a message
//
// The text is part of the program: what is wrong with it is an assertion.
#pragma once

#include <deque>
#include <map>
#include <string_view>
#include <vector>

#include "formats/protobuf.hpp"

namespace headgate::formats {

class ProtoTables {
  public:
    /// Names are views of `text`, which has to outlive the tables.
    explicit ProtoTables(std::string_view text);
    /// The message must be there.
    const ProtoSchema& message(std::string_view name) const;
    std::size_t size() const { return schemas_.size(); }

  private:
    std::map<std::string_view, ProtoSchema> schemas_;
    std::deque<std::vector<ProtoRow>> rows_;
};

}  // namespace headgate::formats
