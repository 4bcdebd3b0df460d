// coreml_schema.cpp: made by tests/recipes/make_coreml_schema.py from mlmodel/format/*.proto of coremltools 9.0. See proto_tables.hpp.
#include "formats/coreml_schema.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kText0 = R"(Model: 1 specificationVersion i, 2 description ModelDescription, 10 isUpdatable i, 200 pipelineClassifier PipelineClassifier,
 201 pipelineRegressor PipelineRegressor, 202 pipeline Pipeline, 300 glmRegressor GLMRegressor, 301 supportVectorRegressor SupportVectorRegressor,
 302 treeEnsembleRegressor TreeEnsembleRegressor, 303 neuralNetworkRegressor NeuralNetworkRegressor,
 304 bayesianProbitRegressor BayesianProbitRegressor, 400 glmClassifier GLMClassifier, 401 supportVectorClassifier SupportVectorClassifier,
 402 treeEnsembleClassifier TreeEnsembleClassifier, 403 neuralNetworkClassifier NeuralNetworkClassifier,
 404 kNearestNeighborsClassifier KNearestNeighborsClassifier, 500 neuralNetwork NeuralNetwork,
 501 itemSimilarityRecommender ItemSimilarityRecommender, 502 mlProgram MILSpec.Program, 555 customModel CustomModel, 556 linkedModel LinkedModel,
 560 classConfidenceThresholding ClassConfidenceThresholding, 600 oneHotEncoder OneHotEncoder, 601 imputer Imputer,
 602 featureVectorizer FeatureVectorizer, 603 dictVectorizer DictVectorizer, 604 scaler Scaler, 606 categoricalMapping CategoricalMapping,
 607 normalizer Normalizer, 609 arrayFeatureExtractor ArrayFeatureExtractor, 610 nonMaximumSuppression NonMaximumSuppression, 900 identity Identity,
 2000 textClassifier CoreMLModels.TextClassifier, 2001 wordTagger CoreMLModels.WordTagger, 2002 visionFeaturePrint CoreMLModels.VisionFeaturePrint,
 2003 soundAnalysisPreprocessing CoreMLModels.SoundAnalysisPreprocessing, 2004 gazetteer CoreMLModels.Gazetteer,
 2005 wordEmbedding CoreMLModels.WordEmbedding, 2006 audioFeaturePrint CoreMLModels.AudioFeaturePrint, 3000 serializedModel SerializedModel
ModelDescription: 1 input FeatureDescription*, 10 output FeatureDescription*, 11 predictedFeatureName t, 12 predictedProbabilitiesName t,
 13 state FeatureDescription*, 20 functions FunctionDescription*, 21 defaultFunctionName t, 50 trainingInput FeatureDescription*,
 100 metadata Metadata
FunctionDescription: 1 name t, 2 input FeatureDescription*, 3 output FeatureDescription*, 4 predictedFeatureName t, 5 predictedProbabilitiesName t,
 6 state FeatureDescription*
FeatureDescription: 1 name t, 2 shortDescription t, 3 type FeatureType
FeatureType: 1 int64Type Int64FeatureType, 2 doubleType DoubleFeatureType, 3 stringType StringFeatureType, 4 imageType ImageFeatureType,
 5 multiArrayType ArrayFeatureType, 6 dictionaryType DictionaryFeatureType, 7 sequenceType SequenceFeatureType, 8 stateType StateFeatureType,
 1000 isOptional i
Int64FeatureType:
DoubleFeatureType:
StringFeatureType:
ImageFeatureType: 1 width i, 2 height i, 3 colorSpace i, 21 enumeratedSizes ImageFeatureType.EnumeratedImageSizes,
 31 imageSizeRange ImageFeatureType.ImageSizeRange
ImageFeatureType.EnumeratedImageSizes: 1 sizes ImageFeatureType.ImageSize*
ImageFeatureType.ImageSize: 1 width i, 2 height i
ImageFeatureType.ImageSizeRange: 1 widthRange SizeRange, 2 heightRange SizeRange
SizeRange: 1 lowerBound i, 2 upperBound i
ArrayFeatureType: 1 shape i*, 2 dataType i, 21 enumeratedShapes ArrayFeatureType.EnumeratedShapes, 31 shapeRange ArrayFeatureType.ShapeRange,
 41 intDefaultValue i, 51 floatDefaultValue f, 61 doubleDefaultValue d
ArrayFeatureType.EnumeratedShapes: 1 shapes ArrayFeatureType.Shape*
ArrayFeatureType.Shape: 1 shape i*
ArrayFeatureType.ShapeRange: 1 sizeRanges SizeRange*
DictionaryFeatureType: 1 int64KeyType Int64FeatureType, 2 stringKeyType StringFeatureType
SequenceFeatureType: 1 int64Type Int64FeatureType, 3 stringType StringFeatureType, 101 sizeRange SizeRange
StateFeatureType: 1 arrayType ArrayFeatureType
Metadata: 1 shortDescription t, 2 versionString t, 3 author t, 4 license t, 100 userDefined Metadata.UserDefinedEntry*
Metadata.UserDefinedEntry: 1 key t, 2 value t
PipelineClassifier: 1 pipeline Pipeline
Pipeline: 1 models Model*, 2 names t*
PipelineRegressor: 1 pipeline Pipeline
GLMRegressor: 1 weights GLMRegressor.DoubleArray*, 2 offset d*, 3 postEvaluationTransform i
GLMRegressor.DoubleArray: 1 value d*
SupportVectorRegressor: 1 kernel Kernel, 2 sparseSupportVectors SparseSupportVectors, 3 denseSupportVectors DenseSupportVectors,
 4 coefficients Coefficients, 5 rho d
