/// From a float model to the integer model.
extension QuantizedModel {
  /// Chooses all constants by the rules of Docs/IntegerModel.md and rounds the weights. `positions` is T, a power of
  /// two; `samples` are texts of the model's user that calibration reads besides its own. Throws
  /// `positionsOutOfRange`, `tokenOutOfVocabulary`, `inconsistentParameters` or `ambiguousTableEntry`.
  package init(quantizing model: FloatModel, positions: Int, samples: [[Int]] = []) throws {
    let limit = model.configuration.maximumPositions
    if !(1...limit).contains(positions) {
      throw ModelError.positionsOutOfRange(found: positions, maximum: limit)
    }
    let vocabulary = model.configuration.vocabularySize
    if let token = samples.joined().first(where: { !(0..<vocabulary).contains($0) }) {
      throw ModelError.tokenOutOfVocabulary(token: token, vocabulary: vocabulary)
    }
    let folded = FoldedWeights(model)
    let ranges = Calibration.ranges(of: model, positions: positions, samples: samples)
    if !ranges.areFinite {
      throw ModelError.inconsistentParameters(name: "activations", expected: "finite numbers of 32 bits")
    }
    let parameters = QuantizationParameters(
      configuration: model.configuration, ranges: ranges, largestWeights: folded.largest, positions: positions)
    try self.init(quantizing: model, parameters: parameters)
  }

  /// Rounds the weights of `model` to the exponents of `parameters`; throws `inconsistentParameters`,
  /// `positionsOutOfRange` or `ambiguousTableEntry`.
  package init(quantizing model: FloatModel, parameters: QuantizationParameters) throws {
    let folded = FoldedWeights(model)
    let configuration = model.configuration
    let (hidden, inner) = (configuration.hiddenSize, configuration.intermediateSize)
    let exponents = parameters.weights
    func matrix(_ weights: FoldedWeights.Matrix, _ exponent: Int, _ name: String, columns: Int) throws -> WeightMatrix {
      guard let values = weights.rounded(exponent: exponent) else {
        throw ModelError.inconsistentParameters(name: "weights.\(name)", expected: "an exponent that fits 16 bits")
      }
      return WeightMatrix(rows: values.count / columns, columns: columns, values: values)
    }
    let layers = try model.layers.enumerated().map { index, layer in
      if let units = model.units?[index] {
        guard let weights = LayerWeights(ternary: layer, units: units, parameters: parameters, hidden, inner) else {
          throw ModelError.inconsistentParameters(
            name: "weights.layer\(index)", expected: "exponents that fit gains and scales")
        }
        return weights
      }
      let weights = FoldedWeights.Layer(layer)
      return LayerWeights(
        query: try matrix(weights.query, exponents.query, "query", columns: hidden),
        key: try matrix(weights.key, exponents.key, "key", columns: hidden),
        value: try matrix(weights.value, exponents.value, "value", columns: hidden),
        output: try matrix(weights.output, exponents.output, "output", columns: configuration.queryChannels),
        gate: try matrix(weights.gate, exponents.gate, "gate", columns: hidden),
        up: try matrix(weights.up, exponents.up, "up", columns: hidden),
        down: try matrix(weights.down, exponents.down, "down", columns: inner),
        biases: try roundedBiases(of: layer, exponents: parameters.biases))
    }
    try self.init(
      configuration: configuration, parameters: parameters,
      embedding: matrix(folded.embedding, exponents.embedding, "embedding", columns: hidden),
      layers: layers, head: matrix(folded.head, exponents.head, "head", columns: hidden))
  }
}

