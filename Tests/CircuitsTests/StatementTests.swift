import Arguments
import Circuits
import Model
import Testing

/// Honest inferences satisfy the statements.
@Suite struct StatementTests {
  @Test(arguments: [(16, 1), (9, 2), (12, 3)])
  func randomModels(digitBits: Int, seed: UInt64) throws {
    let inference = try Inference.random(
      ModelSamples.configuration(layers: 2), positions: 8, digitBits: digitBits, seed: seed)
    try expectTrue(inference)
  }

  @Test func oneMemberAndPowersOfTwo() throws {
    let configuration = ModelSamples.configuration(
      hidden: 8, intermediate: 16, heads: 2, groups: 2, headDimension: 2, vocabulary: 32)
    try expectTrue(try Inference.random(configuration, positions: 2, seed: 4))
  }

  @Test func oddHeads() throws {
    let configuration = ModelSamples.configuration(
      hidden: 10, intermediate: 7, heads: 9, groups: 3, headDimension: 6, vocabulary: 5)
    try expectTrue(try Inference.random(configuration, positions: 16, seed: 5))
  }

  @Test func tinyLLaMA() throws {
    let model = try ModelSamples.tinyLLaMA(positions: 16)
    try expectTrue(try Inference(model, text: [0, 50, 300, 7, 511, 12, 64, 9, 100, 101]))
  }

  private func expectTrue(_ inference: Inference) throws {
    for kind in StepKind.allCases {
      for layer in kind == .layer ? inference.model.layers.indices : 0..<1 {
        try inference.check(kind, inference.values(kind, layer: layer))
      }
    }
  }

  @Test func hiddenStatesLinkTheSteps() throws {
    let inference = try Inference.random(ModelSamples.configuration(layers: 2), positions: 4, seed: 6)
    let states = [inference.values(.embedding), inference.values(.layer), inference.values(.layer, layer: 1)]
    #expect(inference.values(.layer).input == states[0].output)
    #expect(inference.values(.layer, layer: 1).input == states[1].output)
    #expect(inference.values(.head).input == states[2].output)
  }

  @Test func tensorsAreAlignedAndApart() throws {
    let inference = try Inference.random(ModelSamples.configuration(), positions: 4, seed: 7)
    let tables = inference[.layer].statement.tables
    for circuit in inference.circuits {
      #expect(circuit.statement.tables == tables)
      for segment in Segment.allCases where segment != .tables {
        let tensors = circuit.tensors.filter { $0.segment == segment }.sorted { $0.offset < $1.offset }
        var end = 0
        for tensor in tensors {
          #expect(tensor.offset == end && tensor.offset % tensor.count == 0)
          end += tensor.count
        }
        if segment == .weights, let last = tensors.last {
          // The padding behind the last real entry is not stored.
          let real = last.axes.reduce(0) { $0 << $1.logSize + $1.size - 1 } + 1
          end = last.offset + real
        }
        #expect(circuit.segmentEntries[segment.rawValue] == end)
        #expect(circuit.largestLogs[segment.rawValue] == tensors.map(\.logSize).max() ?? 0)
      }
    }
  }

  @Test func timeToFillALayer() throws {
    let inference = try Inference(ModelSamples.tinyLLaMA(positions: 64), text: [0, 1, 2])
    let clock = ContinuousClock()
    var (filling, counting) = (Duration.seconds(60), Duration.seconds(60))
    for _ in 0..<5 {
      let start = clock.now
      var values = inference.values(.layer)
      let filled = clock.now
      try inference[.layer].countLookups(in: &values)
      filling = min(filling, start.duration(to: filled))
      counting = min(counting, filled.duration(to: clock.now))
    }
    print("tiny-llama, T = 64, one layer: values filled in \(filling), lookups counted in \(counting)")
  }

  @Test func sizesOfTinyLLaMA() throws {
    let model = try ModelSamples.tinyLLaMA(positions: 64)
    let parameters = try CircuitParameters(
      configuration: model.configuration, quantization: model.parameters, maxTokens: 64, limbsLog: 15)
    print("tiny-llama, T = 64: kind, weights, values, lookup columns, lookups, leaves, products, relations")
    for circuit in StepCircuit.all(parameters) {
      let statement = circuit.statement
      let lookups = statement.lookups.map { $0.input.axes.reduce(1) { $0 * $1.size } }.reduce(0, +)
      let leaves =
        statement.tables.ids.count
        + statement.lookups.map { 1 << $0.input.axes.reduce(0) { $0 + $1.logSize } }.reduce(0, +)
        + statement.zeros.map { zero in
          1 << zero.values.axes.reduce(0) { $0 + $1.logSize } + 1 << zero.rows.reduce(0) { $0 + $1.logSize }
        }.reduce(0, +)
      let leavesLog = Int.bitWidth - (leaves - 1).leadingZeroBitCount
      print(
        circuit.kind, circuit.segmentEntries[Segment.weights.rawValue], circuit.segmentEntries[Segment.values.rawValue],
        statement.lookups.count, lookups, "\(leaves) (2^\(leavesLog))", statement.products.count,
        statement.relations.count)
      #expect(leavesLog <= 20)
    }
  }
}
