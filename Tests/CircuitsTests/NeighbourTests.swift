import Arguments
import Circuits
import Model
import Testing

/// For every number that a step rounds, divides or chooses: its neighbour, with everything else made consistent, is
/// refused by the one bound that excludes it.
@Suite struct NeighbourTests {
  let inference: Inference

  init() throws {
    inference = try Inference.random(ModelSamples.configuration(), positions: 4, digitBits: 12, seed: 20)
  }

  @Test(arguments: [
    "attention norm", "query", "key", "value", "rotated query", "rotated key", "attended", "attention output",
    "feed-forward norm", "gate", "up", "hidden", "state",
  ])
  func rounding(name: String) throws {
    let shift = shift(of: name)
    let circuit = inference[.layer]
    for up in [Int128(1), -1] {
      var values = inference.values(.layer)
      let place = circuit.digits(name)[0].realPlaces[5]
      circuit.update(name, at: place, in: &values) { $0 + up }
      circuit.update("\(name) remainder", at: place, in: &values) { $0 - up << Int128(shift) }
      try expectOutsideTable(values, .layer, prefix: "\(name) remainder")
    }
  }

  @Test(arguments: [Int128(1), -1]) func inverseRoot(change: Int128) throws {
    let circuit = inference[.layer]
    let trace = inference.layers[0].attentionNorm
    let target = Int128(12) << Int128(2 * inference.model.parameters.inverseRootExponent)
    var values = inference.values(.layer)
    let (sum, root) = (trace.squareSum[2], Int128(trace.inverseRoot[2]) + change)
    circuit.update("attention norm inverse root", at: 2, in: &values) { _ in root }
    circuit.update("attention norm inverse square", limbBits: 48, at: 2, in: &values) { _ in root * root }
    circuit.update("attention norm slack low", at: 2, in: &values) { _ in target - root * root * sum }
    circuit.update("attention norm slack high", at: 2, in: &values) { _ in (root + 1) * (root + 1) * sum - 1 - target }
    try expectOutsideTable(
      values, .layer, prefix: change > 0 ? "attention norm slack low" : "attention norm slack high")
  }

  @Test(arguments: [Int128(1), -1]) func reciprocal(change: Int128) throws {
    let circuit = inference[.layer]
    let softmax = inference.layers[0].attention.softmax
    var values = inference.values(.layer)
    // Query 3 of member 0 of group 0.
    let (total, reciprocal) = (Int128(softmax.total[3]), Int128(softmax.reciprocal[3]) + change)
    let slackLow = Int128(1) << 46 - reciprocal * total
    circuit.update("reciprocal", at: 3, in: &values) { _ in reciprocal }
    circuit.update("reciprocal slack low", at: 3, in: &values) { _ in slackLow }
    circuit.update("reciprocal slack high", at: 3, in: &values) { _ in total - 1 - slackLow }
    try expectOutsideTable(values, .layer, prefix: change > 0 ? "reciprocal slack low" : "reciprocal slack high")
  }

  /// The row of query 3, member 0, group 0, with maximum and all differences one higher or lower.
  @Test func maximum() throws {
    let circuit = inference[.layer]
    let tables = inference.parameters.functions
    for change in [Int64(1), -1] {
      var values = inference.values(.layer)
      circuit.update("maximum", at: 3, in: &values) { $0 + Int128(change) }
      for key in 12..<16 {
        func entry(_ name: String) -> Int { circuit.tensor(name).offset + key }
        let difference = values.values[entry("difference low")] + values.values[entry("difference high")] << 10 + change
        values.values[entry("difference low")] = difference & 1023
        values.values[entry("difference high")] = difference >> 10
        let low = Int64(tables.exponentialLow[Int(difference & 1023)])
        let high = Int64(tables.exponentialHigh[Int(max(0, difference >> 10))])
        values.values[entry("exponential low")] = low
        values.values[entry("exponential high")] = high
        values.values[entry("exponential")] = low * high
      }
      if change > 0 {
        let error = #expect(throws: ArgumentError.self) { try inference.check(.layer, values) }
        guard case .zeroInRowFails(0, _, [0, 0, 3]) = error else {
          Issue.record("found \(String(describing: error))")
          continue
        }
      } else {
        try expectOutsideTable(values, .layer, prefix: "difference high")
      }
    }
  }