Kernel: 1 linearKernel LinearKernel, 2 rbfKernel RBFKernel, 3 polyKernel PolyKernel, 4 sigmoidKernel SigmoidKernel
LinearKernel:
RBFKernel: 1 gamma d
PolyKernel: 1 degree i, 2 c d, 3 gamma d
SigmoidKernel: 1 gamma d, 2 c d
SparseSupportVectors: 1 vectors SparseVector*
SparseVector: 1 nodes SparseNode*
SparseNode: 1 index i, 2 value d
DenseSupportVectors: 1 vectors DenseVector*
DenseVector: 1 values d*
Coefficients: 1 alpha d*
TreeEnsembleRegressor: 1 treeEnsemble TreeEnsembleParameters, 2 postEvaluationTransform i
TreeEnsembleParameters: 1 nodes TreeEnsembleParameters.TreeNode*, 2 numPredictionDimensions i, 3 basePredictionValue d*
TreeEnsembleParameters.TreeNode: 1 treeId i, 2 nodeId i, 3 nodeBehavior i, 10 branchFeatureIndex i, 11 branchFeatureValue d, 12 trueChildNodeId i,
 13 falseChildNodeId i, 14 missingValueTracksTrueChild i, 20 evaluationInfo TreeEnsembleParameters.TreeNode.EvaluationInfo*, 30 relativeHitRate d
TreeEnsembleParameters.TreeNode.EvaluationInfo: 1 evaluationIndex i, 2 evaluationValue d
NeuralNetworkRegressor: 1 layers NeuralNetworkLayer*, 2 preprocessing NeuralNetworkPreprocessing*, 5 arrayInputShapeMapping i,
 6 imageInputShapeMapping i, 10 updateParams NetworkUpdateParameters
NeuralNetworkLayer: 1 name t, 2 input t*, 3 output t*, 4 inputTensor Tensor*, 5 outputTensor Tensor*, 10 isUpdatable i,
 100 convolution ConvolutionLayerParams, 120 pooling PoolingLayerParams, 130 activation ActivationParams, 140 innerProduct InnerProductLayerParams,
 150 embedding EmbeddingLayerParams, 160 batchnorm BatchnormLayerParams, 165 mvn MeanVarianceNormalizeLayerParams,
 170 l2normalize L2NormalizeLayerParams, 175 softmax SoftmaxLayerParams, 180 lrn LRNLayerParams, 190 crop CropLayerParams,
 200 padding PaddingLayerParams, 210 upsample UpsampleLayerParams, 211 resizeBilinear ResizeBilinearLayerParams, 212 cropResize CropResizeLayerParams,
 220 unary UnaryFunctionLayerParams, 230 add AddLayerParams, 231 multiply MultiplyLayerParams, 240 average AverageLayerParams,
 245 scale ScaleLayerParams, 250 bias BiasLayerParams, 260 max MaxLayerParams, 261 min MinLayerParams, 270 dot DotProductLayerParams,
 280 reduce ReduceLayerParams, 290 loadConstant LoadConstantLayerParams, 300 reshape ReshapeLayerParams, 301 flatten FlattenLayerParams,
 310 permute PermuteLayerParams, 320 concat ConcatLayerParams, 330 split SplitLayerParams, 340 sequenceRepeat SequenceRepeatLayerParams,
 345 reorganizeData ReorganizeDataLayerParams, 350 slice SliceLayerParams, 400 simpleRecurrent SimpleRecurrentLayerParams, 410 gru GRULayerParams,
 420 uniDirectionalLSTM UniDirectionalLSTMLayerParams, 430 biDirectionalLSTM BiDirectionalLSTMLayerParams, 500 custom CustomLayerParams,
 600 copy CopyLayerParams, 605 branch BranchLayerParams, 615 loop LoopLayerParams, 620 loopBreak LoopBreakLayerParams,
 625 loopContinue LoopContinueLayerParams, 635 rangeStatic RangeStaticLayerParams, 640 rangeDynamic RangeDynamicLayerParams, 660 clip ClipLayerParams,
 665 ceil CeilLayerParams, 670 floor FloorLayerParams, 680 sign SignLayerParams, 685 round RoundLayerParams, 700 exp2 Exp2LayerParams,
 710 sin SinLayerParams, 715 cos CosLayerParams, 720 tan TanLayerParams, 730 asin AsinLayerParams, 735 acos AcosLayerParams, 740 atan AtanLayerParams,
 750 sinh SinhLayerParams, 755 cosh CoshLayerParams, 760 tanh TanhLayerParams, 770 asinh AsinhLayerParams, 775 acosh AcoshLayerParams,
 780 atanh AtanhLayerParams, 790 erf ErfLayerParams, 795 gelu GeluLayerParams, 815 equal EqualLayerParams, 820 notEqual NotEqualLayerParams,
 825 lessThan LessThanLayerParams, 827 lessEqual LessEqualLayerParams, 830 greaterThan GreaterThanLayerParams,
 832 greaterEqual GreaterEqualLayerParams, 840 logicalOr LogicalOrLayerParams, 845 logicalXor LogicalXorLayerParams,
 850 logicalNot LogicalNotLayerParams, 855 logicalAnd LogicalAndLayerParams, 865 modBroadcastable ModBroadcastableLayerParams,
 870 minBroadcastable MinBroadcastableLayerParams, 875 maxBroadcastable MaxBroadcastableLayerParams, 880 addBroadcastable AddBroadcastableLayerParams,
 885 powBroadcastable PowBroadcastableLayerParams, 890 divideBroadcastable DivideBroadcastableLayerParams,
 895 floorDivBroadcastable FloorDivBroadcastableLayerParams, 900 multiplyBroadcastable MultiplyBroadcastableLayerParams,
 905 subtractBroadcastable SubtractBroadcastableLayerParams, 920 tile TileLayerParams, 925 stack StackLayerParams, 930 gather GatherLayerParams,
 935 scatter ScatterLayerParams, 940 gatherND GatherNDLayerParams, 945 scatterND ScatterNDLayerParams, 950 softmaxND SoftmaxNDLayerParams,
 952 gatherAlongAxis GatherAlongAxisLayerParams, 954 scatterAlongAxis ScatterAlongAxisLayerParams, 960 reverse ReverseLayerParams,
 965 reverseSeq ReverseSeqLayerParams, 975 splitND SplitNDLayerParams, 980 concatND ConcatNDLayerParams, 985 transpose TransposeLayerParams,
 995 sliceStatic SliceStaticLayerParams, 1000 sliceDynamic SliceDynamicLayerParams, 1005 slidingWindows SlidingWindowsLayerParams,
 1015 topK TopKLayerParams, 1020 argMin ArgMinLayerParams, 1025 argMax ArgMaxLayerParams, 1040 embeddingND EmbeddingNDLayerParams,
 1045 batchedMatmul BatchedMatMulLayerParams, 1065 getShape GetShapeLayerParams, 1070 loadConstantND LoadConstantNDLayerParams,
 1080 fillLike FillLikeLayerParams, 1085 fillStatic FillStaticLayerParams, 1090 fillDynamic FillDynamicLayerParams,
 1100 broadcastToLike BroadcastToLikeLayerParams, 1105 broadcastToStatic BroadcastToStaticLayerParams,
 1110 broadcastToDynamic BroadcastToDynamicLayerParams, 1120 squeeze SqueezeLayerParams, 1125 expandDims ExpandDimsLayerParams,
 1130 flattenTo2D FlattenTo2DLayerParams, 1135 reshapeLike ReshapeLikeLayerParams, 1140 reshapeStatic ReshapeStaticLayerParams,
 1145 reshapeDynamic ReshapeDynamicLayerParams, 1150 rankPreservingReshape RankPreservingReshapeLayerParams,
 1155 constantPad ConstantPaddingLayerParams, 1170 randomNormalLike RandomNormalLikeLayerParams,
 1175 randomNormalStatic RandomNormalStaticLayerParams, 1180 randomNormalDynamic RandomNormalDynamicLayerParams,
 1190 randomUniformLike RandomUniformLikeLayerParams, 1195 randomUniformStatic RandomUniformStaticLayerParams,
 1200 randomUniformDynamic RandomUniformDynamicLayerParams, 1210 randomBernoulliLike RandomBernoulliLikeLayerParams,
 1215 randomBernoulliStatic RandomBernoulliStaticLayerParams, 1220 randomBernoulliDynamic RandomBernoulliDynamicLayerParams,
 1230 categoricalDistribution CategoricalDistributionLayerParams, 1250 reduceL1 ReduceL1LayerParams, 1255 reduceL2 ReduceL2LayerParams,
 1260 reduceMax ReduceMaxLayerParams, 1265 reduceMin ReduceMinLayerParams, 1270 reduceSum ReduceSumLayerParams, 1275 reduceProd ReduceProdLayerParams,
 1280 reduceMean ReduceMeanLayerParams, 1285 reduceLogSum ReduceLogSumLayerParams, 1290 reduceSumSquare ReduceSumSquareLayerParams,
 1295 reduceLogSumExp ReduceLogSumExpLayerParams, 1313 whereNonZero WhereNonZeroLayerParams, 1315 matrixBandPart MatrixBandPartLayerParams,
 1320 lowerTriangular LowerTriangularLayerParams, 1325 upperTriangular UpperTriangularLayerParams,
 1330 whereBroadcastable WhereBroadcastableLayerParams, 1350 layerNormalization LayerNormalizationLayerParams,
 1400 NonMaximumSuppression NonMaximumSuppressionLayerParams, 1450 oneHot OneHotLayerParams, 1455 cumSum CumSumLayerParams,
 1460 clampedReLU ClampedReLULayerParams, 1461 argSort ArgSortLayerParams, 1465 pooling3d Pooling3DLayerParams,
 1466 globalPooling3d GlobalPooling3DLayerParams, 1470 sliceBySize SliceBySizeLayerParams, 1471 convolution3d Convolution3DLayerParams
