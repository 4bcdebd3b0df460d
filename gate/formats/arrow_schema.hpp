// arrow_schema.hpp: the types that a schema of Arrow names (arrow/format Schema.fbs, Message.fbs, File.fbs), as far as reading them
// runs something: an extension type is made by its name out of bytes that stand beside it in the metadata of its field.
//
// "arrow.py_extension_type" is made by unpickling these bytes (pyarrow before 14.0.1, CVE-2023-47248), and the values of
// "ray.data.arrow_pickled_object" are pickles that Ray loads.
#pragma once

#include <string>

#include "formats/flatbuffer.hpp"

namespace headgate::formats {

struct ArrowTypes {
    std::string unpickles;         // name of the first type that unpickles something, "" if there is none
    std::string field;             // the field that has it
    std::string problem;           // why the schema cannot be read, "" if it can; or the budget is used up
};

/// The schema of an encapsulated message's flatbuffer; a message of another kind has none.
ArrowTypes read_arrow_message(ByteSource& message, Budget& budget);
/// That of the footer of a file.
ArrowTypes read_arrow_footer(ByteSource& footer, Budget& budget);
/// That of "ARROW:schema" in the key-value metadata of a Parquet file: an encapsulated message in base64.
ArrowTypes read_arrow_base64(std::string_view text, Budget& budget);

}  // namespace headgate::formats
