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
        std::string_view id;                        // "tensorflow.asset", "tensorflow.print", "tensorflow.path"
        std::string message;
        std::uint64_t at = 0;
        Severity severity = Severity::critical;
    };
    const std::optional<Problem>& problem() const { return problem_; }
    bool too_many() const { return too_many_; }

    /// What nodes and attributes name, each once; complete when all is visited. `own`: the library of the same graph has a function
    /// of that name. Whether a runtime takes the function then or an operator of its own, is the runtime's choice.
    struct Used {
        std::string name;
        bool own = false;
        std::uint64_t at = 0;                       // of the first use
    };
    std::vector<Used> operators() const;
    /// Follows the paths of files, when all is visited (tensorflow_paths.hpp).
    void read_paths();
    struct Document {
        std::string name;                           // within the file
        ByteRange json;
    };
    /// Configurations of Keras.
    const std::vector<Document>& documents() const { return documents_; }

  private:
    struct Graph {
        ByteRange range;
        std::size_t meta_graph = 0;                 // that it is in: 0 none, else counted from 1
        std::map<std::string, std::uint64_t> used;  // name -> offset of the first use
        std::set<std::string> functions;
    };
    Graph& graph_at(std::uint64_t at);
    void read_node(ByteRange node);
    void read_print(ByteRange message, std::uint32_t attributes);
    void read_function(ByteRange function);
    void read_reference(ByteRange reference);
    void read_asset(ByteRange asset);
    void read_collection(ByteRange entry);
    void read_user_object(ByteRange object);
    void read_keras_node(ByteRange node);
    void use(std::string name, std::uint64_t at);
    void count(bool fresh);
    void keep(std::string name, ByteRange json);

    ProtoInput& input_;
    std::uint32_t most_facts_;
    std::optional<Problem> problem_;
    bool too_many_ = false;
    std::vector<Graph> graphs_ = std::vector<Graph>(1);  // the first: what stands in none
    std::size_t meta_graphs_ = 0;
    std::map<std::size_t, std::set<std::string>> assets_;  // meta graph -> nodes that a loader fills with an asset's path
    std::size_t names_ = 0;                         // kept, in all graphs
    std::vector<Document> documents_;
};

}  // namespace headgate::formats
