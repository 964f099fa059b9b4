import Foundation
import Model
import Testing

@Suite("Configurations of the LLaMA family")
struct ConfigurationTests {
  private struct Published {
    let name: String
    let config: [String: Any]
    let parameters: Int
  }

  private struct RotaryCase: Decodable {
    let name: String
    let theta: Double
    let headDimension: Int
    let scaling: RotaryScaling?
    let frequencies: [Double]
  }

  private struct RotaryVectors: Decodable {
    let cases: [RotaryCase]
  }

  private func published() throws -> [Published] {
    let json = try Data(contentsOf: ModelFixture.vectors.appendingPathComponent("configurations.json"))
    let file = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    return try (try #require(file["models"] as? [[String: Any]])).map { model in
      Published(
        name: try #require(model["name"] as? String), config: try #require(model["config"] as? [String: Any]),
        parameters: try #require(model["parameters"] as? Int))
    }
  }

  private func read(
    _ name: String, _ edit: (inout [String: Any]) -> Void = { _ in }
  ) throws -> ModelConfiguration {
    var config = try #require(try published().first { $0.name == name }).config
    edit(&config)
    return try ModelConfiguration(json: JSONSerialization.data(withJSONObject: config), file: "config.json")
  }

  @Test("KnownAnswer: parameter counts of published models, without reading weights")
  func parameterCounts() throws {
    for model in try published() {
      let configuration = try read(model.name)
      let plan = try ModelPlan(configuration: configuration, positions: 256)
      #expect(plan.publishedParameters == model.parameters, "\(model.name)")
      #expect(plan.stepCount == configuration.layerCount + 3)
      #expect(plan.keyBytes == 2 * plan.keyParameters)
    }
  }

  @Test("Laws: a plan lists exactly the tensors that are computed")
  func planAgainstTraces() throws {
    let model = try ModelFixture.quantized(positions: 16)
    let plan = try ModelPlan(configuration: model.configuration, positions: 16)
    let embedding = try model.embed([1, 2, 3])
    let layer = try model.layer(0, input: embedding.output)
    let head = try model.head(input: embedding.output)
    #expect(plan.steps[0].weights.map { $0.entries } == [model.embedding.values.count])
    let weights = model.layers[0]
    #expect(
      plan.steps[1].weights.map { $0.entries }
        == [weights.query, weights.key, weights.value, weights.output, weights.gate, weights.up, weights.down]
        .map { $0.values.count })
    func compare(_ step: Int, _ prefix: String, _ tensors: NamedTensors) {
      var ours = tensors.fingerprints.mapValues { $0.count }
      ours[prefix + "input"] = embedding.output.count
      let planned = plan.steps[step].activations.map { (prefix + $0.name, $0.entries) }
      #expect(Dictionary(uniqueKeysWithValues: planned) == ours)
    }
    compare(1, "layer0.", NamedTensors(layer, "layer0."))
    compare(2, "head.", NamedTensors(head))
    #expect(plan.steps[1].activations.first { $0.name == "gate" }?.paddedEntries == 16 * 256)
    #expect(plan.steps[1].count == 5 && plan.steps[1].parameters == 45312)
  }

  @Test("KnownAnswer: rotary frequencies, plain and stretched")
  func rotaryFrequencies() throws {
    let url = ModelFixture.vectors.appendingPathComponent("rotary_frequencies.json")
    for known in try ModelFixture.decode(RotaryVectors.self, url).cases {
      let ours = Model.rotaryFrequencies(
        headDimension: known.headDimension, theta: known.theta, scaling: known.scaling)
      #expect(ours.count == known.frequencies.count)
      for (frequency, expected) in zip(ours, known.frequencies) {
        #expect(abs(frequency / expected - 1) < 4e-15, "\(known.name)")
      }
    }
  }

