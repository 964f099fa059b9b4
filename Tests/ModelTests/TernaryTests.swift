import Foundation
import Model
import Testing

@Suite("Ternary models")
struct TernaryTests {
  @Test("KnownAnswer: the float model reproduces the reference logits up to rounding of single activations")
  func floatLogits() throws {
    let model = try TernaryFixture.floatModel()
    let reference = try ModelFixture.decode(Reference.self, TernaryFixture.file("reference.json"))
    for prompt in reference.prompts {
      var state = FloatState(of: model)
      let logits = model.logits(prompt.prompt_ids, state: &state).suffix(model.configuration.vocabularySize)
      let errors = zip(logits, prompt.final_logits).map { abs(Double($0) - $1) }
      // What the model's README says of float32 against float64.
      #expect(errors.reduce(0) { max($0, $1) } < 0.25)
      #expect(errors.reduce(0, +) / Double(errors.count) < 0.05)
    }
  }

  @Test("KnownAnswer: perplexity and agreement of the integer model")
  func accuracy() throws {
    let (model, float) = (try TernaryFixture.quantized(), try TernaryFixture.floatModel())
    let known = try ModelFixture.decode(ValidationTokens.self, TernaryFixture.file("val_tokens.json"))
    let evaluation = try model.evaluate(EvaluationText(file: TernaryFixture.file("val_tokens.json"))) { window in
      var state = FloatState(of: float)
      return float.logits(window, state: &state)
    }
    let agreement = try #require(evaluation.agreement)
    print("tiny-ternary: perplexity \(evaluation.perplexity), known \(known.perplexity), next \(evaluation.accuracy)")
    print(
      "same greedy token \(agreement.greedyAgreement), logit error mean \(agreement.meanLogitError)", terminator: " ")
    print("largest \(agreement.largestLogitError)")
    print(evaluation.headroom.table)
    #expect(evaluation.predictions == 4032)
    #expect(abs(evaluation.perplexity / known.perplexity - 1) < 0.005)
    #expect(abs(evaluation.accuracy - 0.365823) < 0.005)
    // The float model at another precision agrees with itself no better, see Docs/IntegerModel.md.
    #expect(agreement.greedyAgreement >= 0.98)
    #expect(agreement.meanLogitError < 0.05)
    #expect(evaluation.headroom.entries.allSatisfy { $0.left >= 0 })
  }