Tensor: 1 rank i, 2 dimValue i*
ConvolutionLayerParams: 1 outputChannels i, 2 kernelChannels i, 10 nGroups i, 20 kernelSize i*, 30 stride i*, 40 dilationFactor i*,
 50 valid ValidPadding, 51 same SamePadding, 60 isDeconvolution i, 70 hasBias i, 90 weights WeightParams, 91 bias WeightParams, 100 outputShape i*
ValidPadding: 1 paddingAmounts BorderAmounts
BorderAmounts: 10 borderAmounts BorderAmounts.EdgeSizes*
BorderAmounts.EdgeSizes: 1 startEdgeSize i, 2 endEdgeSize i
SamePadding: 1 asymmetryMode i
WeightParams: 1 floatValue f*, 2 float16Value b, 30 rawValue b, 31 int8RawValue b, 40 quantization QuantizationParams, 50 isUpdatable i
QuantizationParams: 1 numberOfBits i, 101 linearQuantization LinearQuantizationParams, 102 lookupTableQuantization LookUpTableQuantizationParams
LinearQuantizationParams: 1 scale f*, 2 bias f*
LookUpTableQuantizationParams: 1 floatValue f*
PoolingLayerParams: 1 type i, 10 kernelSize i*, 20 stride i*, 30 valid ValidPadding, 31 same SamePadding,
 32 includeLastPixel PoolingLayerParams.ValidCompletePadding, 50 avgPoolExcludePadding i, 60 globalPooling i
PoolingLayerParams.ValidCompletePadding: 10 paddingAmounts i*
ActivationParams: 5 linear ActivationLinear, 10 ReLU ActivationReLU, 15 leakyReLU ActivationLeakyReLU, 20 thresholdedReLU ActivationThresholdedReLU,
 25 PReLU ActivationPReLU, 30 tanh ActivationTanh, 31 scaledTanh ActivationScaledTanh, 40 sigmoid ActivationSigmoid,
 41 sigmoidHard ActivationSigmoidHard, 50 ELU ActivationELU, 60 softsign ActivationSoftsign, 70 softplus ActivationSoftplus,
 71 parametricSoftplus ActivationParametricSoftplus
