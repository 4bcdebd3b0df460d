// tensorflow_graph.hpp: what the graphs of a TensorFlow file ask for and name, gathered message by message.
#pragma once

#include <map>
#include <set>

#include "formats/protobuf.hpp"

namespace headgate::formats {

class TensorflowGraphs {
  public:
    TensorflowGraphs(ProtoInput& input, std::uint32_t most_facts) : input_(input), most_facts_(most_facts) {}

    /// For check_message(): looks at messages of the kinds that matter.
    void visit(const ProtoSchema& schema, ByteRange message);

    /// A GraphDef may be loaded as a MetaGraphDef, by whoever is told to: what its library would then be nodes of.
    void read_as_meta_graph(ByteRange graph);

    struct Problem {
        std::string_view id;                        // "tensorflow.asset", "tensorflow.print"
        std::string message;
        std::uint64_t at = 0;
    };
    const std::optional<Problem>& problem() const { return problem_; }
    bool too_many() const { return too_many_; }

    /// Name -> offset of the first use; functions of the library left out. Complete when all is visited.
    std::map<std::string, std::uint64_t> operators() const;
    struct Document {
        std::string name;                           // within the file
        ByteRange json;
    };
    /// Configurations of Keras.
    const std::vector<Document>& documents() const { return documents_; }

  private:
    void read_node(ByteRange node);
    void read_print(ByteRange node);
    void read_function(ByteRange function);
    void read_reference(ByteRange reference);
    void read_asset(ByteRange asset);
    void read_user_object(ByteRange object);
    void read_keras_node(ByteRange node);
    void use(std::string name, std::uint64_t at);
    void keep(std::string name, ByteRange json);

    ProtoInput& input_;
    std::uint32_t most_facts_;
    std::optional<Problem> problem_;
    bool too_many_ = false;
    std::map<std::string, std::uint64_t> used_;
    std::set<std::string> functions_;
    std::vector<Document> documents_;
};

}  // namespace headgate::formats
