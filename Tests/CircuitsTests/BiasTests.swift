import Algebra
import Arguments
import Circuits
import ConstraintSystem
import Model
import Support
import Testing

/// What biases add to the statement of a layer: the committed ones are added, each to its own output, before rounding.
@Suite struct BiasTests {
  static let names = ["query", "key", "value", "output"]
  let inference: Inference

  init() throws {
    inference = try Inference.random(ModelSamples.configuration(biases: .all), positions: 4, seed: 60)
  }

  /// The model with other biases of one projection, numbered as in `names`.
  private func model(_ number: Int, _ change: ([Int16]) -> [Int16]) throws -> QuantizedModel {
    let (model, layer) = (inference.model, inference.model.layers[0])
    var biases = try #require(layer.biases)
    switch number {
    case 0: biases.query = change(biases.query)
    case 1: biases.key = change(biases.key)
    case 2: biases.value = change(biases.value)
    default: biases.output = biases.output.map(change)
    }
    let changed = LayerWeights(
      query: layer.query, key: layer.key, value: layer.value, output: layer.output, gate: layer.gate, up: layer.up,
      down: layer.down, biases: biases)
    return try QuantizedModel(
      configuration: model.configuration, parameters: model.parameters, embedding: model.embedding,
      layers: [changed], head: model.head)
  }

  /// False biases: one off by one, none at all, those of the next channel, of the other half of a head.
  static let falsehoods: [(String, @Sendable ([Int16]) -> [Int16])] = [
    ("another", { [$0[0] + 1] + $0.dropFirst() }), ("none", { $0.map { _ in 0 } }),
    ("opposite", { $0.map { -$0 } }), ("of the next channel", { Array($0.dropFirst()) + [$0[0]] }),
    ("two exchanged", { [$0[1], $0[0]] + $0.dropFirst(2) }),
  ]

  @Test func honestLayers() throws {
    for (configuration, positions, digitBits) in [
      (ModelSamples.configuration(biases: .all), 8, 9), (ModelSamples.configuration(biases: .queryKeyValue), 8, 16),
      (
        ModelSamples.configuration(
          hidden: 10, intermediate: 7, heads: 9, groups: 3, headDimension: 6, vocabulary: 5, biases: .queryKeyValue),
        16, 12
      ),
      (ModelSamples.configuration(hidden: 8, intermediate: 16, heads: 2, groups: 2, biases: .all), 2, 16),
    ] {
      let inference = try Inference.random(configuration, positions: positions, digitBits: digitBits, seed: 61)
      let biases = try #require(inference.model.layers[0].biases)
      #expect(biases.all.allSatisfy { $0.contains { $0 != 0 } })
      for kind in StepKind.allCases { try inference.check(kind, inference.values(kind)) }
    }
  }

  /// Biases take no values, lookups or products of their own, and nothing at all in a model without.
  @Test func costNothingElse() throws {
    let (model, layer) = (inference.model, inference.model.layers[0])
    var parameters = model.parameters
    parameters.biases = nil
    let without = LayerWeights(
      query: layer.query, key: layer.key, value: layer.value, output: layer.output, gate: layer.gate, up: layer.up,
      down: layer.down)
    let plain = try Inference(
      QuantizedModel(
        configuration: model.configuration, parameters: parameters, embedding: model.embedding, layers: [without],
        head: model.head), text: [5])
    for kind in StepKind.allCases {
      let (with, without) = (inference[kind].statement, plain[kind].statement)
      #expect(with.lookups.count == without.lookups.count && with.products.count == without.products.count)
      #expect(with.relations.count == without.relations.count && with.zeros.count == without.zeros.count)
      let entries = zip(inference[kind].segmentEntries, plain[kind].segmentEntries).map { $0 - $1 }
      #expect(entries.enumerated().allSatisfy { $0 == Segment.weights.rawValue || $1 == 0 })
    }
    #expect(plain[.layer].tensors.allSatisfy { !$0.name.hasSuffix("bias") })
  }

  /// A weight changed by one is a false product, at every real output; so is every other entry, but for its padding.
  @Test(arguments: names) func committedBias(name: String) throws {
    let tensor = inference[.layer].tensor("\(name) bias")
    let product = name == "output" ? "attention output" : name
    for place in tensor.realPlaces {
      for change in [Int64(1), -1] {
        var values = inference.values(.layer)
        values.add(change, to: tensor, at: place)
        let error = #expect(throws: ArgumentError.self) { try inference.check(.layer, values) }
        #expect(String(describing: error).contains(product), "\(name)[\(place)]: \(String(describing: error))")
      }
    }
  }