ActivationLinear: 1 alpha f, 2 beta f
ActivationReLU:
ActivationLeakyReLU: 1 alpha f
ActivationThresholdedReLU: 1 alpha f
ActivationPReLU: 1 alpha WeightParams
ActivationTanh:
ActivationScaledTanh: 1 alpha f, 2 beta f
ActivationSigmoid:
ActivationSigmoidHard: 1 alpha f, 2 beta f
ActivationELU: 1 alpha f
ActivationSoftsign:
ActivationSoftplus:
ActivationParametricSoftplus: 1 alpha WeightParams, 2 beta WeightParams
InnerProductLayerParams: 1 inputChannels i, 2 outputChannels i, 10 hasBias i, 20 weights WeightParams, 21 bias WeightParams, 22 int8DynamicQuantize i
EmbeddingLayerParams: 1 inputDim i, 2 outputChannels i, 10 hasBias i, 20 weights WeightParams, 21 bias WeightParams
BatchnormLayerParams: 1 channels i, 5 computeMeanVar i, 6 instanceNormalization i, 10 epsilon f, 15 gamma WeightParams, 16 beta WeightParams,
 17 mean WeightParams, 18 variance WeightParams
MeanVarianceNormalizeLayerParams: 1 acrossChannels i, 2 normalizeVariance i, 3 epsilon f
L2NormalizeLayerParams: 1 epsilon f
SoftmaxLayerParams:
LRNLayerParams: 1 alpha f, 2 beta f, 3 localSize i, 4 k f
CropLayerParams: 1 cropAmounts BorderAmounts, 5 offset i*
PaddingLayerParams: 1 constant PaddingLayerParams.PaddingConstant, 2 reflection PaddingLayerParams.PaddingReflection,
 3 replication PaddingLayerParams.PaddingReplication, 10 paddingAmounts BorderAmounts
PaddingLayerParams.PaddingConstant: 1 value f
PaddingLayerParams.PaddingReflection:
PaddingLayerParams.PaddingReplication:
UpsampleLayerParams: 1 scalingFactor i*, 5 mode i, 6 linearUpsampleMode i, 7 fractionalScalingFactor f*
ResizeBilinearLayerParams: 1 targetSize i*, 2 mode SamplingMode
SamplingMode: 1 samplingMethod i
CropResizeLayerParams: 1 targetSize i*, 2 normalizedCoordinates i, 3 mode SamplingMode, 4 boxIndicesMode BoxCoordinatesMode, 5 spatialScale f
BoxCoordinatesMode: 1 boxMode i
UnaryFunctionLayerParams: 1 type i, 2 alpha f, 3 epsilon f, 4 shift f, 5 scale f
AddLayerParams: 1 alpha f
MultiplyLayerParams: 1 alpha f
AverageLayerParams:
ScaleLayerParams: 1 shapeScale i*, 2 scale WeightParams, 3 hasBias i, 4 shapeBias i*, 5 bias WeightParams
BiasLayerParams: 1 shape i*, 2 bias WeightParams
MaxLayerParams:
MinLayerParams:
DotProductLayerParams: 1 cosineSimilarity i
ReduceLayerParams: 1 mode i, 2 epsilon f, 3 axis i
LoadConstantLayerParams: 1 shape i*, 2 data WeightParams
ReshapeLayerParams: 1 targetShape i*, 2 mode i
FlattenLayerParams: 1 mode i
PermuteLayerParams: 1 axis i*
ConcatLayerParams: 100 sequenceConcat i
SplitLayerParams: 1 nOutputs i
SequenceRepeatLayerParams: 1 nRepetitions i
ReorganizeDataLayerParams: 1 mode i, 2 blockSize i
SliceLayerParams: 1 startIndex i, 2 endIndex i, 3 stride i, 4 axis i
SimpleRecurrentLayerParams: 1 inputVectorSize i, 2 outputVectorSize i, 10 activation ActivationParams, 15 sequenceOutput i, 20 hasBiasVector i,
 30 weightMatrix WeightParams, 31 recursionMatrix WeightParams, 32 biasVector WeightParams, 100 reverseInput i
GRULayerParams: 1 inputVectorSize i, 2 outputVectorSize i, 10 activations ActivationParams*, 15 sequenceOutput i, 20 hasBiasVectors i,
 30 updateGateWeightMatrix WeightParams, 31 resetGateWeightMatrix WeightParams, 32 outputGateWeightMatrix WeightParams,
 50 updateGateRecursionMatrix WeightParams, 51 resetGateRecursionMatrix WeightParams, 52 outputGateRecursionMatrix WeightParams,
 70 updateGateBiasVector WeightParams, 71 resetGateBiasVector WeightParams, 72 outputGateBiasVector WeightParams, 100 reverseInput i
UniDirectionalLSTMLayerParams: 1 inputVectorSize i, 2 outputVectorSize i, 10 activations ActivationParams*, 15 params LSTMParams,
 20 weightParams LSTMWeightParams, 100 reverseInput i
LSTMParams: 10 sequenceOutput i, 20 hasBiasVectors i, 30 forgetBias i, 40 hasPeepholeVectors i, 50 coupledInputAndForgetGate i, 60 cellClipThreshold f
LSTMWeightParams: 1 inputGateWeightMatrix WeightParams, 2 forgetGateWeightMatrix WeightParams, 3 blockInputWeightMatrix WeightParams,
 4 outputGateWeightMatrix WeightParams, 20 inputGateRecursionMatrix WeightParams, 21 forgetGateRecursionMatrix WeightParams,
 22 blockInputRecursionMatrix WeightParams, 23 outputGateRecursionMatrix WeightParams, 40 inputGateBiasVector WeightParams,
 41 forgetGateBiasVector WeightParams, 42 blockInputBiasVector WeightParams, 43 outputGateBiasVector WeightParams,
 60 inputGatePeepholeVector WeightParams, 61 forgetGatePeepholeVector WeightParams, 62 outputGatePeepholeVector WeightParams
BiDirectionalLSTMLayerParams: 1 inputVectorSize i, 2 outputVectorSize i, 10 activationsForwardLSTM ActivationParams*,
 11 activationsBackwardLSTM ActivationParams*, 15 params LSTMParams, 20 weightParams LSTMWeightParams*