/// The biases of a layer in integers, nil without exponents; throws `inconsistentParameters` if they do not fit these.
private func roundedBiases(
  of layer: FloatLayer, exponents: AttentionBiases<Int>?
) throws -> AttentionBiases<[Int16]>? {
  func refused(_ expected: String) -> ModelError { .inconsistentParameters(name: "biases", expected: expected) }
  guard let exponents else {
    if layer.biases?.all.joined().contains(where: { $0 != 0 }) == true { throw refused("exponents for biases") }
    return nil
  }
  guard let biases = layer.biases, biases.projections == exponents.projections else {
    throw refused("biases of the projections that have exponents for them")
  }
  return try biases.merging(exponents) { bias, exponent in
    guard let rounded = FoldedWeights.Matrix(weights: bias, gains: nil).rounded(exponent: exponent) else {
      throw refused("exponents that fit 16 bits")
    }
    return rounded
  }
}

/// Weights with the gains of the norm before them multiplied in, in Double.
struct FoldedWeights {
  /// One matrix and the gains of its input channels, if a norm precedes it.
  struct Matrix {
    /// Row-major weights.
    let weights: [Float]
    /// One gain for each column, or nil for all ones.
    let gains: [Float]?

    /// The largest absolute folded weight.
    var largest: Double { folded.reduce(0) { max($0, abs($1)) } }

    private var folded: some Sequence<Double> {
      weights.lazy.enumerated().map { index, weight in
        Double(weight) * (gains.map { Double($0[index % $0.count]) } ?? 1)
      }
    }

    /// round(weight * 2^exponent), halves away from zero, or nil if one exceeds 32767.
    func rounded(exponent: Int) -> [Int16]? {
      let scale = Double(sign: .plus, exponent: exponent, significand: 1)
      var result: [Int16] = []
      result.reserveCapacity(weights.count)
      for weight in folded {
        let value = (weight * scale).rounded(.toNearestOrAwayFromZero)
        if abs(value) > 32767 { return nil }
        result.append(Int16(value))
      }
      return result
    }
  }

  /// The matrices of one layer.
  struct Layer {
    let query: Matrix
    let key: Matrix
    let value: Matrix
    let output: Matrix
    let gate: Matrix
    let up: Matrix
    let down: Matrix

    /// Folds the two norms of `layer`.
    init(_ layer: FloatLayer) {
      query = Matrix(weights: layer.query, gains: layer.attentionNorm)
      key = Matrix(weights: layer.key, gains: layer.attentionNorm)
      value = Matrix(weights: layer.value, gains: layer.attentionNorm)
      output = Matrix(weights: layer.output, gains: nil)
      gate = Matrix(weights: layer.gate, gains: layer.feedForwardNorm)
      up = Matrix(weights: layer.up, gains: layer.feedForwardNorm)
      down = Matrix(weights: layer.down, gains: nil)
    }
  }

  /// The largest absolute folded weight of every class.
  struct Largest {
    var embedding = 0.0
    var query = 0.0
    var key = 0.0
    var value = 0.0
    var output = 0.0
    var gate = 0.0
    var up = 0.0
    var down = 0.0
    var head = 0.0
    /// Of the norms, if the model is ternary; its projections' numbers are then those of their multipliers.
    var attentionGain = 0.0
    var feedForwardGain = 0.0
    /// Of the biases, unless all of them are zero.
    var biases: AttentionBiases<Double>?
  }

  let embedding: Matrix
  let head: Matrix
  private let layers: [FloatLayer]
  private let units: [PerProjection<Double>]?

  /// Folds the last norm of `model` into its head; layers are folded when asked for.
  init(_ model: FloatModel) {
    embedding = Matrix(weights: model.embedding, gains: nil)
    head = Matrix(weights: model.head, gains: model.finalNorm)
    layers = model.layers
    units = model.units
  }

  /// The largest absolute weights over all layers.
  var largest: Largest {
    var largest = Largest(embedding: embedding.largest, head: head.largest)
    if let units {
      addTernary(units, to: &largest)
      return largest
    }
    for layer in layers.map(Layer.init) {
      largest.query = max(largest.query, layer.query.largest)
      largest.key = max(largest.key, layer.key.largest)
      largest.value = max(largest.value, layer.value.largest)
      largest.output = max(largest.output, layer.output.largest)
      largest.gate = max(largest.gate, layer.gate.largest)
      largest.up = max(largest.up, layer.up.largest)
      largest.down = max(largest.down, layer.down.largest)
    }
    let biases = layers.compactMap(\.biases).map { $0.map { Double($0.reduce(0) { max($0, abs($1)) }) } }
    if let first = biases.first, biases.contains(where: { $0.all.contains { $0 > 0 } }) {
      largest.biases = biases.dropFirst().reduce(first) { $0.merging($1) { max($0, $1) } }
    }
    return largest
  }

