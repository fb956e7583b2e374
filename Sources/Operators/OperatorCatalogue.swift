/// Every operator: laws and benchmarks run over this list, nothing else does.
public enum OperatorCatalogue {
  public static let all: [any Operator.Type] = [
    ActivationFunction.self,
    Add.self,
    AveragePool.self,
    BatchNorm.self,
    ChannelScale.self,
    Columns.self,
    Concatenate.self,
    Convolution.self,
    CrossEntropy.self,
    Dropout.self,
    GlobalAveragePool.self,
    Interpolate.self,
    Linear.self,
    MaxPool.self,
    Mixture.self,
    Multiply.self,
    Narrow.self,
    NormalizedConvolution.self,
    Reshape.self,
    Resize.self,
    Softmax.self,
  ]
}