  @Test func exponentialOfTheFuture() throws {
    // Query 1, key 2.
    let place = inference[.layer].tensor("exponential").offset + 4 + 2
    var values = inference.values(.layer)
    values.values[place] = 1 << 22
    #expect(throws: ArgumentError.productFails(name: "exponential", indices: [0, 0, 1, 2])) {
      try inference.check(.layer, values)
    }
  }

  @Test func gateOutsideItsTable() throws {
    let circuit = inference[.layer]
    let shift = inference.model.parameters.gateShift
    var values = inference.values(.layer)
    let gate = circuit.tensor("gate")
    let change = Int64(1 << 10) - values.values[gate.offset]
    values.values[gate.offset] += change
    circuit.update("gate remainder", at: 0, in: &values) { $0 - Int128(change) << Int128(shift) }
    try expectOutsideTable(values, .layer, prefix: "gate")
  }

  @Test func secondBestWinner() throws {
    let circuit = inference[.head]
    let (position, entries) = (1, 37)
    let logits = inference.head.logits(at: position)
    let best = Int(inference.head.winner[position])
    for winner in stride(from: 0, to: entries, by: 7) where winner != best {
      var values = inference.values(.head)
      values.values[circuit.tensor("winner").offset + position] = Int64(winner)
      // The gaps of the claimed winner: one of them is negative.
      var fair = values
      fair.values[circuit.tensor("largest logit").offset + position] = logits[winner]
      // The gaps of the true maximum: that of the claimed winner is not 0.
      var unfair = values
      for entry in 0..<64 {
        let logit = entry < entries ? logits[entry] : 0
        let before = Int128(entry < winner ? 1 : 0)
        circuit.update("gap", at: position * 64 + entry, in: &fair) { _ in Int128(logits[winner] - logit) - before }
        circuit.update("gap", at: position * 64 + entry, in: &unfair) { _ in Int128(logits[best] - logit) - before }
      }
      try expectOutsideTable(fair, .head, prefix: "gap")
      #expect(throws: (any Error).self) { try inference.check(.head, unfair) }
    }
  }

  @Test func firstOfEqualLogitsWins() throws {
    let model = inference.model
    var head = model.head.values
    // Every row of weights twice, so every maximum is attained twice.
    for entry in 0..<18 {
      head.replaceSubrange((entry + 18) * 12..<(entry + 19) * 12, with: head[entry * 12..<(entry + 1) * 12])
    }
    head.replaceSubrange(36 * 12..<37 * 12, with: head[..<12])
    let twice = try QuantizedModel(
      configuration: model.configuration, parameters: model.parameters, embedding: model.embedding,
      layers: model.layers, head: WeightMatrix(rows: 37, columns: 12, values: head))
    let inference = try Inference(twice, text: [1, 2, 3])
    #expect(inference.head.winner.allSatisfy { $0 < 18 })
    try inference.check(.head, inference.values(.head))
    let circuit = inference[.head]
    var values = inference.values(.head)
    let (logits, second) = (inference.head.logits(at: 0), Int(inference.head.winner[0]) + 18)
    values.values[circuit.tensor("winner").offset] = Int64(second)
    for entry in 0..<37 {
      circuit.update("gap", at: entry, in: &values) { _ in
        Int128(logits[second] - logits[entry]) - (entry < second ? 1 : 0)
      }
    }
    try expectOutsideTable(values, .head, prefix: "gap")
  }

  /// Whatever hidden weights and hidden states hold beyond the real indices, the real ones do not see it.
  @Test func garbageInPadding() throws {
    let circuit = inference[.layer]
    var values = inference.values(.layer)
    for name in ["query weights", "key weights", "output weights", "gate weights", "down weights"] {
      let tensor = circuit.tensor(name)
      // The last axis of all but the output weights is contracted and not a power of two.
      guard let last = tensor.axes.last, last.size < 1 << last.logSize else { continue }
      for place in 0..<tensor.count where place & (1 << last.logSize - 1) >= last.size {
        values.weights[tensor.offset + place] = Int16(truncatingIfNeeded: place * 7919)
      }
    }
    let input = circuit.tensor("input")
    for position in 0..<4 {
      for channel in 12..<16 {
        let place = position * 16 + channel
        values.input[input.offset + place] = Int32(place * 1000 - 50000)
        let root = Int64(inference.layers[0].attentionNorm.inverseRoot[position])
        values.values[circuit.digits("attention norm remainder")[0].offset + place] = Int64(place * 1000 - 50000) * root
        // X1 continues the residual; Y follows.
        circuit.update("attention output", at: place, in: &values) { _ in Int128(place * 1000 - 50000) }
        circuit.update("state", at: place, in: &values) { _ in Int128(place * 1000 - 50000) }
        values.output[circuit.tensor("output").offset + place] = Int32(place * 1000 - 50000)
        let second = Int64(inference.layers[0].feedForwardNorm.inverseRoot[position])
        values.values[circuit.digits("feed-forward norm remainder")[0].offset + place] =
          Int64(place * 1000 - 50000) * second
      }
    }
    try inference.check(.layer, values)
  }

  private func shift(of name: String) -> Int {
    let parameters = inference.model.parameters
    switch name {
    case "query": return parameters.queryShift
    case "key": return parameters.keyShift
    case "value": return parameters.valueShift
    case "rotated query", "rotated key": return 14
    case "attended": return 46
    case "attention output": return parameters.outputShift
    case "gate": return parameters.gateShift
    case "up": return parameters.upShift
    case "hidden": return parameters.hiddenShift
    case "state": return parameters.downShift
    default: return 32
    }
  }

  private func expectOutsideTable(_ values: StepValues, _ kind: StepKind, prefix: String) throws {
    let error = #expect(throws: CircuitError.self) { try inference.check(kind, values) }
    guard case .outsideTable(let name, _, _) = error, name.hasPrefix(prefix) else {
      Issue.record("expected \(prefix), found \(String(describing: error))")
      return
    }
  }
}

