import Foundation
import Model
import Testing

@Suite("Rejects: requests, constants and tokenizers")
struct RequestRejectionTests {
  @Test("Rejects: empty prompts, unknown tokens, long texts, nothing to generate")
  func requests() throws {
    let model = try ModelFixture.quantized(positions: 16)
    #expect(throws: ModelError.emptyTokens) { try model.generate(prompt: [], maxNewTokens: 1) }
    #expect(throws: ModelError.emptyTokens) { try model.embed([]) }
    #expect(throws: ModelError.nothingToGenerate) { try model.generate(prompt: [1], maxNewTokens: 0) }
    for token in [-1, 512, Int.max, Int.min] {
      let error = ModelError.tokenOutOfVocabulary(token: token, vocabulary: 512)
      #expect(throws: error) { try model.generate(prompt: [1, token], maxNewTokens: 1) }
      #expect(throws: error) { try model.embed([token]) }
    }
    #expect(throws: ModelError.textTooLong(tokens: 17, positions: 16)) {
      try model.generate(prompt: [1, 2], maxNewTokens: 15)
    }
    #expect(throws: ModelError.textTooLong(tokens: .max, positions: 16)) {
      try model.generate(prompt: [1, 2], maxNewTokens: .max)
    }
    #expect(throws: ModelError.textTooLong(tokens: 17, positions: 16)) {
      try model.embed(Array(repeating: 1, count: 17))
    }
    #expect(try model.generate(prompt: [1, 2], maxNewTokens: 14).tokens.count == 14)
  }

  @Test("Rejects: positions beyond the model, or not a power of two, and constants out of range")
  func constants() throws {
    for positions in [0, -1, 512, Int.max] {
      #expect(throws: ModelError.positionsOutOfRange(found: positions, maximum: 256)) {
        try ModelFixture.quantized(positions: positions)
      }
    }
    #expect(throws: ModelError.inconsistentParameters(name: "positions", expected: "a power of two")) {
      try ModelFixture.quantized(positions: 48)
    }
    let model = try ModelFixture.quantized(positions: 16)
    func reject(_ edit: (inout QuantizationParameters) -> Void) throws {
      var parameters = model.parameters
      edit(&parameters)
      #expect(throws: ModelError.self) { try parameters.validate(for: model.configuration) }
    }
    try reject { $0.normEpsilon += 1 }
    try reject { $0.normalizedExponent -= 1 }
    try reject { $0.scoreExponent += 1 }
    try reject { $0.siluBits = 17 }
    try reject { $0.digitBits = 0 }
    try reject { $0.residualExponent = 17 }
    try reject { $0.weights.embedding = 17 }
    try reject { $0.queryExponent = 30 }
    try reject { $0.upExponent = -40 }
    #expect(throws: ModelError.self) {
      try QuantizedModel(
        configuration: model.configuration, parameters: model.parameters, embedding: model.head,
        layers: Array(model.layers.dropLast()), head: model.head)
    }
  }

  @Test("Rejects: activations that do not fit, by layer and tensor, never wrapping")
  func overflow() throws {
    let float = try ModelFixture.floatModel()
    let parameters = try ModelFixture.quantized(positions: 16).parameters
    func reject(_ tensor: String, _ edit: (inout QuantizationParameters) -> Void) throws {
      var edited = parameters
      edit(&edited)
      let model = try QuantizedModel(quantizing: float, parameters: edited)
      let error = #expect(throws: ModelError.self) {
        try model.generate(prompt: [58, 66, 9, 300, 301, 302, 303, 304], maxNewTokens: 1)
      }
      guard case .activationOverflow(.some, let found, let bits, let width) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(found == tensor && bits > width)
    }
    try reject("query") { $0.queryExponent = 15 }
    try reject("key") { $0.keyExponent = 15 }
    try reject("value") { $0.valueExponent = 16 }
    try reject("gate") { $0.gateExponent = 13 }
    try reject("up") { $0.upExponent = 15 }
    try reject("hidden") { $0.hiddenExponent = 15 }
  }

  @Test("Rejects: a residual stream beyond 32 bits")
  func residualOverflow() throws {
    let model = try ModelFixture.quantized(positions: 16)
    let input = [Int32](repeating: 0, count: 16 * 64)
    let error = #expect(throws: ModelError.self) {
      for channel in 0..<64 {
        // Some channel's update points outwards at one of the two ends.
        var extreme = input
        (extreme[channel], extreme[channel + 64]) = (.max, .min)
        _ = try model.layer(0, input: extreme)
      }
    }
    guard case .activationOverflow(0, let tensor, 33, 32) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(tensor == "attentionOutput" || tensor == "output")
  }

  private func tokenizer(_ edit: (inout [String: Any]) -> Void) throws -> Tokenizer {
    let json = try Data(contentsOf: ModelFixture.file("tokenizer.json"))
    var fields = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    edit(&fields)
    return try Tokenizer(json: JSONSerialization.data(withJSONObject: fields), file: "tokenizer.json")
  }

  @Test("Rejects: tokenizers of another kind, by name")
  func tokenizers() throws {
    func reject(_ words: String, _ edit: (inout [String: Any]) -> Void) {
      let error = #expect(throws: ModelError.self) { try tokenizer(edit) }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
    func model(_ field: String, _ value: Any) -> (inout [String: Any]) -> Void {
      { fields in
        var model = fields["model"] as? [String: Any] ?? [:]
        model[field] = value
        fields["model"] = model
      }
    }
    reject("dropout", model("dropout", 0.1))
    reject("Unigram", model("type", "Unigram"))
    // As such files are: without what a BPE has.
    reject("model type Unigram") { $0["model"] = ["type": "Unigram", "unk_id": 0, "vocab": [["a", -1.5]]] }
    reject("model type WordLevel") { $0["model"] = ["type": "WordLevel", "vocab": ["a": 1], "unk_token": "a"] }
    reject("continuing_subword_prefix", model("continuing_subword_prefix", "##"))
    reject("merges", model("merges", [["h", "zzz"]]))
    reject("merges", model("merges", ["h e x"]))
    reject("byte", model("vocab", ["a": 0]))
    reject("vocab", model("vocab", ["\u{4f60}": 7]))
    reject("normalizer NFKC") { $0["normalizer"] = ["type": "NFKC"] }
    reject("Metaspace") { $0["pre_tokenizer"] = ["type": "Metaspace"] }
    reject("pre_tokenizer") { $0["pre_tokenizer"] = nil }
    reject("add_prefix_space") { $0["pre_tokenizer"] = ["type": "ByteLevel", "add_prefix_space": true] }
    reject("Split pattern") {
      let split: [String: Any] = ["type": "Split", "pattern": ["Regex": "\\w+"], "behavior": "Isolated"]
      $0["pre_tokenizer"] = [
        "type": "Sequence", "pretokenizers": [split, ["type": "ByteLevel", "add_prefix_space": false]],
      ]
    }
    for id in [-1, 1 << 24, 1 << 40] {
      reject("added token \(id)") { $0["added_tokens"] = [["id": id, "content": "<big>", "special": true]] }
    }
    reject("BertProcessing") { $0["post_processor"] = ["type": "BertProcessing"] }
    reject("ends with a token") {
      $0["post_processor"] = ["type": "TemplateProcessing", "single": [["SpecialToken": ["id": "</s>"]]]]
    }
    #expect(throws: ModelError.self) { try Tokenizer(json: Data("{}".utf8), file: "tokenizer.json") }
  }
}
