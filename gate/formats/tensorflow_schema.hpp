// tensorflow_schema.hpp: what the messages of TensorFlow's files may hold: its .proto files as of TensorFlow 2.21, and all before.
#pragma once

#include "formats/protobuf.hpp"

namespace headgate::formats::tensorflow {

const ProtoSchema& saved_model();         // SavedModel: saved_model.pb
const ProtoSchema& meta_graph();          // MetaGraphDef: *.meta, and within a SavedModel
const ProtoSchema& graph();               // GraphDef: a frozen graph, and within a MetaGraphDef
const ProtoSchema& node();                // NodeDef
const ProtoSchema& function();            // FunctionDef
const ProtoSchema& function_reference();  // NameAttrList: an attribute that names a function
const ProtoSchema& asset();               // AssetFileDef
const ProtoSchema& collection();          // an entry of MetaGraphDef.collection_def
const ProtoSchema& user_object();         // SavedUserObject: of Keras, among others
const ProtoSchema& checkpoint_header();   // BundleHeaderProto
const ProtoSchema& checkpoint_entry();    // BundleEntryProto
const ProtoSchema& fingerprint();         // FingerprintDef: fingerprint.pb
const ProtoSchema& keras_metadata();      // SavedMetadata: keras_metadata.pb
const ProtoSchema& keras_node();          // a SavedObject of it

}  // namespace headgate::formats::tensorflow
