// tensorflow_schema.cpp: rows are number, name, type, and whether it repeats, as in tensorflow/core/{framework,protobuf}/*.proto.
#include "formats/tensorflow_schema.hpp"

namespace headgate::formats {
namespace {

using enum ProtoType;
constexpr bool once = false;
constexpr bool many = true;

extern const ProtoSchema kSavedModel;
extern const ProtoSchema kMetaGraphDef;
extern const ProtoSchema kMetaGraphDefMetaInfoDef;
extern const ProtoSchema kOpList;
extern const ProtoSchema kOpDef;
extern const ProtoSchema kOpDefArgDef;
extern const ProtoSchema kResourceHandleProtoDtypeAndShape;
extern const ProtoSchema kTensorShapeProto;
extern const ProtoSchema kTensorShapeProtoDim;
extern const ProtoSchema kFullTypeDef;
extern const ProtoSchema kOpDefAttrDef;
extern const ProtoSchema kAttrValue;
extern const ProtoSchema kTensorProto;
extern const ProtoSchema kResourceHandleProto;
extern const ProtoSchema kVariantTensorDataProto;
extern const ProtoSchema kAttrValueListValue;
extern const ProtoSchema kNameAttrList;
extern const ProtoSchema kNameAttrListAttrEntry;
extern const ProtoSchema kOpDeprecation;
extern const ProtoSchema kAny;
extern const ProtoSchema kMetaGraphDefMetaInfoDefFunctionAliasesEntry;
extern const ProtoSchema kGraphDef;
extern const ProtoSchema kNodeDef;
extern const ProtoSchema kNodeDefAttrEntry;
extern const ProtoSchema kNodeDefExperimentalDebugInfo;
extern const ProtoSchema kVersionDef;
extern const ProtoSchema kFunctionDefLibrary;
extern const ProtoSchema kFunctionDef;
extern const ProtoSchema kFunctionDefAttrEntry;
extern const ProtoSchema kFunctionDefArgAttrEntry;
extern const ProtoSchema kFunctionDefArgAttrs;
extern const ProtoSchema kFunctionDefArgAttrsAttrEntry;
extern const ProtoSchema kFunctionDefResourceArgUniqueIdEntry;
extern const ProtoSchema kFunctionDefRetEntry;
extern const ProtoSchema kFunctionDefControlRetEntry;
extern const ProtoSchema kGradientDef;
extern const ProtoSchema kRegisteredGradient;
extern const ProtoSchema kGraphDebugInfo;
extern const ProtoSchema kGraphDebugInfoFramesByIdEntry;
extern const ProtoSchema kGraphDebugInfoFileLineCol;
extern const ProtoSchema kGraphDebugInfoTracesByIdEntry;
extern const ProtoSchema kGraphDebugInfoStackTrace;
extern const ProtoSchema kGraphDebugInfoTracesEntry;
extern const ProtoSchema kGraphDebugInfoNameToTraceIdEntry;
extern const ProtoSchema kSaverDef;
extern const ProtoSchema kMetaGraphDefCollectionDefEntry;
extern const ProtoSchema kCollectionDef;
extern const ProtoSchema kCollectionDefNodeList;
extern const ProtoSchema kCollectionDefBytesList;
extern const ProtoSchema kCollectionDefInt64List;
extern const ProtoSchema kCollectionDefFloatList;
extern const ProtoSchema kCollectionDefAnyList;
extern const ProtoSchema kMetaGraphDefSignatureDefEntry;
extern const ProtoSchema kSignatureDef;
extern const ProtoSchema kSignatureDefInputsEntry;
extern const ProtoSchema kTensorInfo;
extern const ProtoSchema kTensorInfoCooSparse;
extern const ProtoSchema kTensorInfoCompositeTensor;
extern const ProtoSchema kTypeSpecProto;
extern const ProtoSchema kStructuredValue;
extern const ProtoSchema kNoneValue;
extern const ProtoSchema kTensorSpecProto;
extern const ProtoSchema kBoundedTensorSpecProto;
extern const ProtoSchema kListValue;
extern const ProtoSchema kTupleValue;
extern const ProtoSchema kDictValue;
extern const ProtoSchema kDictValueFieldsEntry;
extern const ProtoSchema kNamedTupleValue;
extern const ProtoSchema kPairValue;
extern const ProtoSchema kSignatureDefOutputsEntry;
extern const ProtoSchema kSignatureDefDefaultsEntry;
extern const ProtoSchema kAssetFileDef;
extern const ProtoSchema kSavedObjectGraph;
extern const ProtoSchema kSavedObject;
extern const ProtoSchema kTrackableObjectGraphTrackableObjectObjectReference;
extern const ProtoSchema kTrackableObjectGraphTrackableObjectSlotVariableReference;
extern const ProtoSchema kSavedUserObject;
extern const ProtoSchema kSavedAsset;
extern const ProtoSchema kSavedFunction;
extern const ProtoSchema kFunctionSpec;
extern const ProtoSchema kSavedVariable;
extern const ProtoSchema kSavedBareConcreteFunction;
extern const ProtoSchema kSavedConstant;
extern const ProtoSchema kSavedResource;
extern const ProtoSchema kCapturedTensor;
extern const ProtoSchema kSavedObjectSaveableObjectsEntry;
extern const ProtoSchema kSaveableObject;
extern const ProtoSchema kSavedObjectGraphConcreteFunctionsEntry;
extern const ProtoSchema kSavedConcreteFunction;
extern const ProtoSchema kBundleHeaderProto;
extern const ProtoSchema kBundleEntryProto;
extern const ProtoSchema kTensorSliceProto;
extern const ProtoSchema kTensorSliceProtoExtent;
extern const ProtoSchema kFingerprintDef;

const ProtoRow kSavedModelRows[] = {
    {1, "saved_model_schema_version", integer}, {2, "meta_graphs", message, many, &kMetaGraphDef}
};
const ProtoSchema kSavedModel{"SavedModel", kSavedModelRows};
const ProtoRow kMetaGraphDefRows[] = {
    {1, "meta_info_def", message, once, &kMetaGraphDefMetaInfoDef}, {2, "graph_def", message, once, &kGraphDef},
    {3, "saver_def", message, once, &kSaverDef}, {4, "collection_def", message, many, &kMetaGraphDefCollectionDefEntry},
    {5, "signature_def", message, many, &kMetaGraphDefSignatureDefEntry}, {6, "asset_file_def", message, many, &kAssetFileDef},
    {7, "object_graph_def", message, once, &kSavedObjectGraph}
};
const ProtoSchema kMetaGraphDef{"MetaGraphDef", kMetaGraphDefRows};
const ProtoRow kMetaGraphDefMetaInfoDefRows[] = {
    {1, "meta_graph_version", text}, {2, "stripped_op_list", message, once, &kOpList},
    {3, "any_info", message, once, &kAny}, {4, "tags", text, many}, {5, "tensorflow_version", text},
    {6, "tensorflow_git_version", text}, {7, "stripped_default_attrs", integer},
    {8, "function_aliases", message, many, &kMetaGraphDefMetaInfoDefFunctionAliasesEntry}
};
const ProtoSchema kMetaGraphDefMetaInfoDef{"MetaGraphDef.MetaInfoDef", kMetaGraphDefMetaInfoDefRows};
const ProtoRow kOpListRows[] = {{1, "op", message, many, &kOpDef}};
const ProtoSchema kOpList{"OpList", kOpListRows};
const ProtoRow kOpDefRows[] = {
    {1, "name", text}, {2, "input_arg", message, many, &kOpDefArgDef}, {3, "output_arg", message, many, &kOpDefArgDef},
    {4, "attr", message, many, &kOpDefAttrDef}, {5, "summary", text}, {6, "description", text},
    {8, "deprecation", message, once, &kOpDeprecation}, {16, "is_aggregate", integer}, {17, "is_stateful", integer},
    {18, "is_commutative", integer}, {19, "allows_uninitialized_input", integer}, {20, "control_output", text, many},
    {21, "is_distributed_communication", integer}
};
const ProtoSchema kOpDef{"OpDef", kOpDefRows};
const ProtoRow kOpDefArgDefRows[] = {
    {1, "name", text}, {2, "description", text}, {3, "type", integer}, {4, "type_attr", text}, {5, "number_attr", text},
    {6, "type_list_attr", text}, {7, "handle_data", message, many, &kResourceHandleProtoDtypeAndShape},
    {16, "is_ref", integer}, {17, "experimental_full_type", message, once, &kFullTypeDef}
};
const ProtoSchema kOpDefArgDef{"OpDef.ArgDef", kOpDefArgDefRows};
const ProtoRow kResourceHandleProtoDtypeAndShapeRows[] = {
    {1, "dtype", integer}, {2, "shape", message, once, &kTensorShapeProto}
};
const ProtoSchema kResourceHandleProtoDtypeAndShape{"ResourceHandleProto.DtypeAndShape", kResourceHandleProtoDtypeAndShapeRows};
const ProtoRow kTensorShapeProtoRows[] = {{2, "dim", message, many, &kTensorShapeProtoDim}, {3, "unknown_rank", integer}};
const ProtoSchema kTensorShapeProto{"TensorShapeProto", kTensorShapeProtoRows};
const ProtoRow kTensorShapeProtoDimRows[] = {{1, "size", integer}, {2, "name", text}};
const ProtoSchema kTensorShapeProtoDim{"TensorShapeProto.Dim", kTensorShapeProtoDimRows};
const ProtoRow kFullTypeDefRows[] = {
    {1, "type_id", integer}, {2, "args", message, many, &kFullTypeDef}, {3, "s", text}, {4, "i", integer}
};
const ProtoSchema kFullTypeDef{"FullTypeDef", kFullTypeDefRows};
const ProtoRow kOpDefAttrDefRows[] = {
    {1, "name", text}, {2, "type", text}, {3, "default_value", message, once, &kAttrValue}, {4, "description", text},
    {5, "has_minimum", integer}, {6, "minimum", integer}, {7, "allowed_values", message, once, &kAttrValue}
};
const ProtoSchema kOpDefAttrDef{"OpDef.AttrDef", kOpDefAttrDefRows};
const ProtoRow kAttrValueRows[] = {
    {1, "list", message, once, &kAttrValueListValue}, {2, "s", bytes}, {3, "i", integer}, {4, "f", fixed32}, {5, "b", integer},
    {6, "type", integer}, {7, "shape", message, once, &kTensorShapeProto}, {8, "tensor", message, once, &kTensorProto},
    {9, "placeholder", text}, {10, "func", message, once, &kNameAttrList}
};
const ProtoSchema kAttrValue{"AttrValue", kAttrValueRows};
const ProtoRow kTensorProtoRows[] = {
    {1, "dtype", integer}, {2, "tensor_shape", message, once, &kTensorShapeProto}, {3, "version_number", integer},
    {4, "tensor_content", bytes}, {5, "float_val", fixed32, many}, {6, "double_val", fixed64, many},
    {7, "int_val", integer, many}, {8, "string_val", bytes, many}, {9, "scomplex_val", fixed32, many},
    {10, "int64_val", integer, many}, {11, "bool_val", integer, many}, {12, "dcomplex_val", fixed64, many},
    {13, "half_val", integer, many}, {14, "resource_handle_val", message, many, &kResourceHandleProto},
    {15, "variant_val", message, many, &kVariantTensorDataProto}, {16, "uint32_val", integer, many},
    {17, "uint64_val", integer, many}, {18, "float8_val", bytes}
};
const ProtoSchema kTensorProto{"TensorProto", kTensorProtoRows};
const ProtoRow kResourceHandleProtoRows[] = {
    {1, "device", text}, {2, "container", text}, {3, "name", text}, {4, "hash_code", integer}, {5, "maybe_type_name", text},
    {6, "dtypes_and_shapes", message, many, &kResourceHandleProtoDtypeAndShape}
};
const ProtoSchema kResourceHandleProto{"ResourceHandleProto", kResourceHandleProtoRows};
const ProtoRow kVariantTensorDataProtoRows[] = {
    {1, "type_name", text}, {2, "metadata", bytes}, {3, "tensors", message, many, &kTensorProto}
};
const ProtoSchema kVariantTensorDataProto{"VariantTensorDataProto", kVariantTensorDataProtoRows};
const ProtoRow kAttrValueListValueRows[] = {
    {2, "s", bytes, many}, {3, "i", integer, many}, {4, "f", fixed32, many}, {5, "b", integer, many},
    {6, "type", integer, many}, {7, "shape", message, many, &kTensorShapeProto}, {8, "tensor", message, many, &kTensorProto},
    {9, "func", message, many, &kNameAttrList}
};
const ProtoSchema kAttrValueListValue{"AttrValue.ListValue", kAttrValueListValueRows};
const ProtoRow kNameAttrListRows[] = {{1, "name", text}, {2, "attr", message, many, &kNameAttrListAttrEntry}};
const ProtoSchema kNameAttrList{"NameAttrList", kNameAttrListRows};
const ProtoRow kNameAttrListAttrEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kAttrValue}};
const ProtoSchema kNameAttrListAttrEntry{"NameAttrList.AttrEntry", kNameAttrListAttrEntryRows};
const ProtoRow kOpDeprecationRows[] = {{1, "version", integer}, {2, "explanation", text}};
const ProtoSchema kOpDeprecation{"OpDeprecation", kOpDeprecationRows};
const ProtoRow kAnyRows[] = {{1, "type_url", text}, {2, "value", bytes}};
const ProtoSchema kAny{"Any", kAnyRows};
const ProtoRow kMetaGraphDefMetaInfoDefFunctionAliasesEntryRows[] = {{1, "key", text}, {2, "value", text}};
const ProtoSchema kMetaGraphDefMetaInfoDefFunctionAliasesEntry{"MetaGraphDef.MetaInfoDef.FunctionAliasesEntry", kMetaGraphDefMetaInfoDefFunctionAliasesEntryRows};
const ProtoRow kGraphDefRows[] = {
    {1, "node", message, many, &kNodeDef}, {2, "library", message, once, &kFunctionDefLibrary}, {3, "version", integer},
    {4, "versions", message, once, &kVersionDef}, {5, "debug_info", message, once, &kGraphDebugInfo}
};
const ProtoSchema kGraphDef{"GraphDef", kGraphDefRows};
const ProtoRow kNodeDefRows[] = {
    {1, "name", text}, {2, "op", text}, {3, "input", text, many}, {4, "device", text},
    {5, "attr", message, many, &kNodeDefAttrEntry},
    {6, "experimental_debug_info", message, once, &kNodeDefExperimentalDebugInfo},
    {7, "experimental_type", message, once, &kFullTypeDef}
};
const ProtoSchema kNodeDef{"NodeDef", kNodeDefRows};
const ProtoRow kNodeDefAttrEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kAttrValue}};
const ProtoSchema kNodeDefAttrEntry{"NodeDef.AttrEntry", kNodeDefAttrEntryRows};
const ProtoRow kNodeDefExperimentalDebugInfoRows[] = {
    {1, "original_node_names", text, many}, {2, "original_func_names", text, many}
};
const ProtoSchema kNodeDefExperimentalDebugInfo{"NodeDef.ExperimentalDebugInfo", kNodeDefExperimentalDebugInfoRows};
const ProtoRow kVersionDefRows[] = {
    {1, "producer", integer}, {2, "min_consumer", integer}, {3, "bad_consumers", integer, many}
};
const ProtoSchema kVersionDef{"VersionDef", kVersionDefRows};
const ProtoRow kFunctionDefLibraryRows[] = {
    {1, "function", message, many, &kFunctionDef}, {2, "gradient", message, many, &kGradientDef},
    {3, "registered_gradients", message, many, &kRegisteredGradient}
};
const ProtoSchema kFunctionDefLibrary{"FunctionDefLibrary", kFunctionDefLibraryRows};
const ProtoRow kFunctionDefRows[] = {
    {1, "signature", message, once, &kOpDef}, {3, "node_def", message, many, &kNodeDef},
    {4, "ret", message, many, &kFunctionDefRetEntry}, {5, "attr", message, many, &kFunctionDefAttrEntry},
    {6, "control_ret", message, many, &kFunctionDefControlRetEntry}, {7, "arg_attr", message, many, &kFunctionDefArgAttrEntry},
    {8, "resource_arg_unique_id", message, many, &kFunctionDefResourceArgUniqueIdEntry}
};
const ProtoSchema kFunctionDef{"FunctionDef", kFunctionDefRows};
const ProtoRow kFunctionDefAttrEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kAttrValue}};
const ProtoSchema kFunctionDefAttrEntry{"FunctionDef.AttrEntry", kFunctionDefAttrEntryRows};
const ProtoRow kFunctionDefArgAttrEntryRows[] = {{1, "key", integer}, {2, "value", message, once, &kFunctionDefArgAttrs}};
const ProtoSchema kFunctionDefArgAttrEntry{"FunctionDef.ArgAttrEntry", kFunctionDefArgAttrEntryRows};
const ProtoRow kFunctionDefArgAttrsRows[] = {{1, "attr", message, many, &kFunctionDefArgAttrsAttrEntry}};
const ProtoSchema kFunctionDefArgAttrs{"FunctionDef.ArgAttrs", kFunctionDefArgAttrsRows};
const ProtoRow kFunctionDefArgAttrsAttrEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kAttrValue}};
const ProtoSchema kFunctionDefArgAttrsAttrEntry{"FunctionDef.ArgAttrs.AttrEntry", kFunctionDefArgAttrsAttrEntryRows};
const ProtoRow kFunctionDefResourceArgUniqueIdEntryRows[] = {{1, "key", integer}, {2, "value", integer}};
const ProtoSchema kFunctionDefResourceArgUniqueIdEntry{"FunctionDef.ResourceArgUniqueIdEntry", kFunctionDefResourceArgUniqueIdEntryRows};
const ProtoRow kFunctionDefRetEntryRows[] = {{1, "key", text}, {2, "value", text}};
const ProtoSchema kFunctionDefRetEntry{"FunctionDef.RetEntry", kFunctionDefRetEntryRows};
const ProtoRow kFunctionDefControlRetEntryRows[] = {{1, "key", text}, {2, "value", text}};
const ProtoSchema kFunctionDefControlRetEntry{"FunctionDef.ControlRetEntry", kFunctionDefControlRetEntryRows};
const ProtoRow kGradientDefRows[] = {{1, "function_name", text}, {2, "gradient_func", text}};
const ProtoSchema kGradientDef{"GradientDef", kGradientDefRows};
const ProtoRow kRegisteredGradientRows[] = {{1, "gradient_func", text}, {2, "registered_op_type", text}};
const ProtoSchema kRegisteredGradient{"RegisteredGradient", kRegisteredGradientRows};
const ProtoRow kGraphDebugInfoRows[] = {
    {1, "files", text, many}, {2, "traces", message, many, &kGraphDebugInfoTracesEntry},
    {4, "frames_by_id", message, many, &kGraphDebugInfoFramesByIdEntry},
    {5, "name_to_trace_id", message, many, &kGraphDebugInfoNameToTraceIdEntry},
    {6, "traces_by_id", message, many, &kGraphDebugInfoTracesByIdEntry}
};
const ProtoSchema kGraphDebugInfo{"GraphDebugInfo", kGraphDebugInfoRows};
const ProtoRow kGraphDebugInfoFramesByIdEntryRows[] = {
    {1, "key", fixed64}, {2, "value", message, once, &kGraphDebugInfoFileLineCol}
};
const ProtoSchema kGraphDebugInfoFramesByIdEntry{"GraphDebugInfo.FramesByIdEntry", kGraphDebugInfoFramesByIdEntryRows};
const ProtoRow kGraphDebugInfoFileLineColRows[] = {
    {1, "file_index", integer}, {2, "line", integer}, {3, "col", integer}, {4, "func", text}, {5, "code", text}
};
const ProtoSchema kGraphDebugInfoFileLineCol{"GraphDebugInfo.FileLineCol", kGraphDebugInfoFileLineColRows};
const ProtoRow kGraphDebugInfoTracesByIdEntryRows[] = {
    {1, "key", fixed64}, {2, "value", message, once, &kGraphDebugInfoStackTrace}
};
const ProtoSchema kGraphDebugInfoTracesByIdEntry{"GraphDebugInfo.TracesByIdEntry", kGraphDebugInfoTracesByIdEntryRows};
const ProtoRow kGraphDebugInfoStackTraceRows[] = {
    {1, "file_line_cols", message, many, &kGraphDebugInfoFileLineCol}, {2, "frame_id", fixed64, many}
};
const ProtoSchema kGraphDebugInfoStackTrace{"GraphDebugInfo.StackTrace", kGraphDebugInfoStackTraceRows};
const ProtoRow kGraphDebugInfoTracesEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kGraphDebugInfoStackTrace}};
const ProtoSchema kGraphDebugInfoTracesEntry{"GraphDebugInfo.TracesEntry", kGraphDebugInfoTracesEntryRows};
const ProtoRow kGraphDebugInfoNameToTraceIdEntryRows[] = {{1, "key", text}, {2, "value", fixed64}};
const ProtoSchema kGraphDebugInfoNameToTraceIdEntry{"GraphDebugInfo.NameToTraceIdEntry", kGraphDebugInfoNameToTraceIdEntryRows};
const ProtoRow kSaverDefRows[] = {
    {1, "filename_tensor_name", text}, {2, "save_tensor_name", text}, {3, "restore_op_name", text},
    {4, "max_to_keep", integer}, {5, "sharded", integer}, {6, "keep_checkpoint_every_n_hours", fixed32},
    {7, "version", integer}
};
const ProtoSchema kSaverDef{"SaverDef", kSaverDefRows};
const ProtoRow kMetaGraphDefCollectionDefEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kCollectionDef}};
const ProtoSchema kMetaGraphDefCollectionDefEntry{"MetaGraphDef.CollectionDefEntry", kMetaGraphDefCollectionDefEntryRows};
const ProtoRow kCollectionDefRows[] = {
    {1, "node_list", message, once, &kCollectionDefNodeList}, {2, "bytes_list", message, once, &kCollectionDefBytesList},
    {3, "int64_list", message, once, &kCollectionDefInt64List}, {4, "float_list", message, once, &kCollectionDefFloatList},
    {5, "any_list", message, once, &kCollectionDefAnyList}
};
const ProtoSchema kCollectionDef{"CollectionDef", kCollectionDefRows};
const ProtoRow kCollectionDefNodeListRows[] = {{1, "value", text, many}};
const ProtoSchema kCollectionDefNodeList{"CollectionDef.NodeList", kCollectionDefNodeListRows};
const ProtoRow kCollectionDefBytesListRows[] = {{1, "value", bytes, many}};
const ProtoSchema kCollectionDefBytesList{"CollectionDef.BytesList", kCollectionDefBytesListRows};
const ProtoRow kCollectionDefInt64ListRows[] = {{1, "value", integer, many}};
const ProtoSchema kCollectionDefInt64List{"CollectionDef.Int64List", kCollectionDefInt64ListRows};
const ProtoRow kCollectionDefFloatListRows[] = {{1, "value", fixed32, many}};
const ProtoSchema kCollectionDefFloatList{"CollectionDef.FloatList", kCollectionDefFloatListRows};
const ProtoRow kCollectionDefAnyListRows[] = {{1, "value", message, many, &kAny}};
const ProtoSchema kCollectionDefAnyList{"CollectionDef.AnyList", kCollectionDefAnyListRows};
const ProtoRow kMetaGraphDefSignatureDefEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kSignatureDef}};
const ProtoSchema kMetaGraphDefSignatureDefEntry{"MetaGraphDef.SignatureDefEntry", kMetaGraphDefSignatureDefEntryRows};
const ProtoRow kSignatureDefRows[] = {
    {1, "inputs", message, many, &kSignatureDefInputsEntry}, {2, "outputs", message, many, &kSignatureDefOutputsEntry},
    {3, "method_name", text}, {4, "defaults", message, many, &kSignatureDefDefaultsEntry}
};
const ProtoSchema kSignatureDef{"SignatureDef", kSignatureDefRows};
const ProtoRow kSignatureDefInputsEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kTensorInfo}};
const ProtoSchema kSignatureDefInputsEntry{"SignatureDef.InputsEntry", kSignatureDefInputsEntryRows};
const ProtoRow kTensorInfoRows[] = {
    {1, "name", text}, {2, "dtype", integer}, {3, "tensor_shape", message, once, &kTensorShapeProto},
    {4, "coo_sparse", message, once, &kTensorInfoCooSparse},
    {5, "composite_tensor", message, once, &kTensorInfoCompositeTensor}
};
const ProtoSchema kTensorInfo{"TensorInfo", kTensorInfoRows};
const ProtoRow kTensorInfoCooSparseRows[] = {
    {1, "values_tensor_name", text}, {2, "indices_tensor_name", text}, {3, "dense_shape_tensor_name", text}
};
const ProtoSchema kTensorInfoCooSparse{"TensorInfo.CooSparse", kTensorInfoCooSparseRows};
const ProtoRow kTensorInfoCompositeTensorRows[] = {
    {1, "type_spec", message, once, &kTypeSpecProto}, {2, "components", message, many, &kTensorInfo}
};
const ProtoSchema kTensorInfoCompositeTensor{"TensorInfo.CompositeTensor", kTensorInfoCompositeTensorRows};
const ProtoRow kTypeSpecProtoRows[] = {
    {1, "type_spec_class", integer}, {2, "type_state", message, once, &kStructuredValue}, {3, "type_spec_class_name", text},
    {4, "num_flat_components", integer}
};
const ProtoSchema kTypeSpecProto{"TypeSpecProto", kTypeSpecProtoRows};
const ProtoRow kStructuredValueRows[] = {
    {1, "none_value", message, once, &kNoneValue}, {11, "float64_value", fixed64}, {12, "int64_value", integer},
    {13, "string_value", text}, {14, "bool_value", integer}, {31, "tensor_shape_value", message, once, &kTensorShapeProto},
    {32, "tensor_dtype_value", integer}, {33, "tensor_spec_value", message, once, &kTensorSpecProto},
    {34, "type_spec_value", message, once, &kTypeSpecProto},
    {35, "bounded_tensor_spec_value", message, once, &kBoundedTensorSpecProto}, {51, "list_value", message, once, &kListValue},
    {52, "tuple_value", message, once, &kTupleValue}, {53, "dict_value", message, once, &kDictValue},
    {54, "named_tuple_value", message, once, &kNamedTupleValue}, {55, "tensor_value", message, once, &kTensorProto},
    {56, "numpy_value", message, once, &kTensorProto}
};
const ProtoSchema kStructuredValue{"StructuredValue", kStructuredValueRows};
const ProtoSchema kNoneValue{"NoneValue", {}};
const ProtoRow kTensorSpecProtoRows[] = {
    {1, "name", text}, {2, "shape", message, once, &kTensorShapeProto}, {3, "dtype", integer}
};
const ProtoSchema kTensorSpecProto{"TensorSpecProto", kTensorSpecProtoRows};
const ProtoRow kBoundedTensorSpecProtoRows[] = {
    {1, "name", text}, {2, "shape", message, once, &kTensorShapeProto}, {3, "dtype", integer},
    {4, "minimum", message, once, &kTensorProto}, {5, "maximum", message, once, &kTensorProto}
};
const ProtoSchema kBoundedTensorSpecProto{"BoundedTensorSpecProto", kBoundedTensorSpecProtoRows};
const ProtoRow kListValueRows[] = {{1, "values", message, many, &kStructuredValue}};
const ProtoSchema kListValue{"ListValue", kListValueRows};
const ProtoRow kTupleValueRows[] = {{1, "values", message, many, &kStructuredValue}};
const ProtoSchema kTupleValue{"TupleValue", kTupleValueRows};
const ProtoRow kDictValueRows[] = {{1, "fields", message, many, &kDictValueFieldsEntry}};
const ProtoSchema kDictValue{"DictValue", kDictValueRows};
const ProtoRow kDictValueFieldsEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kStructuredValue}};
const ProtoSchema kDictValueFieldsEntry{"DictValue.FieldsEntry", kDictValueFieldsEntryRows};
const ProtoRow kNamedTupleValueRows[] = {{1, "name", text}, {2, "values", message, many, &kPairValue}};
const ProtoSchema kNamedTupleValue{"NamedTupleValue", kNamedTupleValueRows};
const ProtoRow kPairValueRows[] = {{1, "key", text}, {2, "value", message, once, &kStructuredValue}};
const ProtoSchema kPairValue{"PairValue", kPairValueRows};
const ProtoRow kSignatureDefOutputsEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kTensorInfo}};
const ProtoSchema kSignatureDefOutputsEntry{"SignatureDef.OutputsEntry", kSignatureDefOutputsEntryRows};
const ProtoRow kSignatureDefDefaultsEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kTensorProto}};
const ProtoSchema kSignatureDefDefaultsEntry{"SignatureDef.DefaultsEntry", kSignatureDefDefaultsEntryRows};
const ProtoRow kAssetFileDefRows[] = {{1, "tensor_info", message, once, &kTensorInfo}, {2, "filename", text}};
const ProtoSchema kAssetFileDef{"AssetFileDef", kAssetFileDefRows};
const ProtoRow kSavedObjectGraphRows[] = {
    {1, "nodes", message, many, &kSavedObject},
    {2, "concrete_functions", message, many, &kSavedObjectGraphConcreteFunctionsEntry}
};
const ProtoSchema kSavedObjectGraph{"SavedObjectGraph", kSavedObjectGraphRows};
const ProtoRow kSavedObjectRows[] = {
    {1, "children", message, many, &kTrackableObjectGraphTrackableObjectObjectReference},
    {3, "slot_variables", message, many, &kTrackableObjectGraphTrackableObjectSlotVariableReference},
    {4, "user_object", message, once, &kSavedUserObject}, {5, "asset", message, once, &kSavedAsset},
    {6, "function", message, once, &kSavedFunction}, {7, "variable", message, once, &kSavedVariable},
    {8, "bare_concrete_function", message, once, &kSavedBareConcreteFunction}, {9, "constant", message, once, &kSavedConstant},
    {10, "resource", message, once, &kSavedResource},
    {11, "saveable_objects", message, many, &kSavedObjectSaveableObjectsEntry},
    {12, "captured_tensor", message, once, &kCapturedTensor}, {13, "registered_name", text},
    {14, "serialized_user_proto", message, once, &kAny},
    {15, "dependencies", message, many, &kTrackableObjectGraphTrackableObjectObjectReference}, {16, "registered_saver", text}
};
const ProtoSchema kSavedObject{"SavedObject", kSavedObjectRows};
const ProtoRow kTrackableObjectGraphTrackableObjectObjectReferenceRows[] = {{1, "node_id", integer}, {2, "local_name", text}};
const ProtoSchema kTrackableObjectGraphTrackableObjectObjectReference{"TrackableObjectGraph.TrackableObject.ObjectReference", kTrackableObjectGraphTrackableObjectObjectReferenceRows};
const ProtoRow kTrackableObjectGraphTrackableObjectSlotVariableReferenceRows[] = {
    {1, "original_variable_node_id", integer}, {2, "slot_name", text}, {3, "slot_variable_node_id", integer}
};
const ProtoSchema kTrackableObjectGraphTrackableObjectSlotVariableReference{"TrackableObjectGraph.TrackableObject.SlotVariableReference", kTrackableObjectGraphTrackableObjectSlotVariableReferenceRows};
const ProtoRow kSavedUserObjectRows[] = {
    {1, "identifier", text}, {2, "version", message, once, &kVersionDef}, {3, "metadata", text}
};
const ProtoSchema kSavedUserObject{"SavedUserObject", kSavedUserObjectRows};
const ProtoRow kSavedAssetRows[] = {{1, "asset_file_def_index", integer}};
const ProtoSchema kSavedAsset{"SavedAsset", kSavedAssetRows};
const ProtoRow kSavedFunctionRows[] = {
    {1, "concrete_functions", text, many}, {2, "function_spec", message, once, &kFunctionSpec}
};
const ProtoSchema kSavedFunction{"SavedFunction", kSavedFunctionRows};
const ProtoRow kFunctionSpecRows[] = {
    {1, "fullargspec", message, once, &kStructuredValue}, {2, "is_method", integer},
    {5, "input_signature", message, once, &kStructuredValue}, {6, "jit_compile", integer}
};
const ProtoSchema kFunctionSpec{"FunctionSpec", kFunctionSpecRows};
const ProtoRow kSavedVariableRows[] = {
    {1, "dtype", integer}, {2, "shape", message, once, &kTensorShapeProto}, {3, "trainable", integer},
    {4, "synchronization", integer}, {5, "aggregation", integer}, {6, "name", text}, {7, "device", text},
    {8, "experimental_distributed_variable_components", message, many, &kSavedVariable}
};
const ProtoSchema kSavedVariable{"SavedVariable", kSavedVariableRows};
const ProtoRow kSavedBareConcreteFunctionRows[] = {
    {1, "concrete_function_name", text}, {2, "argument_keywords", text, many}, {3, "allowed_positional_arguments", integer},
    {4, "function_spec", message, once, &kFunctionSpec}
};
const ProtoSchema kSavedBareConcreteFunction{"SavedBareConcreteFunction", kSavedBareConcreteFunctionRows};
const ProtoRow kSavedConstantRows[] = {{1, "operation", text}};
const ProtoSchema kSavedConstant{"SavedConstant", kSavedConstantRows};
const ProtoRow kSavedResourceRows[] = {{1, "device", text}};
const ProtoSchema kSavedResource{"SavedResource", kSavedResourceRows};
const ProtoRow kCapturedTensorRows[] = {{1, "name", text}, {2, "concrete_function", text}};
const ProtoSchema kCapturedTensor{"CapturedTensor", kCapturedTensorRows};
const ProtoRow kSavedObjectSaveableObjectsEntryRows[] = {{1, "key", text}, {2, "value", message, once, &kSaveableObject}};
const ProtoSchema kSavedObjectSaveableObjectsEntry{"SavedObject.SaveableObjectsEntry", kSavedObjectSaveableObjectsEntryRows};
const ProtoRow kSaveableObjectRows[] = {{2, "save_function", integer}, {3, "restore_function", integer}};
const ProtoSchema kSaveableObject{"SaveableObject", kSaveableObjectRows};
const ProtoRow kSavedObjectGraphConcreteFunctionsEntryRows[] = {
    {1, "key", text}, {2, "value", message, once, &kSavedConcreteFunction}
};
const ProtoSchema kSavedObjectGraphConcreteFunctionsEntry{"SavedObjectGraph.ConcreteFunctionsEntry", kSavedObjectGraphConcreteFunctionsEntryRows};
const ProtoRow kSavedConcreteFunctionRows[] = {
    {2, "bound_inputs", integer, many}, {3, "canonicalized_input_signature", message, once, &kStructuredValue},
    {4, "output_signature", message, once, &kStructuredValue}
};
const ProtoSchema kSavedConcreteFunction{"SavedConcreteFunction", kSavedConcreteFunctionRows};
const ProtoRow kBundleHeaderProtoRows[] = {
    {1, "num_shards", integer}, {2, "endianness", integer}, {3, "version", message, once, &kVersionDef}
};
const ProtoSchema kBundleHeaderProto{"BundleHeaderProto", kBundleHeaderProtoRows};
const ProtoRow kBundleEntryProtoRows[] = {
    {1, "dtype", integer}, {2, "shape", message, once, &kTensorShapeProto}, {3, "shard_id", integer}, {4, "offset", integer},
    {5, "size", integer}, {6, "crc32c", fixed32}, {7, "slices", message, many, &kTensorSliceProto}
};
const ProtoSchema kBundleEntryProto{"BundleEntryProto", kBundleEntryProtoRows};
const ProtoRow kTensorSliceProtoRows[] = {{1, "extent", message, many, &kTensorSliceProtoExtent}};
const ProtoSchema kTensorSliceProto{"TensorSliceProto", kTensorSliceProtoRows};
const ProtoRow kTensorSliceProtoExtentRows[] = {{1, "start", integer}, {2, "length", integer}};
const ProtoSchema kTensorSliceProtoExtent{"TensorSliceProto.Extent", kTensorSliceProtoExtentRows};
const ProtoRow kFingerprintDefRows[] = {
    {1, "saved_model_checksum", integer}, {2, "graph_def_program_hash", integer}, {3, "signature_def_hash", integer},
    {4, "saved_object_graph_hash", integer}, {5, "checkpoint_hash", integer}, {6, "version", message, once, &kVersionDef},
    {7, "uuid", text}
};
const ProtoSchema kFingerprintDef{"FingerprintDef", kFingerprintDefRows};

