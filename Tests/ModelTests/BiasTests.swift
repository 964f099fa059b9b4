import Foundation
import Model
import Testing

@Suite("Biases of attention's projections")
struct BiasTests {
  private func float(_ folder: String) throws -> FloatModel {
    try FloatModel(directory: ModelFixture.vectors.appendingPathComponent(folder))
  }

  private func configuration(_ edit: (inout [String: Any]) -> Void) throws -> ModelConfiguration {
    try ModelConfiguration(json: ModelFixture.edited("config.json", edit), file: "config.json")
  }

  /// The tiny LLaMA with biases beside its projections, those of layer 0 as given and all others zero.
  private func model(
    _ projections: BiasedProjections, first: [Float], without missing: String? = nil
  ) throws -> FloatModel {
    let file = try SafetensorsFile(file: ModelFixture.file("model.safetensors"))
    var tensors = try file.tensors.map { tensor in
      let shape = try #require(file.shape(of: tensor))
      return (tensor, shape, try file.floats(tensor, shape: shape))
    }
    let shape = try configuration { fields in
      if projections == .all {
        fields["attention_bias"] = true
      } else {
        (fields["model_type"], fields["architectures"]) = ("qwen2", ["Qwen2ForCausalLM"])
      }
    }
    #expect(shape.biasedProjections == projections)
    for layer in 0..<shape.layerCount {
      for (name, count) in zip(["q", "k", "v", "o"], projections.lengths(in: shape).all) {
        let values = (0..<count).map { layer == 0 && $0 < first.count ? first[$0] : 0 }
        tensors.append(("model.layers.\(layer).self_attn.\(name)_proj.bias", [count], values))
      }
    }
    tensors.removeAll { $0.0 == missing }
    return try FloatModel(
      configuration: shape, weights: SafetensorsFile(bytes: SafetensorsBytes.encode(tensors), name: "x"))
  }

  @Test("KnownAnswer: who has biases, by the configuration")
  func configurations() throws {
    #expect(try configuration { _ in }.biasedProjections == nil)
    #expect(try configuration { $0["attention_bias"] = true }.biasedProjections == .all)
    func qwen2(_ fields: inout [String: Any]) {
      (fields["model_type"], fields["architectures"]) = ("qwen2", ["Qwen2ForCausalLM"])
    }
    // Qwen2 does not ask the field.
    for said in [true, false] {
      let shape = try configuration {
        qwen2(&$0)
        $0["attention_bias"] = said
      }
      #expect(shape.biasedProjections == .queryKeyValue)
    }
    for edit in [
      { (fields: inout [String: Any]) in
        (fields["model_type"], fields["architectures"]) = ("mistral", ["MistralForCausalLM"])
        fields["attention_bias"] = true
      },
      { fields in
        qwen2(&fields)
        fields["quantization_config"] = ["quant_method": "bitnet"]
      },
    ] {
      let error = #expect(throws: ModelError.self) { try configuration(edit) }
      #expect(error?.description.contains("bias") == true, "\(String(describing: error))")
    }
  }

