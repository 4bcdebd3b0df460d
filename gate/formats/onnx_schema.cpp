// onnx_schema.cpp: rows are number, name, type, and whether it repeats, as in onnx/onnx-ml.proto.
#include "formats/onnx_schema.hpp"

namespace headgate::formats {
namespace {

using enum ProtoType;
constexpr bool once = false;
constexpr bool many = true;

extern const ProtoSchema kModelProto;
extern const ProtoSchema kOperatorSetIdProto;
extern const ProtoSchema kGraphProto;
extern const ProtoSchema kNodeProto;
extern const ProtoSchema kAttributeProto;
extern const ProtoSchema kTensorProto;
extern const ProtoSchema kTensorProtoSegment;
extern const ProtoSchema kStringStringEntryProto;
extern const ProtoSchema kSparseTensorProto;
extern const ProtoSchema kTypeProto;
extern const ProtoSchema kTypeProtoTensor;
extern const ProtoSchema kTensorShapeProto;
extern const ProtoSchema kTensorShapeProtoDimension;
extern const ProtoSchema kTypeProtoSequence;
extern const ProtoSchema kTypeProtoMap;
extern const ProtoSchema kTypeProtoOptional;
extern const ProtoSchema kTypeProtoSparseTensor;
extern const ProtoSchema kTypeProtoOpaque;
extern const ProtoSchema kNodeDeviceConfigurationProto;
extern const ProtoSchema kShardingSpecProto;
extern const ProtoSchema kIntIntListEntryProto;
extern const ProtoSchema kShardedDimProto;
extern const ProtoSchema kSimpleShardedDimProto;
extern const ProtoSchema kValueInfoProto;
extern const ProtoSchema kTensorAnnotation;
extern const ProtoSchema kTrainingInfoProto;
extern const ProtoSchema kFunctionProto;
extern const ProtoSchema kDeviceConfigurationProto;

const ProtoRow kModelProtoRows[] = {
    {1, "ir_version", integer}, {2, "producer_name", text}, {3, "producer_version", text}, {4, "domain", text},
    {5, "model_version", integer}, {6, "doc_string", text}, {7, "graph", message, once, &kGraphProto},
    {8, "opset_import", message, many, &kOperatorSetIdProto}, {14, "metadata_props", message, many, &kStringStringEntryProto},
    {20, "training_info", message, many, &kTrainingInfoProto}, {25, "functions", message, many, &kFunctionProto},
    {26, "configuration", message, many, &kDeviceConfigurationProto}
};
const ProtoSchema kModelProto{"ModelProto", kModelProtoRows};
const ProtoRow kOperatorSetIdProtoRows[] = {{1, "domain", text}, {2, "version", integer}};
const ProtoSchema kOperatorSetIdProto{"OperatorSetIdProto", kOperatorSetIdProtoRows};
const ProtoRow kGraphProtoRows[] = {
    {1, "node", message, many, &kNodeProto}, {2, "name", text}, {5, "initializer", message, many, &kTensorProto},
    {10, "doc_string", text}, {11, "input", message, many, &kValueInfoProto}, {12, "output", message, many, &kValueInfoProto},
    {13, "value_info", message, many, &kValueInfoProto}, {14, "quantization_annotation", message, many, &kTensorAnnotation},
    {15, "sparse_initializer", message, many, &kSparseTensorProto},
    {16, "metadata_props", message, many, &kStringStringEntryProto}
};
const ProtoSchema kGraphProto{"GraphProto", kGraphProtoRows};
const ProtoRow kNodeProtoRows[] = {
    {1, "input", text, many}, {2, "output", text, many}, {3, "name", text}, {4, "op_type", text},
    {5, "attribute", message, many, &kAttributeProto}, {6, "doc_string", text}, {7, "domain", text}, {8, "overload", text},
    {9, "metadata_props", message, many, &kStringStringEntryProto},
    {10, "device_configurations", message, many, &kNodeDeviceConfigurationProto}
};
const ProtoSchema kNodeProto{"NodeProto", kNodeProtoRows};
const ProtoRow kAttributeProtoRows[] = {
    {1, "name", text}, {2, "f", fixed32}, {3, "i", integer}, {4, "s", bytes}, {5, "t", message, once, &kTensorProto},
    {6, "g", message, once, &kGraphProto}, {7, "floats", fixed32, many}, {8, "ints", integer, many},
    {9, "strings", bytes, many}, {10, "tensors", message, many, &kTensorProto}, {11, "graphs", message, many, &kGraphProto},
    {13, "doc_string", text}, {14, "tp", message, once, &kTypeProto}, {15, "type_protos", message, many, &kTypeProto},
    {20, "type", integer}, {21, "ref_attr_name", text}, {22, "sparse_tensor", message, once, &kSparseTensorProto},
    {23, "sparse_tensors", message, many, &kSparseTensorProto}
};
const ProtoSchema kAttributeProto{"AttributeProto", kAttributeProtoRows};
const ProtoRow kTensorProtoRows[] = {
    {1, "dims", integer, many}, {2, "data_type", integer}, {3, "segment", message, once, &kTensorProtoSegment},
    {4, "float_data", fixed32, many}, {5, "int32_data", integer, many}, {6, "string_data", bytes, many},
    {7, "int64_data", integer, many}, {8, "name", text}, {9, "raw_data", bytes}, {10, "double_data", fixed64, many},
    {11, "uint64_data", integer, many}, {12, "doc_string", text},
    {13, "external_data", message, many, &kStringStringEntryProto}, {14, "data_location", integer},
    {16, "metadata_props", message, many, &kStringStringEntryProto}
};
const ProtoSchema kTensorProto{"TensorProto", kTensorProtoRows};
const ProtoRow kTensorProtoSegmentRows[] = {{1, "begin", integer}, {2, "end", integer}};
const ProtoSchema kTensorProtoSegment{"TensorProto.Segment", kTensorProtoSegmentRows};
const ProtoRow kStringStringEntryProtoRows[] = {{1, "key", text}, {2, "value", text}};
const ProtoSchema kStringStringEntryProto{"StringStringEntryProto", kStringStringEntryProtoRows};
const ProtoRow kSparseTensorProtoRows[] = {
    {1, "values", message, once, &kTensorProto}, {2, "indices", message, once, &kTensorProto}, {3, "dims", integer, many}
};
const ProtoSchema kSparseTensorProto{"SparseTensorProto", kSparseTensorProtoRows};
const ProtoRow kTypeProtoRows[] = {
    {1, "tensor_type", message, once, &kTypeProtoTensor}, {4, "sequence_type", message, once, &kTypeProtoSequence},
    {5, "map_type", message, once, &kTypeProtoMap}, {6, "denotation", text},
    {7, "opaque_type", message, once, &kTypeProtoOpaque}, {8, "sparse_tensor_type", message, once, &kTypeProtoSparseTensor},
    {9, "optional_type", message, once, &kTypeProtoOptional}
};
const ProtoSchema kTypeProto{"TypeProto", kTypeProtoRows};
const ProtoRow kTypeProtoTensorRows[] = {{1, "elem_type", integer}, {2, "shape", message, once, &kTensorShapeProto}};
const ProtoSchema kTypeProtoTensor{"TypeProto.Tensor", kTypeProtoTensorRows};
const ProtoRow kTensorShapeProtoRows[] = {{1, "dim", message, many, &kTensorShapeProtoDimension}};
const ProtoSchema kTensorShapeProto{"TensorShapeProto", kTensorShapeProtoRows};
const ProtoRow kTensorShapeProtoDimensionRows[] = {{1, "dim_value", integer}, {2, "dim_param", text}, {3, "denotation", text}};
const ProtoSchema kTensorShapeProtoDimension{"TensorShapeProto.Dimension", kTensorShapeProtoDimensionRows};
const ProtoRow kTypeProtoSequenceRows[] = {{1, "elem_type", message, once, &kTypeProto}};
const ProtoSchema kTypeProtoSequence{"TypeProto.Sequence", kTypeProtoSequenceRows};
const ProtoRow kTypeProtoMapRows[] = {{1, "key_type", integer}, {2, "value_type", message, once, &kTypeProto}};
const ProtoSchema kTypeProtoMap{"TypeProto.Map", kTypeProtoMapRows};
const ProtoRow kTypeProtoOptionalRows[] = {{1, "elem_type", message, once, &kTypeProto}};
const ProtoSchema kTypeProtoOptional{"TypeProto.Optional", kTypeProtoOptionalRows};
const ProtoRow kTypeProtoSparseTensorRows[] = {{1, "elem_type", integer}, {2, "shape", message, once, &kTensorShapeProto}};
const ProtoSchema kTypeProtoSparseTensor{"TypeProto.SparseTensor", kTypeProtoSparseTensorRows};
const ProtoRow kTypeProtoOpaqueRows[] = {{1, "domain", text}, {2, "name", text}};
const ProtoSchema kTypeProtoOpaque{"TypeProto.Opaque", kTypeProtoOpaqueRows};
const ProtoRow kNodeDeviceConfigurationProtoRows[] = {
    {1, "configuration_id", text}, {2, "sharding_spec", message, many, &kShardingSpecProto}, {3, "pipeline_stage", integer}
};
const ProtoSchema kNodeDeviceConfigurationProto{"NodeDeviceConfigurationProto", kNodeDeviceConfigurationProtoRows};
const ProtoRow kShardingSpecProtoRows[] = {
    {1, "tensor_name", text}, {2, "device", integer, many},
    {3, "index_to_device_group_map", message, many, &kIntIntListEntryProto},
    {4, "sharded_dim", message, many, &kShardedDimProto}
};
const ProtoSchema kShardingSpecProto{"ShardingSpecProto", kShardingSpecProtoRows};
const ProtoRow kIntIntListEntryProtoRows[] = {{1, "key", integer}, {2, "value", integer, many}};
const ProtoSchema kIntIntListEntryProto{"IntIntListEntryProto", kIntIntListEntryProtoRows};
const ProtoRow kShardedDimProtoRows[] = {{1, "axis", integer}, {2, "simple_sharding", message, many, &kSimpleShardedDimProto}};
const ProtoSchema kShardedDimProto{"ShardedDimProto", kShardedDimProtoRows};
const ProtoRow kSimpleShardedDimProtoRows[] = {{1, "dim_value", integer}, {2, "dim_param", text}, {3, "num_shards", integer}};
const ProtoSchema kSimpleShardedDimProto{"SimpleShardedDimProto", kSimpleShardedDimProtoRows};
const ProtoRow kValueInfoProtoRows[] = {
    {1, "name", text}, {2, "type", message, once, &kTypeProto}, {3, "doc_string", text},
    {4, "metadata_props", message, many, &kStringStringEntryProto}
};
const ProtoSchema kValueInfoProto{"ValueInfoProto", kValueInfoProtoRows};
const ProtoRow kTensorAnnotationRows[] = {
    {1, "tensor_name", text}, {2, "quant_parameter_tensor_names", message, many, &kStringStringEntryProto}
};
const ProtoSchema kTensorAnnotation{"TensorAnnotation", kTensorAnnotationRows};
const ProtoRow kTrainingInfoProtoRows[] = {
    {1, "initialization", message, once, &kGraphProto}, {2, "algorithm", message, once, &kGraphProto},
    {3, "initialization_binding", message, many, &kStringStringEntryProto},
    {4, "update_binding", message, many, &kStringStringEntryProto}
};
const ProtoSchema kTrainingInfoProto{"TrainingInfoProto", kTrainingInfoProtoRows};
const ProtoRow kFunctionProtoRows[] = {
    {1, "name", text}, {4, "input", text, many}, {5, "output", text, many}, {6, "attribute", text, many},
    {7, "node", message, many, &kNodeProto}, {8, "doc_string", text}, {9, "opset_import", message, many, &kOperatorSetIdProto},
    {10, "domain", text}, {11, "attribute_proto", message, many, &kAttributeProto},
    {12, "value_info", message, many, &kValueInfoProto}, {13, "overload", text},
    {14, "metadata_props", message, many, &kStringStringEntryProto}
};
const ProtoSchema kFunctionProto{"FunctionProto", kFunctionProtoRows};
const ProtoRow kDeviceConfigurationProtoRows[] = {{1, "name", text}, {2, "num_devices", integer}, {3, "device", text, many}};
const ProtoSchema kDeviceConfigurationProto{"DeviceConfigurationProto", kDeviceConfigurationProtoRows};

}  // namespace

const ProtoSchema& onnx_model() { return kModelProto; }

}  // namespace headgate::formats
