import Algebra
import Arguments
import Circuits
import ConstraintSystem
import Foundation
import Model
import Support
import Testing

/// What a ternary layer adds to the statement: every number of it is pinned.
@Suite struct TernaryTests {
  static let configuration = ModelSamples.configuration(ternary: .multiplying)
  let inference: Inference

  init() throws {
    inference = try Inference.random(Self.configuration, positions: 4, seed: 30)
  }

  @Test func honestLayers() throws {
    for (configuration, positions) in [
      (Self.configuration, 8),
      (ModelSamples.configuration(hidden: 8, intermediate: 16, heads: 2, groups: 2, ternary: .dividing), 2),
    ] {
      let inference = try Inference.random(configuration, positions: positions, seed: 31)
      for kind in StepKind.allCases { try inference.check(kind, inference.values(kind)) }
    }
    let model = try ModelSamples.tinyTernary(positions: 16)
    let tiny = try Inference(model, text: [0, 50, 300, 7, 511, 12, 64, 9, 100, 101])
    for layer in model.layers.indices { try tiny.check(.layer, tiny.values(.layer, layer: layer)) }
  }

  /// A row of zeros, as an embedding of zeros makes it, needs no rule of its own.
  @Test func zerosEverywhere() throws {
    let model = inference.model
    let zeros = WeightMatrix(rows: 37, columns: 12, values: [Int16](repeating: 0, count: 37 * 12))
    let silent = try QuantizedModel(
      configuration: model.configuration, parameters: model.parameters, embedding: zeros, layers: model.layers,
      head: model.head)
    let inference = try Inference(silent, text: [1, 2])
    #expect(inference.layers[0].quantization?.attentionInput.maximum == [0, 0, 0, 0])
    try inference.check(.layer, inference.values(.layer))
  }

