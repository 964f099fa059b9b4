import Foundation

extension QuantizedModel {
  /// A model of one layer whose integers are drawn directly, without a float model: weights are nearly normal of the same
  /// deviations as a `SyntheticModel` has, and the constants are those of the ranges its activations then have.
  ///
  /// Memory beside the model is small. The vocabulary is the least that gives every position a token of its own; tokens
  /// and their hidden states are random. The same integers for the same shape and seed on every machine.
  /// - Parameters:
  ///   - shape: what counts of it are the sizes of a layer, norms and rotation; its vocabulary and layers do not.
  ///   - positions: T, a power of two, at least 2.
  ///   - isTernary: whether the projections are ternary.
  /// - Throws: `malformedField`, `positionsOutOfRange`, `inconsistentParameters` or `ambiguousTableEntry`.
  package init(randomLayer shape: ModelConfiguration, positions: Int, isTernary: Bool, seed: UInt64) throws {
    let configuration = ModelConfiguration(
      hiddenSize: shape.hiddenSize, intermediateSize: shape.intermediateSize, layerCount: 1,
      attentionHeads: shape.attentionHeads, keyValueHeads: shape.keyValueHeads, headDimension: shape.headDimension,
      vocabularySize: positions, maximumPositions: positions, normEpsilon: shape.normEpsilon,
      rotaryTheta: shape.rotaryTheta, ternaryFormat: isTernary ? .multiplying : nil, tiesEmbeddings: false,
      beginningToken: nil, endTokens: [])
    try configuration.validate()
    let weights = RandomWeights(configuration, seed: seed)
    let parameters = QuantizationParameters(
      configuration: configuration, ranges: RandomWeights.ranges, largestWeights: weights.largest, positions: positions)
    try self.init(
      configuration: configuration, parameters: parameters,
      embedding: weights.matrix(0, rows: positions, exponent: parameters.weights.embedding, weights.embedding),
      layers: [weights.layer(parameters)],
      head: weights.matrix(1, rows: positions, exponent: parameters.weights.head, weights.wide))
  }
}

/// The distributions of a random layer's weights, and its integers.
private struct RandomWeights {
  /// A matrix: its input channels and the deviation of its weights.
  struct Distribution {
    let columns: Int
    let deviation: Double

    /// Beyond every weight: a nearly normal number is at most 3.47 deviations.
    var largest: Double { 3.5 * deviation }
  }

  let configuration: ModelConfiguration
  let seed: UInt64
  let embedding, wide, output, down: Distribution

  init(_ configuration: ModelConfiguration, seed: UInt64) {
    self.configuration = configuration
    self.seed = seed
    func columns(_ count: Int, _ scale: Double = 1) -> Distribution {
      Distribution(columns: count, deviation: scale / Double(count).squareRoot())
    }
    embedding = Distribution(columns: configuration.hiddenSize, deviation: 1)
    wide = columns(configuration.hiddenSize)
    output = columns(configuration.queryChannels, 0.5.squareRoot())
    down = columns(configuration.intermediateSize, 0.5.squareRoot())
  }

  /// Six deviations of what has deviation 1, and of products of two such numbers as many as occur in practice.
  static let ranges = ActivationRanges(
    residual: 8, query: 6, key: 6, value: 6, gate: 6, up: 6, hidden: 30, attentionInput: 6, feedForwardInput: 6)

  private var isTernary: Bool { configuration.ternaryFormat != nil }

  /// What t = 1 stands for: of a third of zeros, the deviation is that times sqrt(2 / 3).
  private func unit(_ matrix: Distribution) -> Double { matrix.deviation * 1.5.squareRoot() }

  private var units: PerProjection<Double> {
    let wide = unit(wide)
    return PerProjection(
      query: wide, key: wide, value: wide, output: unit(output), gate: wide, up: wide, down: unit(down))
  }