CustomLayerParams: 10 className t, 20 weights WeightParams*, 30 parameters CustomLayerParams.ParametersEntry*, 40 description t
CustomLayerParams.ParametersEntry: 1 key t, 2 value CustomLayerParams.CustomLayerParamValue
CustomLayerParams.CustomLayerParamValue: 10 doubleValue d, 20 stringValue t, 30 intValue i, 40 longValue i, 50 boolValue i
CopyLayerParams:
BranchLayerParams: 1 ifBranch NeuralNetwork, 2 elseBranch NeuralNetwork
NeuralNetwork: 1 layers NeuralNetworkLayer*, 2 preprocessing NeuralNetworkPreprocessing*, 5 arrayInputShapeMapping i, 6 imageInputShapeMapping i,
 10 updateParams NetworkUpdateParameters
NeuralNetworkPreprocessing: 1 featureName t, 10 scaler NeuralNetworkImageScaler, 11 meanImage NeuralNetworkMeanImage
)";
constexpr std::string_view kText1 = R"(NeuralNetworkImageScaler: 10 channelScale f, 20 blueBias f, 21 greenBias f, 22 redBias f, 30 grayBias f
NeuralNetworkMeanImage: 1 meanImage f*
NetworkUpdateParameters: 1 lossLayers LossLayer*, 2 optimizer Optimizer, 3 epochs Int64Parameter, 10 shuffle BoolParameter, 20 seed Int64Parameter
LossLayer: 1 name t, 10 categoricalCrossEntropyLossLayer CategoricalCrossEntropyLossLayer, 11 meanSquaredErrorLossLayer MeanSquaredErrorLossLayer
CategoricalCrossEntropyLossLayer: 1 input t, 2 target t
MeanSquaredErrorLossLayer: 1 input t, 2 target t
Optimizer: 10 sgdOptimizer SGDOptimizer, 11 adamOptimizer AdamOptimizer
SGDOptimizer: 1 learningRate DoubleParameter, 2 miniBatchSize Int64Parameter, 3 momentum DoubleParameter
DoubleParameter: 1 defaultValue d, 10 range DoubleRange
DoubleRange: 1 minValue d, 2 maxValue d
Int64Parameter: 1 defaultValue i, 10 range Int64Range, 11 set Int64Set
Int64Range: 1 minValue i, 2 maxValue i
Int64Set: 1 values i*
AdamOptimizer: 1 learningRate DoubleParameter, 2 miniBatchSize Int64Parameter, 3 beta1 DoubleParameter, 4 beta2 DoubleParameter, 5 eps DoubleParameter
BoolParameter: 1 defaultValue i
LoopLayerParams: 1 maxLoopIterations i, 2 conditionVar t, 3 conditionNetwork NeuralNetwork, 4 bodyNetwork NeuralNetwork
LoopBreakLayerParams:
LoopContinueLayerParams:
RangeStaticLayerParams: 1 endValue f, 2 startValue f, 3 stepSizeValue f
RangeDynamicLayerParams: 2 startValue f, 3 stepSizeValue f
ClipLayerParams: 1 minVal f, 2 maxVal f
CeilLayerParams:
FloorLayerParams:
SignLayerParams:
RoundLayerParams:
Exp2LayerParams:
SinLayerParams:
CosLayerParams:
TanLayerParams:
AsinLayerParams:
AcosLayerParams:
AtanLayerParams:
SinhLayerParams:
CoshLayerParams:
TanhLayerParams:
AsinhLayerParams:
AcoshLayerParams:
AtanhLayerParams:
ErfLayerParams:
GeluLayerParams: 1 mode i
EqualLayerParams: 1 alpha f
NotEqualLayerParams: 1 alpha f
LessThanLayerParams: 2 alpha f
LessEqualLayerParams: 2 alpha f
GreaterThanLayerParams: 2 alpha f
GreaterEqualLayerParams: 2 alpha f
LogicalOrLayerParams:
LogicalXorLayerParams:
LogicalNotLayerParams:
LogicalAndLayerParams:
ModBroadcastableLayerParams:
MinBroadcastableLayerParams:
MaxBroadcastableLayerParams:
AddBroadcastableLayerParams:
PowBroadcastableLayerParams:
DivideBroadcastableLayerParams:
FloorDivBroadcastableLayerParams:
MultiplyBroadcastableLayerParams:
SubtractBroadcastableLayerParams:
TileLayerParams: 1 reps i*
StackLayerParams: 1 axis i
GatherLayerParams: 1 axis i
ScatterLayerParams: 1 axis i, 2 mode i
GatherNDLayerParams:
ScatterNDLayerParams: 1 mode i
SoftmaxNDLayerParams: 1 axis i
GatherAlongAxisLayerParams: 1 axis i
ScatterAlongAxisLayerParams: 1 axis i, 2 mode i
ReverseLayerParams: 1 reverseDim i*
ReverseSeqLayerParams: 1 batchAxis i, 2 sequenceAxis i
SplitNDLayerParams: 1 axis i, 2 numSplits i, 3 splitSizes i*
ConcatNDLayerParams: 1 axis i, 2 interleave i
TransposeLayerParams: 1 axes i*
SliceStaticLayerParams: 1 beginIds i*, 2 beginMasks i*, 3 endIds i*, 4 endMasks i*, 5 strides i*, 6 squeezeMasks i*
SliceDynamicLayerParams: 2 beginMasks i*, 3 endIds i*, 4 endMasks i*, 5 strides i*, 6 squeezeMasks i*
SlidingWindowsLayerParams: 1 axis i, 2 windowSize i, 3 step i
TopKLayerParams: 1 axis i, 2 K i, 3 useBottomK i
ArgMinLayerParams: 1 axis i, 2 removeDim i
ArgMaxLayerParams: 1 axis i, 2 removeDim i
EmbeddingNDLayerParams: 1 vocabSize i, 2 embeddingSize i, 3 hasBias i, 20 weights WeightParams, 21 bias WeightParams
BatchedMatMulLayerParams: 1 transposeA i, 2 transposeB i, 5 weightMatrixFirstDimension i, 6 weightMatrixSecondDimension i, 7 hasBias i,
 8 weights WeightParams, 9 bias WeightParams, 10 int8DynamicQuantize i