  @Test("KnownAnswer: greedy continuations leave the reference only where its margin is within the error")
  func greedy() throws {
    let model = try TernaryFixture.quantized()
    let reference = try ModelFixture.decode(Reference.self, TernaryFixture.file("reference.json"))
    var same = 0
    for prompt in reference.prompts {
      let first = try model.generate(prompt: prompt.prompt_ids, maxNewTokens: 1)
      let largest = zip(first.finalLogits, prompt.final_logits).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(largest < 0.25)
      let greedy = try model.generate(prompt: prompt.prompt_ids, maxNewTokens: 16).tokens
      let agreeing = zip(greedy, prompt.greedy_ids).prefix { $0 == $1 }.count
      same += agreeing
      if agreeing < 16 { #expect(prompt.greedy_margins[agreeing] < 0.42) }
    }
    print("tiny-ternary: \(same) of 128 greedy tokens as in the reference")
    #expect(same >= 112)
  }

  @Test("Laws: an 8-bit value is the nearest one, whatever the row")
  func quantization() throws {
    let model = try TernaryFixture.quantized(positions: 4)
    let trace = try model.layer(0, input: model.embed([3, 1, 4]).output)
    let quantization = try #require(trace.quantization)
    for (values, row) in [
      (quantization.attentionGained.values, quantization.attentionInput),
      (trace.attention.attended.values, quantization.outputInput),
      (quantization.feedForwardGained.values, quantization.feedForwardInput),
      (trace.feedForward.hidden.values, quantization.downInput),
    ] {
      let width = values.count / 4
      for (index, value) in values.enumerated() {
        let (maximum, quantized) = (row.maximum[index / width], row.quantized[index])
        let scaled = 254 * Double(value) / Double(2 * maximum + 1)
        #expect(abs(scaled - Double(quantized)) < 0.5 && abs(quantized) <= 127 && abs(value) <= maximum)
        #expect(row.rounding[index] == 254 * value - (2 * maximum + 1) * quantized)
        #expect(abs(row.rounding[index]) <= maximum)
      }
      for position in 0..<4 {
        let largest = values[position * width..<(position + 1) * width].map { abs($0) }.max()
        #expect(largest == row.maximum[position])
      }
    }
  }

  @Test("RoundTrip: packed weights")
  func packing() throws {
    for count in 0...23 {
      let weights = (0..<count).map { Int16($0 * $0 % 7 % 3) - 1 }
      let packed = TernaryWeights(weights)
      #expect(packed.bytes.count == TernaryWeights.byteCount(count))
      #expect(packed.unpacked(0..<count) == weights)
      #expect(TernaryWeights(count: count, bytes: packed.bytes) == packed)
      if count > 3 { #expect(packed.unpacked(2..<count - 1) == Array(weights[2..<count - 1])) }
    }
  }

  @Test("Rejects: bytes that no weights have")
  func malformedPacking() {
    #expect(TernaryWeights(count: 5, bytes: Data([242])) != nil)
    #expect(TernaryWeights(count: 5, bytes: Data([243])) == nil)
    #expect(TernaryWeights(count: 5, bytes: Data([0, 0])) == nil)
    #expect(TernaryWeights(count: 6, bytes: Data([0])) == nil)
    #expect(TernaryWeights(count: 6, bytes: Data([0, 2])) != nil)
    #expect(TernaryWeights(count: 6, bytes: Data([0, 3])) == nil)
  }

  @Test("Laws: products by additions equal those by multiplication, also where sums are longest")
  func products() throws {
    let columns = 9000
    let trits = (0..<3 * columns).map { $0 < columns ? 1 : Int16($0 * 31 % 11 % 3) - 1 }
    let packed = WeightMatrix(rows: 3, columns: columns, ternary: TernaryWeights(trits))
    let plain = WeightMatrix(rows: 3, columns: columns, values: trits)
    let left = (0..<2 * columns).map { $0 < columns ? 127 : Int16($0 * 17 % 255) - 127 }
    #expect(MatrixProduct.product(left, packed) == MatrixProduct.product(left, plain))
    #expect(MatrixProduct.ternaryProduct(left, packed) == MatrixProduct.product(left, plain))
  }

  @Test("KnownAnswer: a checkpoint whose scales divide is the same model with inverse scales")
  func dividing() throws {
    let folder = ModelFixture.vectors.appendingPathComponent("odd-ternary")
    let dividing = try QuantizedModel(quantizing: FloatModel(directory: folder), positions: 8)
    let configuration = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appendingPathComponent("config.json")))
    #expect(!"\(configuration)".contains("linear_class"))
    #expect(dividing.layers[0].ternary?.multipliers.all.allSatisfy { $0 > 4096 } == true)
  }

  @Test(
    "Rejects: other quantisations, by name",
    arguments: [
      (["quant_method": "awq"], "quantization_config awq"),
      (["linear_class": "bitlinear"], "quantization_config (missing)"),
      (["quant_method": "bitnet", "linear_class": "autobitlinear", "quantization_mode": "online"], "online"),
      (["quant_method": "bitnet", "linear_class": "other"], "linear_class other"),
    ])
  func unknownQuantization(fields: [String: String], feature: String) throws {
    let error = try refusal { $0["quantization_config"] = fields }
    #expect("\(error)".contains(feature))
  }

  @Test("Rejects: norms inside projections, and projections that are not ternary")
  func unknownParts() throws {
    let norm = try refusal { $0["quantization_config"] = ["quant_method": "bitnet", "use_rms_norm": true] }
    #expect("\(norm)".contains("use_rms_norm"))
    let kept = try refusal {
      $0["quantization_config"] = ["quant_method": "bitnet", "modules_to_not_convert": ["q_proj"]]
    }
    #expect("\(kept)".contains("q_proj"))
  }

  private func refusal(_ edit: (inout [String: Any]) -> Void) throws -> ModelError {
    let json = try TernaryFixture.edited("config.json", edit)
    return try #require(throws: ModelError.self) { try ModelConfiguration(json: json, file: "config.json") }
  }