  @Test("Rejects: a bias that is missing, or of another length")
  func missing() throws {
    for name in ["q", "k", "v"] {
      let tensor = "model.layers.3.self_attn.\(name)_proj.bias"
      #expect(throws: ModelError.missingTensor(file: "x", tensor: tensor)) {
        try model(.queryKeyValue, first: [1], without: tensor)
      }
    }
    let output = "model.layers.0.self_attn.o_proj.bias"
    #expect(throws: ModelError.missingTensor(file: "x", tensor: output)) {
      try model(.all, first: [1], without: output)
    }
  }

  @Test("Laws: a model whose biases are all zero has the integers of one without")
  func zeros() throws {
    let plain = try ModelFixture.quantized(positions: 16)
    for projections in [BiasedProjections.queryKeyValue, .all] {
      let zero = try model(projections, first: [])
      let quantized = try QuantizedModel(quantizing: zero, positions: 16)
      #expect(quantized.parameters == plain.parameters && quantized.isQuantized(from: zero.configuration))
      #expect(quantized.layers.allSatisfy { $0.biases == nil })
      let tokens = [0, 50, 300, 7]
      #expect(
        try NamedTensors(quantized, tokens: tokens).fingerprints == NamedTensors(plain, tokens: tokens).fingerprints)
    }
  }

  @Test("Laws: exponents are the largest that fit, and no finer than the sum")
  func exponents() throws {
    let plain = try ModelFixture.quantized(positions: 16).parameters
    for (largest, exponent) in [(Float(0.9), 15), (1, 14), (3, 13), (30, 10), (1e-6, 20)] {
      let float = try model(.queryKeyValue, first: [0, -largest])
      let parameters = try QuantizedModel(quantizing: float, positions: 16).parameters
      let biases = try #require(parameters.biases)
      #expect(biases.all == [exponent, exponent, exponent] && biases.output == nil, "\(largest)")
      #expect(parameters.weights == plain.weights && parameters.biasShifts?.query == 11 + 14 - exponent)
    }
    let four = try #require(try QuantizedModel(quantizing: model(.all, first: [2]), positions: 16).parameters.biases)
    #expect(four.all == [13, 13, 13, 13])
  }

  @Test("RoundTrip: the list of constants")
  func numbers() throws {
    for projections in [BiasedProjections.queryKeyValue, .all] {
      let parameters = try QuantizedModel(quantizing: model(projections, first: [2, 3]), positions: 16).parameters
      let numbers = parameters.numbers
      #expect(numbers.count == QuantizationParameters.numberCount)
      #expect(try QuantizationParameters(numbers: numbers) == parameters)
      for (place, value) in [(26, Int64(4)), (26, -1), (26, 0)] {
        var wrong = numbers
        wrong[place] = value
        #expect(throws: ModelError.self) { try QuantizationParameters(numbers: wrong) }
      }
      if projections == .queryKeyValue {
        var wrong = numbers
        wrong[30] = 1
        #expect(throws: ModelError.self) { try QuantizationParameters(numbers: wrong) }
      }
      // A left shift below 0, or above 40, is no model's.
      for exponent in [26, -16] as [Int64] {
        var wrong = numbers
        wrong[28] = exponent
        let read = try QuantizationParameters(numbers: wrong)
        #expect(throws: ModelError.self) { try read.validate(for: ModelFixture.floatModel().configuration) }
      }
    }
  }

  @Test("Rejects: exponents and biases that do not belong together")
  func inconsistent() throws {
    let biased = try model(.queryKeyValue, first: [2, 3])
    let (plain, all) = (try ModelFixture.floatModel(), try model(.all, first: [1]))
    let parameters = try QuantizedModel(quantizing: biased, positions: 16).parameters
    let without = try QuantizedModel(quantizing: plain, positions: 16).parameters
    for (float, parameters) in [(plain, parameters), (all, parameters), (biased, without)] {
      #expect(throws: ModelError.self) { try QuantizedModel(quantizing: float, parameters: parameters) }
    }
    let model = try QuantizedModel(quantizing: biased, positions: 16)
    #expect(model.isQuantized(from: biased.configuration))
    #expect(!model.isQuantized(from: plain.configuration) && !model.isQuantized(from: all.configuration))
    #expect(throws: ModelError.self) {
      try QuantizedModel(
        configuration: model.configuration, parameters: without, embedding: model.embedding, layers: model.layers,
        head: model.head)
    }
    var tooFine = parameters
    tooFine.biases?.key = 15
    #expect(throws: ModelError.self) { try QuantizedModel(quantizing: biased, parameters: tooFine) }
  }

  @Test("Laws: integers follow the float model; generation is the full pass", arguments: ["odd-qwen2", "odd-biased"])
  func accuracy(folder: String) throws {
    let float = try float(folder)
    let model = try QuantizedModel(quantizing: float, positions: 16)
    let tokens = [36, 0, 1, 1, 17, 5, 22, 9, 9, 30]
    var state = FloatState(of: float)
    let expected = float.logits(tokens, state: &state)
    let head = try ModelFixture.fullPass(model, tokens)
    for position in tokens.indices {
      let logits = model.dequantizedLogits(head, at: position)
      for (entry, logit) in logits.enumerated() {
        #expect(abs(logit - Double(expected[position * logits.count + entry])) < 0.02)
      }
    }
    let generation = try model.generate(prompt: tokens, maxNewTokens: 1)
    #expect(generation.tokens == [Int(head.winner[tokens.count - 1])])
    #expect(generation.finalLogits == model.dequantizedLogits(head, at: tokens.count - 1))
  }

  @Test("RoundTrip: random models with biases are read as what they are")
  func synthetic() throws {
    for projections in [BiasedProjections.queryKeyValue, .all] {
      let shape = try configuration { fields in
        if projections == .all {
          fields["attention_bias"] = true
        } else {
          (fields["model_type"], fields["architectures"]) = ("qwen2", ["Qwen2ForCausalLM"])
        }
      }
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("layerfold-biases-\(UUID())")
      defer { _ = Result { try FileManager.default.removeItem(at: folder) } }
      try SyntheticModel(configuration: shape, seed: 3).write(to: folder)
      let float = try FloatModel(directory: folder)
      #expect(float.configuration == shape && float.ignoredTensors.isEmpty)
      let model = try QuantizedModel(quantizing: float, positions: 8)
      let (biases, exponents) = (try #require(model.layers[1].biases), try #require(model.parameters.biases))
      let deviations = biases.merging(exponents) { bias, exponent in
        let squares = bias.reduce(0) { $0 + Double($1) * Double($1) } / Double(bias.count)
        return squares.squareRoot() / Double(1 << exponent)
      }
      #expect(deviations.all.prefix(3).allSatisfy { (0.7...1.3).contains($0) } && deviations.output ?? 0.3 < 0.5)
    }
  }
}