  private func addTernary(_ units: [PerProjection<Double>], to largest: inout Largest) {
    for (layer, unit) in zip(layers, units) {
      let multipliers = LayerWeights.multipliers(of: unit)
      largest.query = max(largest.query, multipliers.query)
      largest.key = max(largest.key, multipliers.key)
      largest.value = max(largest.value, multipliers.value)
      largest.output = max(largest.output, multipliers.output)
      largest.gate = max(largest.gate, multipliers.gate)
      largest.up = max(largest.up, multipliers.up)
      largest.down = max(largest.down, multipliers.down)
      largest.attentionGain = layer.attentionNorm.reduce(largest.attentionGain) { max($0, Double(abs($1))) }
      largest.feedForwardGain = layer.feedForwardNorm.reduce(largest.feedForwardGain) { max($0, Double(abs($1))) }
    }
  }
}

extension LayerWeights {
  /// The integers of a ternary layer: nil if gains or multipliers do not fit 16 bits, or a multiplier rounds to 0.
  init?(
    ternary layer: FloatLayer, units: PerProjection<Double>, parameters: QuantizationParameters, _ hidden: Int,
    _ inner: Int
  ) {
    guard let exponents = parameters.ternary else { return nil }
    let weights = parameters.weights
    let multipliers = Self.multipliers(of: units).merging(
      PerProjection(
        query: weights.query, key: weights.key, value: weights.value, output: weights.output, gate: weights.gate,
        up: weights.up, down: weights.down)
    ) { multiplier, exponent in Self.rounded(multiplier, exponent: exponent) }
    let attentionGain = layer.attentionNorm.map { Self.rounded(Double($0), exponent: exponents.attentionGain) }
    let feedForwardGain = layer.feedForwardNorm.map { Self.rounded(Double($0), exponent: exponents.feedForwardGain) }
    guard multipliers.all.allSatisfy({ ($0 ?? 0) > 0 }), (attentionGain + feedForwardGain).allSatisfy({ $0 != nil })
    else { return nil }
    func matrix(_ weights: [Float], columns: Int) -> WeightMatrix {
      let trits = weights.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 as Int16 }
      return WeightMatrix(rows: trits.count / columns, columns: columns, ternary: TernaryWeights(trits))
    }
    self.init(
      query: matrix(layer.query, columns: hidden), key: matrix(layer.key, columns: hidden),
      value: matrix(layer.value, columns: hidden), output: matrix(layer.output, columns: layer.output.count / hidden),
      gate: matrix(layer.gate, columns: hidden), up: matrix(layer.up, columns: hidden),
      down: matrix(layer.down, columns: inner),
      ternary: TernaryLayerWeights(
        attentionGain: attentionGain.compactMap { $0 }, feedForwardGain: feedForwardGain.compactMap { $0 },
        multipliers: multipliers.map { $0 ?? 0 }))
  }

  /// 1/254 of what t = 1 stands for: an activation is q (2 m + 1) / 254 after it was quantised.
  static func multipliers(of units: PerProjection<Double>) -> PerProjection<Double> { units.map { $0 / 254 } }

  /// round(number * 2^exponent), halves away from zero, or nil if it exceeds 32767.
  private static func rounded(_ number: Double, exponent: Int) -> Int16? {
    let value = (number * Double(sign: .plus, exponent: exponent, significand: 1)).rounded(.toNearestOrAwayFromZero)
    return abs(value) > 32767 ? nil : Int16(value)
  }
}