  @Test("Rejects: packed weights where floats were announced, floats where packed ones were, bits that are no weight")
  func wrongWeights() throws {
    let bytes = try Data(contentsOf: TernaryFixture.file("model.safetensors"))
    let ternary = try ModelConfiguration(file: TernaryFixture.file("config.json"))
    let plain = try ModelConfiguration(file: ModelFixture.file("config.json"))
    let packed = try SafetensorsFile(bytes: bytes, name: "packed")
    let floats = try SafetensorsFile(file: ModelFixture.file("model.safetensors"))
    #expect(throws: ModelError.self) { try FloatModel(configuration: plain, weights: packed) }
    #expect(throws: ModelError.self) { try FloatModel(configuration: ternary, weights: floats) }
    // The last tensors of the file are packed weights or their scales: set all bits of one packed tensor.
    let text = try #require(String(data: bytes.prefix(20000), encoding: .isoLatin1))
    let name = "model.layers.0.mlp.down_proj.weight\""
    let place = try #require(text.range(of: name))
    let offsets = try #require(text[place.upperBound...].range(of: "data_offsets\":["))
    let begin = try #require(Int(text[offsets.upperBound...].prefix { $0.isNumber }))
    var damaged = bytes
    let header = bytes.withUnsafeBytes { Int(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
    damaged[8 + header + begin + 5] = 0xff
    let error = #expect(throws: ModelError.self) {
      try FloatModel(configuration: ternary, weights: SafetensorsFile(bytes: damaged, name: "damaged"))
    }
    #expect("\(String(describing: error))".contains("down_proj"))
  }

  @Test(
    "RoundTrip: a synthetic ternary checkpoint is read, quantised and run",
    arguments: [TernaryFormat.multiplying, .dividing])
  func synthetic(format: TernaryFormat) throws {
    let shape = ModelConfiguration(
      hiddenSize: 48, intermediateSize: 100, layerCount: 2, attentionHeads: 6, keyValueHeads: 2, headDimension: 8,
      vocabularySize: 300, maximumPositions: 64, normEpsilon: 1e-5, rotaryTheta: 10000, ternaryFormat: format,
      tiesEmbeddings: false, beginningToken: 1, endTokens: [2])
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ternary-\(UUID().uuidString)")
    defer { _ = Result { try FileManager.default.removeItem(at: folder) } }
    try SyntheticModel(configuration: shape, seed: 5).write(to: folder)
    let float = try FloatModel(directory: folder)
    #expect(float.configuration == shape && float.ignoredTensors.isEmpty)
    let model = try QuantizedModel(quantizing: float, positions: 16)
    let weights = model.layers[1].down.values
    let zeros = Double(weights.filter { $0 == 0 }.count) / Double(weights.count)
    #expect(abs(zeros - 1.0 / 3) < 0.03 && weights.allSatisfy { (-1...1).contains($0) })
    #expect(try model.generate(prompt: [1, 7], maxNewTokens: 5).tokens.isEmpty == false)
    let plan = try ModelPlan(configuration: shape, positions: 16)
    #expect(plan.parameters.ternary != nil)
    #expect(plan.steps[1].weights.count == 10 && plan.steps[1].weights[0].bits == 2)
    let trace = try NamedTensors(model, tokens: [1, 2, 3]).fingerprints.filter { $0.key.hasPrefix("layer0.") }
    let planned = Dictionary(uniqueKeysWithValues: plan.steps[1].activations.map { ("layer0." + $0.name, $0.entries) })
    for (name, tensor) in trace { #expect(planned[name] == tensor.count, "\(name)") }
  }

  @Test("RoundTrip: the constants as numbers; five zeros for a model that is not ternary")
  func numbers() throws {
    let parameters = try TernaryFixture.quantized(positions: 4).parameters
    #expect(parameters.ternary != nil)
    #expect(try QuantizationParameters(numbers: parameters.numbers) == parameters)
    var numbers = parameters.numbers
    numbers[26] = 2
    #expect(throws: ModelError.self) { try QuantizationParameters(numbers: numbers) }
    numbers[26] = 0
    #expect(throws: ModelError.self) { try QuantizationParameters(numbers: numbers) }
    #expect(try ModelFixture.quantized(positions: 4).parameters.numbers.suffix(5) == [0, 0, 0, 0, 0])
  }
}

/// The tiny ternary model of the test vectors.
enum TernaryFixture {
  /// A file of the model.
  static func file(_ name: String) -> URL { ModelFixture.vectors.appendingPathComponent("tiny-ternary/\(name)") }

  /// The float model.
  static func floatModel() throws -> FloatModel {
    try FloatModel(directory: file("config.json").deletingLastPathComponent())
  }

  /// The integer model.
  static func quantized(positions: Int = 64) throws -> QuantizedModel {
    try QuantizedModel(quantizing: floatModel(), positions: positions)
  }

  /// A JSON object of the model with edited fields.
  static func edited(_ name: String, _ edit: (inout [String: Any]) -> Void) throws -> Data {
    var fields = try JSONSerialization.jsonObject(with: Data(contentsOf: file(name))) as? [String: Any] ?? [:]
    edit(&fields)
    return try JSONSerialization.data(withJSONObject: fields)
  }
}