// tensorflow/python/keras/protobuf/saved_metadata.proto and versions.proto
const ProtoRow kKerasNodeRows[] = {
    {2, "node_id", integer}, {3, "node_path", text}, {4, "identifier", text}, {5, "metadata", text}, {6, "version", message, once, &kVersionDef}
};
const ProtoSchema kKerasNode{"SavedObject", kKerasNodeRows};
const ProtoRow kKerasMetadataRows[] = {{1, "nodes", message, many, &kKerasNode}};
const ProtoSchema kKerasMetadata{"SavedMetadata", kKerasMetadataRows};

}  // namespace

namespace tensorflow {

const ProtoSchema& saved_model() { return kSavedModel; }
const ProtoSchema& meta_graph() { return kMetaGraphDef; }
const ProtoSchema& graph() { return kGraphDef; }
const ProtoSchema& node() { return kNodeDef; }
const ProtoSchema& function() { return kFunctionDef; }
const ProtoSchema& function_reference() { return kNameAttrList; }
const ProtoSchema& asset() { return kAssetFileDef; }
const ProtoSchema& collection() { return kMetaGraphDefCollectionDefEntry; }
const ProtoSchema& user_object() { return kSavedUserObject; }
const ProtoSchema& checkpoint_header() { return kBundleHeaderProto; }
const ProtoSchema& checkpoint_entry() { return kBundleEntryProto; }
const ProtoSchema& fingerprint() { return kFingerprintDef; }
const ProtoSchema& keras_metadata() { return kKerasMetadata; }
const ProtoSchema& keras_node() { return kKerasNode; }

}  // namespace tensorflow
}  // namespace headgate::formats