  /// The largest weights, or multipliers and gains.
  var largest: FoldedWeights.Largest {
    var largest = FoldedWeights.Largest(embedding: embedding.largest, head: wide.largest)
    let matrices = PerProjection(
      query: wide, key: wide, value: wide, output: output, gate: wide, up: wide, down: down)
    let numbers = isTernary ? LayerWeights.multipliers(of: units) : matrices.map(\.largest)
    (largest.query, largest.key, largest.value) = (numbers.query, numbers.key, numbers.value)
    (largest.output, largest.down) = (numbers.output, numbers.down)
    (largest.gate, largest.up) = (numbers.gate, numbers.up)
    if isTernary { (largest.attentionGain, largest.feedForwardGain) = (1, 1) }
    return largest
  }

  /// The layer under its constants.
  func layer(_ parameters: QuantizationParameters) throws -> LayerWeights {
    let (shape, exponents) = (configuration, parameters.weights)
    let inner = shape.intermediateSize
    var ternary: TernaryLayerWeights?
    if let gains = parameters.ternary {
      let multipliers = PerProjection(
        query: exponents.query, key: exponents.key, value: exponents.value, output: exponents.output,
        gate: exponents.gate, up: exponents.up, down: exponents.down)
      func ones(_ exponent: Int) -> [Int16] { [Int16](repeating: rounded(1, exponent), count: shape.hiddenSize) }
      ternary = TernaryLayerWeights(
        attentionGain: ones(gains.attentionGain), feedForwardGain: ones(gains.feedForwardGain),
        multipliers: LayerWeights.multipliers(of: units).merging(multipliers, rounded))
    }
    func matrix(_ stream: UInt64, _ rows: Int, _ exponent: Int, _ weights: Distribution) throws -> WeightMatrix {
      try isTernary
        ? ternaryMatrix(stream, rows: rows, columns: weights.columns)
        : self.matrix(stream, rows: rows, exponent: exponent, weights)
    }
    return LayerWeights(
      query: try matrix(2, shape.queryChannels, exponents.query, wide),
      key: try matrix(3, shape.keyValueChannels, exponents.key, wide),
      value: try matrix(4, shape.keyValueChannels, exponents.value, wide),
      output: try matrix(5, shape.hiddenSize, exponents.output, output),
      gate: try matrix(6, inner, exponents.gate, wide), up: try matrix(7, inner, exponents.up, wide),
      down: try matrix(8, shape.hiddenSize, exponents.down, down), ternary: ternary)
  }

  /// A matrix of 16-bit weights.
  func matrix(_ stream: UInt64, rows: Int, exponent: Int, _ weights: Distribution) throws -> WeightMatrix {
    let factor = weights.deviation * Double(sign: .plus, exponent: exponent, significand: 1)
    return WeightMatrix(
      rows: rows, columns: weights.columns,
      values: try drawn(stream, rows * weights.columns) { Int16((factor * $0).rounded()) })
  }

  /// A matrix of -1, 0 and 1, nearly a third each.
  private func ternaryMatrix(_ stream: UInt64, rows: Int, columns: Int) throws -> WeightMatrix {
    let trits = try drawn(stream, rows * columns) { $0 > 0.43 ? 1 : $0 < -0.43 ? -1 : 0 }
    return WeightMatrix(rows: rows, columns: columns, ternary: TernaryWeights(trits))
  }

  /// `count` numbers made of nearly normal ones, on all cores: block after block, each from a stream of its own.
  private func drawn(_ stream: UInt64, _ count: Int, _ number: @Sendable (Double) -> Int16) throws -> [Int16] {
    let block = 1 << 16
    let blocks = try concurrentMap((count + block - 1) / block) { index in
      var random = NormalGenerator(seed: seed, stream: stream << 32 | UInt64(index))
      return (index * block..<min(count, (index + 1) * block)).map { _ in number(Double(random.next())) }
    }
    var numbers: [Int16] = []
    numbers.reserveCapacity(count)
    for block in blocks { numbers += block }
    return numbers
  }

  /// round(number * 2^exponent); the exponent was chosen so that it fits.
  private func rounded(_ number: Double, _ exponent: Int) -> Int16 {
    Int16((number * Double(sign: .plus, exponent: exponent, significand: 1)).rounded())
  }
}