  /// An inference with false biases, complete in itself, is no inference with the committed ones.
  @Test(arguments: names.indices) func falseBiases(number: Int) throws {
    for (what, change) in Self.falsehoods {
      let other = try Inference(model(number, change), text: [5])
      try other.check(.layer, other.values(.layer))
      var values = other.values(.layer)
      values.weights = inference.values(.layer).weights
      #expect(throws: ArgumentError.self, "\(Self.names[number]): \(what)") { try other.check(.layer, values) }
    }
  }

  /// A bias added after rounding, or twice: the product says neither.
  @Test func addedElsewhere() throws {
    let circuit = inference[.layer]
    let tensor = circuit.tensor("value bias")
    let shift = try #require(inference.model.parameters.biasShifts?.value)
    let accumulated = inference.model.parameters.valueShift
    for place in tensor.realPlaces.prefix(8) {
      let bias = Int128(tensor.entries(inference.values(.layer))[place])
      for extra in [bias << Int128(shift), -(bias << Int128(shift))] where extra != 0 {
        var values = inference.values(.layer)
        // Position 0 is the slowest axis: its values stand where the bias does.
        var sum = Int128(0)
        circuit.update("value remainder", at: place, in: &values) {
          sum = $0 + extra
          return sum & (1 << Int128(accumulated) - 1)
        }
        circuit.update("value", at: place, in: &values) { $0 + sum >> Int128(accumulated) }
        let error = #expect(throws: ArgumentError.self) { try inference.check(.layer, values) }
        #expect(String(describing: error).contains("\"value\""), "\(String(describing: error))")
      }
    }
  }

  /// Whatever stands in the padding of biases, real numbers do not see it.
  @Test func garbageInPadding() throws {
    var values = inference.values(.layer)
    let tensor = inference[.layer].tensor("output bias")
    let place = try #require((0..<tensor.count).first { !tensor.realPlaces.contains($0) })
    let shift = try #require(inference.model.parameters.biasShifts?.output)
    values.add(1, to: tensor, at: place)
    // Output channels that do not exist take it as they take a matrix's padding, at every position.
    for position in 0..<4 {
      inference[.layer].update(
        "attention output remainder", at: position << tensor.logSize | place, in: &values
      ) { $0 + 1 << Int128(shift) }
    }
    try inference.check(.layer, values)
  }

  @Test func provedLayer() throws {
    for projections in [BiasedProjections.all, .queryKeyValue] {
      let inference = try Inference.random(ModelSamples.configuration(biases: projections), positions: 4, seed: 62)
      let run = try StepRun(inference, .layer, chunkLog: 8)
      let (point, value) = try verify(run, messages: run.prove().messages)
      #expect(run.evaluateQ(at: point) == value)
    }
  }

  /// The messages of a prover whose weights are not those its integers were computed with.
  @Test(arguments: names) func provedWithOtherBiases(name: String) throws {
    var run = try StepRun(inference, .layer, chunkLog: 8)
    run.values.weights[inference[.layer].tensor("\(name) bias").offset] += 1
    let messages = try run.prove().messages
    #expect(throws: ConstraintError.self) { try verify(run, messages: messages) }
  }

  /// A whole inference with false biases satisfies everything but the last claim, on the committed Q.
  @Test(arguments: names.indices) func provedFalseBiases(number: Int) throws {
    for (what, change) in Self.falsehoods {
      var run = try StepRun(Inference(model(number, change), text: [5, 6]), .layer, chunkLog: 8)
      let (point, value) = try verify(run, messages: run.prove().messages)
      #expect(run.evaluateQ(at: point) == value)
      run.values.weights = inference.values(.layer).weights
      #expect(run.evaluateQ(at: point) != value, "\(Self.names[number]): \(what)")
    }
  }

  private func verify(_ run: StepRun, messages: [ScalarField]) throws -> (point: [ScalarField], value: ScalarField) {
    var native = NativeArithmetic<ScalarField>(messages: messages)
    let claim = try StepArgumentVerifier(run.plan).verify(
      in: &native, binding: run.binding, selectors: run.selectorBits { $0 })
    try native.finish()
    return claim
  }
}