GetShapeLayerParams:
LoadConstantNDLayerParams: 1 shape i*, 2 data WeightParams
FillLikeLayerParams: 1 value f
FillStaticLayerParams: 1 value f, 2 targetShape i*
FillDynamicLayerParams: 1 value f
BroadcastToLikeLayerParams:
BroadcastToStaticLayerParams: 1 targetShape i*
BroadcastToDynamicLayerParams:
SqueezeLayerParams: 1 axes i*, 2 squeezeAll i
ExpandDimsLayerParams: 1 axes i*
FlattenTo2DLayerParams: 1 axis i
ReshapeLikeLayerParams:
ReshapeStaticLayerParams: 1 targetShape i*
ReshapeDynamicLayerParams:
RankPreservingReshapeLayerParams: 1 targetShape i*
ConstantPaddingLayerParams: 1 value f, 2 padAmounts i*, 3 padToGivenOutputSizeMode i
RandomNormalLikeLayerParams: 1 seed i, 2 mean f, 3 stdDev f
RandomNormalStaticLayerParams: 1 seed i, 2 mean f, 3 stdDev f, 4 outputShape i*
RandomNormalDynamicLayerParams: 1 seed i, 2 mean f, 3 stdDev f
RandomUniformLikeLayerParams: 1 seed i, 2 minVal f, 3 maxVal f
RandomUniformStaticLayerParams: 1 seed i, 2 minVal f, 3 maxVal f, 4 outputShape i*
RandomUniformDynamicLayerParams: 1 seed i, 2 minVal f, 3 maxVal f
RandomBernoulliLikeLayerParams: 1 seed i, 2 prob f
RandomBernoulliStaticLayerParams: 1 seed i, 2 prob f, 3 outputShape i*
RandomBernoulliDynamicLayerParams: 1 seed i, 2 prob f
CategoricalDistributionLayerParams: 1 seed i, 2 numSamples i, 3 isLogits i, 4 eps f, 5 temperature f
ReduceL1LayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
ReduceL2LayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
ReduceMaxLayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
ReduceMinLayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
ReduceSumLayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
ReduceProdLayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
ReduceMeanLayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
ReduceLogSumLayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
ReduceSumSquareLayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
ReduceLogSumExpLayerParams: 1 axes i*, 2 keepDims i, 3 reduceAll i
WhereNonZeroLayerParams:
MatrixBandPartLayerParams: 1 numLower i, 2 numUpper i
LowerTriangularLayerParams: 1 k i
)";
constexpr std::string_view kText2 = R"(UpperTriangularLayerParams: 1 k i
WhereBroadcastableLayerParams:
LayerNormalizationLayerParams: 1 normalizedShape i*, 2 eps f, 3 gamma WeightParams, 4 beta WeightParams
NonMaximumSuppressionLayerParams: 1 iouThreshold f, 2 scoreThreshold f, 3 maxBoxes i, 4 perClassSuppression i
OneHotLayerParams: 1 oneHotVectorSize i, 2 axis i, 3 onValue f, 4 offValue f
CumSumLayerParams: 1 axis i, 2 excludeFinalSum i, 3 reverse i
ClampedReLULayerParams: 1 alpha f, 2 beta f
ArgSortLayerParams: 1 axis i, 2 descending i
Pooling3DLayerParams: 1 type i, 2 kernelDepth i, 3 kernelHeight i, 4 kernelWidth i, 5 strideDepth i, 6 strideHeight i, 7 strideWidth i,
 8 customPaddingFront i, 9 customPaddingBack i, 10 customPaddingTop i, 11 customPaddingBottom i, 12 customPaddingLeft i, 13 customPaddingRight i,
 14 countExcludePadding i, 15 paddingType i
GlobalPooling3DLayerParams: 1 type i
SliceBySizeLayerParams: 2 size i, 3 axis i
Convolution3DLayerParams: 1 outputChannels i, 2 inputChannels i, 10 nGroups i, 20 kernelDepth i, 21 kernelHeight i, 22 kernelWidth i,
 31 strideDepth i, 32 strideHeight i, 33 strideWidth i, 40 dilationDepth i, 41 dilationHeight i, 42 dilationWidth i, 50 hasBias i,
 60 weights WeightParams, 61 bias WeightParams, 70 paddingType i, 80 customPaddingFront i, 81 customPaddingBack i, 82 customPaddingTop i,
 83 customPaddingBottom i, 84 customPaddingLeft i, 85 customPaddingRight i, 86 isDeconvolution i, 87 outputShape i*
BayesianProbitRegressor: 1 numberOfFeatures i, 2 bias BayesianProbitRegressor.Gaussian, 3 features BayesianProbitRegressor.FeatureWeight*,
 10 regressionInputFeatureName t, 11 optimismInputFeatureName t, 12 samplingScaleInputFeatureName t, 13 samplingTruncationInputFeatureName t,
 20 meanOutputFeatureName t, 21 varianceOutputFeatureName t, 22 pessimisticProbabilityOutputFeatureName t, 23 sampledProbabilityOutputFeatureName t
BayesianProbitRegressor.Gaussian: 1 mean d, 2 precision d
BayesianProbitRegressor.FeatureWeight: 1 featureId i, 2 weights BayesianProbitRegressor.FeatureValueWeight*
BayesianProbitRegressor.FeatureValueWeight: 1 featureValue i, 2 featureWeight BayesianProbitRegressor.Gaussian
GLMClassifier: 1 weights GLMClassifier.DoubleArray*, 2 offset d*, 3 postEvaluationTransform i, 4 classEncoding i, 100 stringClassLabels StringVector,
 101 int64ClassLabels Int64Vector
GLMClassifier.DoubleArray: 1 value d*
StringVector: 1 vector t*
Int64Vector: 1 vector i*
SupportVectorClassifier: 1 kernel Kernel, 2 numberOfSupportVectorsPerClass i*, 3 sparseSupportVectors SparseSupportVectors,
 4 denseSupportVectors DenseSupportVectors, 5 coefficients Coefficients*, 6 rho d*, 7 probA d*, 8 probB d*, 100 stringClassLabels StringVector,
 101 int64ClassLabels Int64Vector