  @Test func singleChanges() throws {
    var generator = SeededGenerator(seed: 32)
    let honest = inference.values(.layer)
    let causalFactors = ["exponential low", "exponential high"]
    for tensor in inference[.layer].tensors
    where !["limbs", "multiplicities"].contains(tensor.name) && !causalFactors.contains(tensor.name) {
      for change in [1, -1, 1 << 20, -1 << 20] as [Int64] where tensor.segment != .weights || change.magnitude == 1 {
        let place = tensor.randomRealPlace(using: &generator)
        var values = honest
        values.add(change, to: tensor, at: place)
        #expect(throws: (any Error).self, "\(tensor.name)[\(place)] + \(change)") {
          try inference.check(.layer, values)
        }
      }
    }
  }

  @Test(arguments: [
    "attention gained", "query", "key", "value", "attended", "attention output", "feed-forward gained", "gate", "up",
    "hidden", "state",
  ])
  func rounding(name: String) throws {
    let circuit = inference[.layer]
    let bits = try #require(shift(of: name))
    for up in [Int128(1), -1] {
      var values = inference.values(.layer)
      let place = circuit.digits(name)[0].realPlaces[5]
      circuit.update(name, at: place, in: &values) { $0 + up }
      circuit.update("\(name) remainder", at: place, in: &values) { $0 - up << Int128(bits) }
      try expectOutsideTable(values, "\(name) remainder")
    }
  }

  /// Another maximum, with quantised values and rounding that fit it, and all squares.
  @Test(arguments: Quantised.all) func maximum(_ quantised: Quantised) throws {
    for change in [Int64(1), -1, 100] {
      var values = inference.values(.layer)
      let circuit = inference[.layer]
      let entries = circuit.tensor(quantised.operand)
      let maximum = circuit.tensor("\(quantised.name) maximum")
      let position = 2
      let changed = values.values[maximum.offset + position] + change
      values.values[maximum.offset + position] = changed
      values.values[circuit.tensor("\(quantised.name) maximum square").offset + position] = changed * changed
      for place in entries.realPlaces where place >> (entries.logSize - 2) == position {
        let scaled = 254 * values.values[entries.offset + place]
        let quotient = Int64((Double(scaled) / Double(2 * changed + 1)).rounded())
        values.values[circuit.tensor("\(quantised.name) quantised").offset + place] = quotient
        values.values[circuit.tensor("\(quantised.name) rounding").offset + place] =
          scaled - (2 * changed + 1) * quotient
      }
      if change > 0 {
        let error = #expect(throws: ArgumentError.self) { try inference.check(.layer, values) }
        guard case .zeroInRowFails(_, let label, [position])? = error, label == "\(quantised.name) maximum square"
        else {
          Issue.record("\(quantised.name): \(String(describing: error))")
          continue
        }
      } else {
        try expectOutsideTable(values, "+ \(quantised.name) maximum")
      }
    }
  }

  /// The next quantised value, with the rounding that fits it.
  @Test(arguments: Quantised.all) func quantisedValue(_ quantised: Quantised) throws {
    let circuit = inference[.layer]
    let quotients = circuit.tensor("\(quantised.name) quantised")
    for change in [Int64(1), -1] {
      for place in quotients.realPlaces.prefix(20) {
        var values = inference.values(.layer)
        let position = place >> (quotients.logSize - 2)
        let maximum = values.values[circuit.tensor("\(quantised.name) maximum").offset + position]
        values.values[quotients.offset + place] += change
        values.values[circuit.tensor("\(quantised.name) rounding").offset + place] -= change * (2 * maximum + 1)
        try expectOutsideTable(values, "+ \(quantised.name) maximum")
      }
    }
  }

  /// Whatever the padding of hidden weights and activations holds, real numbers do not see it.
  @Test func garbageInPadding() throws {
    let circuit = inference[.layer]
    var values = inference.values(.layer)
    for name in ["query weights", "gate weights", "down weights"] {
      let tensor = circuit.tensor(name)
      guard let last = tensor.axes.last, last.size < 1 << last.logSize else { continue }
      for place in 0..<tensor.count where place & (1 << last.logSize - 1) >= last.size {
        values.weights[tensor.offset + place] = Int16(truncatingIfNeeded: place * 7919)
      }
    }
    // Position 1, channel 13 of 12: an activation, larger than any real one, and what follows of it.
    let place = 1 << 4 | 13
    let maximum = values.values[circuit.tensor("attention input maximum").offset + 1]
    func set(_ name: String, _ value: Int64) { values.values[circuit.tensor(name).offset + place] = value }
    set("attention gained", 40000)
    let bits = Int64(try #require(inference.model.parameters.attentionGainShift))
    circuit.update("attention gained remainder", at: place, in: &values) { _ in -40000 << Int128(bits) }
    set("attention input square", 40000 * 40000)
    set("attention input quantised", 300)
    set("attention input rounding", 254 * 40000 - (2 * maximum + 1) * 300)
    try inference.check(.layer, values)
  }

  @Test func provedLayer() throws {
    let run = try StepRun(inference, .layer, chunkLog: 8)
    let (point, value) = try verify(run, messages: run.prove().messages)
    #expect(run.evaluateQ(at: point) == value)
  }

  @Test func provedTinyTernary() throws {
    let inference = try Inference(ModelSamples.tinyTernary(positions: 16), text: [0, 4, 200, 17, 8])
    let run = try StepRun(inference, .layer, chunkLog: 12)
    let (point, value) = try verify(run, messages: run.prove().messages)
    #expect(run.evaluateQ(at: point) == value)
  }

  /// Other weights than those the integers were computed with: a multiplier, a gain, one ternary weight.
  @Test func provedWithOtherWeights() throws {
    for name in ["query multiplier", "down multiplier", "attention gains", "feed-forward gains", "gate weights"] {
      var run = try StepRun(inference, .layer, chunkLog: 8)
      run.values.weights[inference[.layer].tensor(name).offset] += 1
      let messages = try run.prove().messages
      #expect(throws: ConstraintError.self, "\(name)") { try verify(run, messages: messages) }
    }
  }

  /// An inference with another multiplier than the committed one satisfies everything but the last claim, on Q.
  @Test func otherScale() throws {
    let (model, place) = (inference.model, inference[.layer].tensor("up multiplier").offset)
    let layer = model.layers[0]
    var ternary = try #require(layer.ternary)
    var multipliers = ternary.multipliers
    multipliers.up -= 1000
    ternary = TernaryLayerWeights(
      attentionGain: ternary.attentionGain, feedForwardGain: ternary.feedForwardGain, multipliers: multipliers)
    let changed = LayerWeights(
      query: layer.query, key: layer.key, value: layer.value, output: layer.output, gate: layer.gate, up: layer.up,
      down: layer.down, ternary: ternary)
    let other = try QuantizedModel(
      configuration: model.configuration, parameters: model.parameters, embedding: model.embedding,
      layers: [changed], head: model.head)
    var run = try StepRun(Inference(other, text: [5, 6]), .layer, chunkLog: 8)
    let (point, value) = try verify(run, messages: run.prove().messages)
    #expect(run.evaluateQ(at: point) == value)
    run.values.weights[place] += 1000
    #expect(run.evaluateQ(at: point) != value)
  }

  /// A layer of one shape with 16-bit weights and with ternary ones; run with LAYERFOLD_MEASURE=1.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_MEASURE"] != nil))
  func measureAgainstSixteenBits() throws {
    func timed<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
      let start = clock()
      defer { print("  \(name): \(Int(Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1000)) ms of processors") }
      return try body()
    }
    for ternary in [nil, TernaryFormat.multiplying] {
      let configuration = ModelSamples.configuration(
        hidden: 512, intermediate: 1376, heads: 8, groups: 4, headDimension: 64, vocabulary: 64, ternary: ternary)
      let model = try ModelSamples.random(configuration, positions: 16, seed: 40)
      print(ternary == nil ? "16-bit weights" : "ternary weights")
      let inference = try timed("inference") { try Inference(model, text: [1, 2, 3], limbsLog: 3) }
      let run = try StepRun(inference, .layer, chunkLog: 16)
      let circuit = inference[.layer]
      print(
        "  weights \(circuit.segmentEntries[2]), values \(circuit.segmentEntries[3]), Q 2^\(run.plan.layout.logSize)")
      for _ in 0..<3 { _ = try timed("step argument") { try run.prove() } }
    }
  }

  private func verify(_ run: StepRun, messages: [ScalarField]) throws -> (point: [ScalarField], value: ScalarField) {
    var native = NativeArithmetic<ScalarField>(messages: messages)
    let claim = try StepArgumentVerifier(run.plan).verify(
      in: &native, binding: run.binding, selectors: run.selectorBits { $0 })
    try native.finish()
    return claim
  }

  private func shift(of name: String) -> Int? {
    let parameters = inference.model.parameters
    switch name {
    case "attention gained": return parameters.attentionGainShift
    case "feed-forward gained": return parameters.feedForwardGainShift
    case "query": return parameters.queryShift
    case "key": return parameters.keyShift
    case "value": return parameters.valueShift
    case "attended": return 46
    case "attention output": return parameters.outputShift
    case "gate": return parameters.gateShift
    case "up": return parameters.upShift
    case "hidden": return parameters.hiddenShift
    default: return parameters.downShift
    }
  }

  private func expectOutsideTable(_ values: StepValues, _ prefix: String) throws {
    let error = #expect(throws: CircuitError.self) { try inference.check(.layer, values) }
    guard case .outsideTable(let name, _, _)? = error, name.hasPrefix(prefix) else {
      Issue.record("expected \(prefix), found \(String(describing: error))")
      return
    }
  }
}

/// A tensor whose rows are quantised.
struct Quantised: Sendable, CustomTestStringConvertible {
  /// The name of the quantisation.
  let name: String
  /// The name of what is quantised.
  let operand: String

  var testDescription: String { name }

  static let all = [
    Quantised(name: "attention input", operand: "attention gained"),
    Quantised(name: "output input", operand: "attended"),
    Quantised(name: "feed-forward input", operand: "feed-forward gained"),
    Quantised(name: "down input", operand: "hidden"),
  ]
}
