// keras_config.hpp: what Keras makes of a configuration: `config.json` of a .keras archive, `model_config` and
// `training_config` of an HDF5 file, the metadata of a SavedModel, a loose architecture in JSON.
//
// Every object with a `class_name`, at any depth, is something that loading looks up and instantiates: layers in wrappers,
// activations, initializers, losses, metrics, in `config`, `build_config` and `compile_config` alike. Each name becomes an
// Import, and one Call whose arguments are the JSON Pointer of its first place and the number of places:
//
//   {module, class_name}                        Import module.class_name
//   {class_name} alone (before Keras 2.13)      Import keras.class_name: looked up by its bare name
//   "package>Name", in registered_name or as    Import package.Name, written as it stands: whatever the loading program
//     class_name, where no module is named        has registered under that name
//   class_name "function", config "name"        Import module.name ("builtins": by its bare name among the built-in ones)
//   class_name "__typespec__"                   Import module.spec_name
//   TFOpLambda with config.function "a.b"       Import tensorflow.a, name b, besides TFOpLambda itself
//
// Plain values (__numpy__, __tensor__, __bytes__, ...) import nothing. Which names are allowed is data (rules/globals/keras.txt
// for the checker `serialization`, which knows these imports by the format "keras-config" at their place). Findings that no
// list can answer:
//
//   keras.malformed      no strict JSON: duplicate keys, too deep; NaN and Infinity are taken, as Keras writes them
//   keras.object         class_name, module or registered_name is of a type that names nothing, or a function has no name
//   keras.lambda         a Lambda layer or a `__lambda__`: Python byte code, or any function by its name
//   keras.outside-file   a vocabulary, weights or the like from a file, an absolute path or a URL outside the model
//   keras.unscannable    more steps than the limit, or more names than facts may be recorded
#pragma once

#include <memory>

#include "codec/json.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

/// Judges one document. `context` is the document's own (`inside()` of its container): the FormatFact "keras-config", inert,
/// is recorded for it, and imports carry its location. `whole` if it was read and has no finding.
Examined check_keras_config(ByteView json, ParseContext& context);
/// The same for a document that is already parsed.
Examined check_keras_document(const codec::Json& document, ParseContext& context);

/// True for a document that Keras itself would make a model of.
bool is_keras_config(const codec::Json& document);

/// The objects of Keras in JSON that is no configuration by its look: a layer by itself (`{class_name, config}` without a module, as
/// before Keras 2.13), a list of them, a model under another key, a line of many. Whether they are objects of Keras or of something
/// else that writes `class_name` and `config`, their names say: imports and calls are recorded as above, at a place whose format is
/// "keras-objects" (one document) or "jsonl", and the checker `serialization` takes it up where one of its names is Keras's or dangerous.
/// Only what nothing else can be is a finding here: a Lambda, and files outside the model that an object of Keras reads.
class KerasObjects {
  public:
    explicit KerasObjects(ParseContext& context);
    ~KerasObjects();
    /// Looks through one document, which begins at `offset` of the content.
    void look(const codec::Json& document, std::uint64_t offset);
    /// Whether any document had one.
    bool any() const;
    /// Records the names; the caller records the format. `whole` if there was no finding.
    Examined finish();

  private:
    class Walk;
    std::unique_ptr<Walk> walk_;
};

}  // namespace headgate::formats
