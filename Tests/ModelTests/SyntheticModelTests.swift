import Foundation
import Model
import Testing

@Suite("Synthetic models")
struct SyntheticModelTests {
  private func shape(tied: Bool = false, vocabulary: Int = 600) -> ModelConfiguration {
    ModelConfiguration(
      hiddenSize: 48, intermediateSize: 100, layerCount: 3, attentionHeads: 6, keyValueHeads: 2, headDimension: 10,
      vocabularySize: vocabulary, maximumPositions: 64, normEpsilon: 1e-5, rotaryTheta: 10000,
      rotaryScaling: RotaryScaling(factor: 4, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 64),
      tiesEmbeddings: tied, beginningToken: 5, endTokens: [2, 9])
  }

  private func inFolder<Value>(_ model: SyntheticModel, _ body: (URL) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try model.write(to: folder)
    let result = Result { try body(folder) }
    try FileManager.default.removeItem(at: folder)
    return try result.get()
  }

  @Test("RoundTrip: what is written is read back, and runs with room in every width", arguments: [false, true])
  func roundTrip(tied: Bool) throws {
    let synthetic = try SyntheticModel(configuration: shape(tied: tied), seed: 1, format: tied ? .single : .brain)
    try inFolder(synthetic) { folder in
      let float = try FloatModel(directory: folder)
      #expect(float.configuration == synthetic.configuration)
      let model = try QuantizedModel(quantizing: float, positions: 64)
      let tokens = (0..<192).map { ($0 * 7919 + 13) % 600 }
      let evaluation = try model.evaluate(EvaluationText(tokens: tokens)) { window in
        var state = FloatState(of: float)
        return float.logits(window, state: &state)
      }
      let agreement = try #require(evaluation.agreement)
      #expect(agreement.meanLogitError < 0.02 && agreement.greedyAgreement > 0.95)
      #expect(evaluation.headroom.entries.allSatisfy { $0.left >= 0 })
    }
  }

  @Test("Laws: the same seed gives the same bytes, another seed other weights")
  func determinism() throws {
    func weights(_ seed: UInt64) throws -> Data {
      try inFolder(SyntheticModel(configuration: shape(), seed: seed)) {
        try Data(contentsOf: $0.appendingPathComponent("model.safetensors"))
      }
    }
    let first = try weights(1)
    #expect(try weights(1) == first)
    #expect(try weights(2) != first)
  }

  @Test("KnownAnswer: weights have the deviation they should")
  func statistics() throws {
    try inFolder(SyntheticModel(configuration: shape(), seed: 3, format: .single)) { folder in
      let file = try SafetensorsFile(file: folder.appendingPathComponent("model.safetensors"))
      for (tensor, mean, deviation) in [
        ("model.embed_tokens.weight", 0.0, 1.0), ("lm_head.weight", 0, 1 / 48.0.squareRoot()),
        ("model.layers.1.mlp.down_proj.weight", 0, 1 / (100.0 * 6).squareRoot()),
        ("model.layers.2.self_attn.q_proj.weight", 0, 1 / 48.0.squareRoot()),
      ] {
        let values = try file.floats(tensor, shape: try #require(file.shape(of: tensor))).map { Double($0) }
        let found = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(values.count)
        #expect(abs(found - mean) < 0.06 * deviation && abs(square.squareRoot() / deviation - 1) < 0.06)
      }
    }
  }

  @Test("Laws: the tokenizer covers all bytes and gives most ids a text")
  func tokenizer() throws {
    try inFolder(SyntheticModel(configuration: shape(vocabulary: 12000), seed: 1)) { folder in
      let tokenizer = try Tokenizer(file: folder.appendingPathComponent("tokenizer.json"))
      let text = "Hello, w\u{f6}rld! \u{1F600}\n\u{0}<s> tabs\t and </s2>"
      let tokens = tokenizer.encode(text)
      #expect(tokenizer.decode(tokens) == text)
      #expect(tokens.contains(5) && tokens.contains(2) && tokens.allSatisfy { (0..<12000).contains($0) })
      #expect(tokens.count < text.utf8.count)
      #expect((0..<12000).allSatisfy { !tokenizer.decode([$0]).isEmpty })
    }
  }

  @Test("Laws: outlier channels of thousands keep the accuracy, with a coarser residual stream where they need it")
  func outliers() throws {
    for (magnitude, exponent, logitError) in [(Float(3000), 16, 0.02), (40000, 12, 0.02)] {
      let outliers = SyntheticModel.Outliers(channels: 2, magnitude: magnitude)
      let synthetic = try SyntheticModel(configuration: shape(), seed: 5, format: .single, outliers: outliers)
      try inFolder(synthetic) { folder in
        let float = try FloatModel(directory: folder)
        let ranges = Calibration.ranges(of: float, positions: 64)
        #expect(abs(ranges.residual / Double(magnitude) - 1) < 0.5)
        let model = try QuantizedModel(quantizing: float, positions: 64)
        #expect(model.parameters.residualExponent == exponent)
        let tokens = (0..<256).map { $0 % 64 == 0 ? 5 : ($0 * 7919 + 13) % 600 }
        let evaluation = try model.evaluate(EvaluationText(tokens: tokens)) { window in
          var state = FloatState(of: float)
          return float.logits(window, state: &state)
        }
        let agreement = try #require(evaluation.agreement)
        #expect(agreement.meanLogitError < logitError && agreement.greedyAgreement > 0.95)
        #expect(evaluation.headroom.entries.allSatisfy { $0.left >= 0 })
      }
    }
  }

  @Test("Rejects: vocabularies without room for bytes, and folders that hold something")
  func rejections() throws {
    #expect(throws: ModelError.self) { try SyntheticModel(configuration: shape(vocabulary: 258), seed: 1) }
    let synthetic = try SyntheticModel(configuration: shape(vocabulary: 259), seed: 1)
    try inFolder(synthetic) { folder in
      #expect(throws: ModelError.self) { try synthetic.write(to: folder) }
      #expect(throws: ModelError.self) { try synthetic.write(to: folder.appendingPathComponent("config.json")) }
    }
    for (name, shape) in SyntheticModel.knownShapes {
      let plan = try ModelPlan(
        configuration: SyntheticModel(configuration: shape, seed: 1).configuration, positions: 64)
      #expect(plan.keyParameters > 10_000_000, "\(name)")
    }
  }
}