extension StepCircuit {
  /// The digits of a number: the tensor of its name, or those of its name with a place.
  func digits(_ name: String) -> [Tensor] {
    let split = tensors.filter { $0.name.hasPrefix("\(name), ") }.sorted { $0.name < $1.name }
    return split.isEmpty ? [tensor(name)] : split
  }

  /// Replaces a number by a function of it, digit by digit, the sign in the last.
  func update(
    _ name: String, limbBits: Int? = nil, at place: Int, in values: inout StepValues, _ change: (Int128) -> Int128
  ) {
    let width = limbBits ?? parameters.quantization.digitBits
    let tensors = digits(name)
    var number: Int128 = 0
    for tensor in tensors.reversed() { number = number << Int128(width) + Int128(values.values[tensor.offset + place]) }
    number = change(number)
    for (digit, tensor) in tensors.enumerated() {
      let part = number >> Int128(digit * width)
      values.values[tensor.offset + place] = Int64(digit == tensors.count - 1 ? part : part & (1 << Int128(width) - 1))
    }
  }
}

extension Tensor {
  /// All indices whose axes are below their real sizes.
  var realPlaces: [Int] {
    (0..<count).filter { place in
      var rest = place
      return axes.reversed().allSatisfy { axis in
        defer { rest >>= axis.logSize }
        return rest & (1 << axis.logSize - 1) < axis.size
      }
    }
  }
}