  @Test("KnownAnswer: stretched frequencies, head size and stop tokens are read from published configurations")
  func fields() throws {
    let small = try read("LLaMA 3.2 1B")
    #expect(
      small.rotaryScaling
        == RotaryScaling(factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 8192))
    #expect(small.endTokens == [128001, 128008, 128009] && small.tiesEmbeddings && small.headDimension == 64)
    #expect(try read("Mistral Nemo 12B").queryChannels == 4096)
    let renamed = try read("LLaMA 3.2 1B") { config in
      var rotary = config["rope_scaling"] as? [String: Any] ?? [:]
      rotary["rope_theta"] = 500000.0
      config["rope_parameters"] = rotary
      (config["rope_scaling"], config["rope_theta"]) = (nil, nil)
    }
    #expect(renamed == small)
    #expect(try read("LLaMA 3.2 1B") { $0["eos_token_id"] = [5, 1, 5] }.endTokens == [1, 5])
    let encoded = try JSONEncoder().encode(small)
    #expect(try JSONDecoder().decode(ModelConfiguration.self, from: encoded) == small)
  }

  @Test("Rejects: rules of rotary embedding that are unknown or inconsistent")
  func rotaryRejections() throws {
    func reject(_ words: String, _ edit: @escaping (inout [String: Any]) -> Void) {
      let error = #expect(throws: ModelError.self) {
        try read("LLaMA 3.1 8B") { config in
          var rotary = config["rope_scaling"] as? [String: Any] ?? [:]
          edit(&rotary)
          config["rope_scaling"] = rotary
        }
      }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
    for rule in ["linear", "dynamic", "yarn", "longrope", "su"] {
      reject("rope_scaling \(rule)") { $0["rope_type"] = rule }
    }
    for field in ["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"] {
      reject("rope_scaling") { $0[field] = nil }
      reject("rope_scaling") { $0[field] = -1 }
    }
    reject("rope_scaling") { $0["factor"] = 0.5 }
    reject("rope_scaling") { $0["low_freq_factor"] = 4.0 }
    let error = #expect(throws: ModelError.self) {
      try read("LLaMA 3.1 8B") { config in
        var rotary = config["rope_scaling"] as? [String: Any] ?? [:]
        rotary["factor"] = 16.0
        config["rope_parameters"] = rotary
      }
    }
    #expect(error?.description.contains("rope_parameters") == true)
    #expect(throws: ModelError.self) { try read("LLaMA 3 8B") { $0["partial_rotary_factor"] = 0.5 } }
  }

  @Test("Laws: a sliding window bounds the positions and nothing else")
  func slidingWindow() throws {
    #expect(try read("Mistral 7B v0.1").maximumPositions == 4096)
    #expect(try read("Mistral 7B v0.1") { $0["sliding_window"] = nil }.maximumPositions == 4096)
    #expect(try read("Mistral 7B v0.3").maximumPositions == 32768)
    #expect(try read("Qwen2 7B").maximumPositions == 131072)
    #expect(try read("Qwen2 7B") { $0["use_sliding_window"] = true }.maximumPositions == 32768)
    #expect(throws: ModelError.positionsOutOfRange(found: 8192, maximum: 4096)) {
      try ModelPlan(configuration: read("Mistral 7B v0.1"), positions: 8192)
    }
    #expect(throws: ModelError.self) { try read("Mistral 7B v0.1") { $0["sliding_window"] = 0 } }
    #expect(throws: ModelError.self) { try read("Mistral 7B v0.1") { $0["sliding_window"] = "wide" } }
    #expect(throws: ModelError.self) { try read("Mistral 7B v0.1") { $0["num_key_value_heads"] = nil } }
    #expect(throws: ModelError.self) { try read("Qwen2 7B") { $0["layer_types"] = ["linear_attention"] } }
  }

  @Test("Rejects: architectures that are something else, by name")
  func architectures() throws {
    for type in ["mixtral", "qwen3", "gemma", "phi3", "bitnet", "llama4"] {
      let error = #expect(throws: ModelError.self) { try read("LLaMA 3 8B") { $0["model_type"] = type } }
      #expect(error?.description.contains("model_type \(type)") == true)
    }
    #expect(throws: ModelError.self) { try read("LLaMA 3 8B") { $0["architectures"] = ["MistralForCausalLM"] } }
    #expect(throws: ModelError.self) { try read("Mistral 7B v0.1") { $0["architectures"] = ["LlamaForCausalLM"] } }
  }

  @Test("RoundTrip: the constants as numbers keep the stretching; other numbers are refused")
  func numbers() throws {
    let plan = try ModelPlan(configuration: read("LLaMA 3.1 8B"), positions: 64)
    let numbers = plan.parameters.numbers
    #expect(numbers.count == QuantizationParameters.numberCount && plan.parameters.rotaryScaling != nil)
    #expect(try QuantizationParameters(numbers: numbers) == plan.parameters)
    var plain = plan.parameters
    plain.rotaryScaling = nil
    #expect(try QuantizationParameters(numbers: plain.numbers) == plain)
    #expect(throws: ModelError.self) { try plain.validate(for: plan.configuration) }
    for position in 22..<26 {
      for bad in [0, Int64.max, Int64.min, -1] {
        var edited = numbers
        edited[position] = bad
        #expect(throws: ModelError.self) { try QuantizationParameters(numbers: edited) }
      }
    }
  }

  @Test("Laws: stretching changes the tables, and the integer model keeps it among its constants")
  func stretchedModel() throws {
    let scaling = RotaryScaling(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 128)
    let plain = try ModelFixture.floatModel()
    let read = try ModelConfiguration(
      json: try ModelFixture.edited("config.json") {
        $0["rope_scaling"] = [
          "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 128,
        ]
      }, file: "config.json")
    let weights = try SafetensorsFile(file: ModelFixture.file("model.safetensors"))
    let model = try QuantizedModel(quantizing: FloatModel(configuration: read, weights: weights), positions: 64)
    #expect(model.parameters.rotaryScaling == scaling && model.configuration == plain.configuration)
    let again = try QuantizedModel(
      configuration: model.configuration, parameters: model.parameters, embedding: model.embedding,
      layers: model.layers, head: model.head)
    #expect(again.tables == model.tables)
    #expect(try ModelFixture.quantized().tables.cosine != model.tables.cosine)
    // Float and integer models stretch alike: the logits agree as closely as without stretching.
    let text = [58, 66, 9, 300, 301, 302, 303, 304, 17, 18]
    let float = try FloatModel(configuration: read, weights: weights)
    var state = FloatState(of: float)
    let expected = float.logits(text, state: &state).suffix(512)
    let found = try model.generate(prompt: text, maxNewTokens: 1).finalLogits
    let mean = zip(found, expected).reduce(0) { $0 + abs($1.0 - Double($1.1)) } / 512
    #expect(mean < 0.05)
  }
}