TreeEnsembleClassifier: 1 treeEnsemble TreeEnsembleParameters, 2 postEvaluationTransform i, 100 stringClassLabels StringVector,
 101 int64ClassLabels Int64Vector
NeuralNetworkClassifier: 1 layers NeuralNetworkLayer*, 2 preprocessing NeuralNetworkPreprocessing*, 5 arrayInputShapeMapping i,
 6 imageInputShapeMapping i, 10 updateParams NetworkUpdateParameters, 100 stringClassLabels StringVector, 101 int64ClassLabels Int64Vector,
 200 labelProbabilityLayerName t
KNearestNeighborsClassifier: 1 nearestNeighborsIndex NearestNeighborsIndex, 3 numberOfNeighbors Int64Parameter, 100 stringClassLabels StringVector,
 101 int64ClassLabels Int64Vector, 110 defaultStringLabel t, 111 defaultInt64Label i, 200 uniformWeighting UniformWeighting,
 210 inverseDistanceWeighting InverseDistanceWeighting
NearestNeighborsIndex: 1 numberOfDimensions i, 2 floatSamples FloatVector*, 100 linearIndex LinearIndex, 110 singleKdTreeIndex SingleKdTreeIndex,
 200 squaredEuclideanDistance SquaredEuclideanDistance
FloatVector: 1 vector f*
LinearIndex:
SingleKdTreeIndex: 1 leafSize i
SquaredEuclideanDistance:
UniformWeighting:
InverseDistanceWeighting:
ItemSimilarityRecommender: 1 itemItemSimilarities ItemSimilarityRecommender.SimilarItems*, 2 itemStringIds StringVector, 3 itemInt64Ids Int64Vector,
 10 itemInputFeatureName t, 11 numRecommendationsInputFeatureName t, 12 itemRestrictionInputFeatureName t, 13 itemExclusionInputFeatureName t,
 20 recommendedItemListOutputFeatureName t, 21 recommendedItemScoreOutputFeatureName t
ItemSimilarityRecommender.SimilarItems: 1 itemId i, 2 similarItemList ItemSimilarityRecommender.ConnectedItem*, 3 itemScoreAdjustment d
ItemSimilarityRecommender.ConnectedItem: 1 itemId i, 2 similarityScore d
MILSpec.Program: 1 version i, 2 functions MILSpec.Program.FunctionsEntry*, 3 docString t, 4 attributes MILSpec.Program.AttributesEntry*
MILSpec.Program.FunctionsEntry: 1 key t, 2 value MILSpec.Function
MILSpec.Function: 1 inputs MILSpec.NamedValueType*, 2 opset t, 3 block_specializations MILSpec.Function.BlockSpecializationsEntry*,
 4 attributes MILSpec.Function.AttributesEntry*
MILSpec.NamedValueType: 1 name t, 2 type MILSpec.ValueType
MILSpec.ValueType: 1 tensorType MILSpec.TensorType, 2 listType MILSpec.ListType, 3 tupleType MILSpec.TupleType,
 4 dictionaryType MILSpec.DictionaryType, 5 stateType MILSpec.StateType
MILSpec.TensorType: 1 dataType i, 2 rank i, 3 dimensions MILSpec.Dimension*, 4 attributes MILSpec.TensorType.AttributesEntry*
MILSpec.Dimension: 1 constant MILSpec.Dimension.ConstantDimension, 2 unknown MILSpec.Dimension.UnknownDimension
MILSpec.Dimension.ConstantDimension: 1 size i
MILSpec.Dimension.UnknownDimension: 1 variadic i
MILSpec.TensorType.AttributesEntry: 1 key t, 2 value MILSpec.Value
MILSpec.Value: 1 docString t, 2 type MILSpec.ValueType, 3 immediateValue MILSpec.Value.ImmediateValue, 5 blobFileValue MILSpec.Value.BlobFileValue
MILSpec.Value.ImmediateValue: 1 tensor MILSpec.TensorValue, 2 tuple MILSpec.TupleValue, 3 list MILSpec.ListValue, 4 dictionary MILSpec.DictionaryValue
MILSpec.TensorValue: 1 floats MILSpec.TensorValue.RepeatedFloats, 2 ints MILSpec.TensorValue.RepeatedInts, 3 bools MILSpec.TensorValue.RepeatedBools,
 4 strings MILSpec.TensorValue.RepeatedStrings, 5 longInts MILSpec.TensorValue.RepeatedLongInts, 6 doubles MILSpec.TensorValue.RepeatedDoubles,
 7 bytes MILSpec.TensorValue.RepeatedBytes
MILSpec.TensorValue.RepeatedFloats: 1 values f*
MILSpec.TensorValue.RepeatedInts: 1 values i*
MILSpec.TensorValue.RepeatedBools: 1 values i*
MILSpec.TensorValue.RepeatedStrings: 1 values t*
MILSpec.TensorValue.RepeatedLongInts: 1 values i*
MILSpec.TensorValue.RepeatedDoubles: 1 values d*
MILSpec.TensorValue.RepeatedBytes: 1 values b
MILSpec.TupleValue: 1 values MILSpec.Value*
MILSpec.ListValue: 1 values MILSpec.Value*
MILSpec.DictionaryValue: 1 values MILSpec.DictionaryValue.KeyValuePair*
MILSpec.DictionaryValue.KeyValuePair: 1 key MILSpec.Value, 2 value MILSpec.Value
MILSpec.Value.BlobFileValue: 1 fileName t, 2 offset i
MILSpec.ListType: 1 type MILSpec.ValueType, 2 length MILSpec.Dimension
MILSpec.TupleType: 1 types MILSpec.ValueType*
MILSpec.DictionaryType: 1 keyType MILSpec.ValueType, 2 valueType MILSpec.ValueType
MILSpec.StateType: 1 wrappedType MILSpec.ValueType
MILSpec.Function.BlockSpecializationsEntry: 1 key t, 2 value MILSpec.Block
MILSpec.Block: 1 inputs MILSpec.NamedValueType*, 2 outputs t*, 3 operations MILSpec.Operation*, 4 attributes MILSpec.Block.AttributesEntry*
MILSpec.Operation: 1 type t, 2 inputs MILSpec.Operation.InputsEntry*, 3 outputs MILSpec.NamedValueType*, 4 blocks MILSpec.Block*,
 5 attributes MILSpec.Operation.AttributesEntry*
MILSpec.Operation.InputsEntry: 1 key t, 2 value MILSpec.Argument
MILSpec.Argument: 1 arguments MILSpec.Argument.Binding*
MILSpec.Argument.Binding: 1 name t, 2 value MILSpec.Value
MILSpec.Operation.AttributesEntry: 1 key t, 2 value MILSpec.Value
MILSpec.Block.AttributesEntry: 1 key t, 2 value MILSpec.Value
MILSpec.Function.AttributesEntry: 1 key t, 2 value MILSpec.Value
MILSpec.Program.AttributesEntry: 1 key t, 2 value MILSpec.Value
CustomModel: 10 className t, 30 parameters CustomModel.ParametersEntry*, 40 description t
CustomModel.ParametersEntry: 1 key t, 2 value CustomModel.CustomModelParamValue
CustomModel.CustomModelParamValue: 10 doubleValue d, 20 stringValue t, 30 intValue i, 40 longValue i, 50 boolValue i, 60 bytesValue b
LinkedModel: 1 linkedModelFile LinkedModelFile
LinkedModelFile: 1 linkedModelFileName StringParameter, 2 linkedModelSearchPath StringParameter
StringParameter: 1 defaultValue t
ClassConfidenceThresholding: 100 precisionRecallCurves PrecisionRecallCurve*
PrecisionRecallCurve: 1 precisionValues FloatVector, 2 precisionConfidenceThresholds FloatVector, 3 recallValues FloatVector,
 4 recallConfidenceThresholds FloatVector
OneHotEncoder: 1 stringCategories StringVector, 2 int64Categories Int64Vector, 10 outputSparse i, 11 handleUnknown i
Imputer: 1 imputedDoubleValue d, 2 imputedInt64Value i, 3 imputedStringValue t, 4 imputedDoubleArray DoubleVector, 5 imputedInt64Array Int64Vector,
 6 imputedStringDictionary StringToDoubleMap, 7 imputedInt64Dictionary Int64ToDoubleMap, 11 replaceDoubleValue d, 12 replaceInt64Value i,
 13 replaceStringValue t
DoubleVector: 1 vector d*
StringToDoubleMap: 1 map StringToDoubleMap.MapEntry*
StringToDoubleMap.MapEntry: 1 key t, 2 value d
Int64ToDoubleMap: 1 map Int64ToDoubleMap.MapEntry*
Int64ToDoubleMap.MapEntry: 1 key i, 2 value d
FeatureVectorizer: 1 inputList FeatureVectorizer.InputColumn*
FeatureVectorizer.InputColumn: 1 inputColumn t, 2 inputDimensions i
DictVectorizer: 1 stringToIndex StringVector, 2 int64ToIndex Int64Vector
Scaler: 1 shiftValue d*, 2 scaleValue d*
CategoricalMapping: 1 stringToInt64Map StringToInt64Map, 2 int64ToStringMap Int64ToStringMap, 101 strValue t, 102 int64Value i
StringToInt64Map: 1 map StringToInt64Map.MapEntry*
StringToInt64Map.MapEntry: 1 key t, 2 value i
Int64ToStringMap: 1 map Int64ToStringMap.MapEntry*
Int64ToStringMap.MapEntry: 1 key i, 2 value t
Normalizer: 1 normType i
ArrayFeatureExtractor: 1 extractIndex i*
NonMaximumSuppression: 1 pickTop NonMaximumSuppression.PickTop, 100 stringClassLabels StringVector, 101 int64ClassLabels Int64Vector,
 110 iouThreshold d, 111 confidenceThreshold d, 200 confidenceInputFeatureName t, 201 coordinatesInputFeatureName t,
 202 iouThresholdInputFeatureName t, 203 confidenceThresholdInputFeatureName t, 210 confidenceOutputFeatureName t, 211 coordinatesOutputFeatureName t
NonMaximumSuppression.PickTop: 1 perClass i
Identity:
CoreMLModels.TextClassifier: 1 revision i, 10 language t, 100 modelParameterData b, 200 stringClassLabels StringVector
CoreMLModels.WordTagger: 1 revision i, 10 language t, 20 tokensOutputFeatureName t, 21 tokenTagsOutputFeatureName t,
 22 tokenLocationsOutputFeatureName t, 23 tokenLengthsOutputFeatureName t, 100 modelParameterData b, 200 stringTags StringVector
CoreMLModels.VisionFeaturePrint: 20 scene CoreMLModels.VisionFeaturePrint.Scene, 21 objects CoreMLModels.VisionFeaturePrint.Objects
CoreMLModels.VisionFeaturePrint.Scene: 1 version i
CoreMLModels.VisionFeaturePrint.Objects: 1 version i, 100 output t*
CoreMLModels.SoundAnalysisPreprocessing: 20 vggish CoreMLModels.SoundAnalysisPreprocessing.Vggish
CoreMLModels.SoundAnalysisPreprocessing.Vggish:
CoreMLModels.Gazetteer: 1 revision i, 10 language t, 100 modelParameterData b, 200 stringClassLabels StringVector
CoreMLModels.WordEmbedding: 1 revision i, 10 language t, 100 modelParameterData b
CoreMLModels.AudioFeaturePrint: 20 sound CoreMLModels.AudioFeaturePrint.Sound
CoreMLModels.AudioFeaturePrint.Sound: 1 version i
SerializedModel: 1 identifier t, 2 model b
)";

constexpr std::string_view kTexts[] = {kText0, kText1, kText2};

}  // namespace

const ProtoTables& coreml_tables() {
    static const std::string kText = [] {
        std::string text;
        for (const std::string_view one : kTexts) text += one;
        return text;
    }();
    static const ProtoTables kTables(kText);
    return kTables;
}

}  // namespace headgate::formats
