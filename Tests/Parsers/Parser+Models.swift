import Foundation
import LayerFold
import Model

// What describes models, and texts for them.
extension Parser {
  static func safetensors(_ bytes: [UInt8]) throws {
    let file = try SafetensorsFile(bytes: Data(bytes), name: "model.safetensors")
    for tensor in file.tensors {
      guard let shape = file.shape(of: tensor) else { throw BrokenLaw(description: "a listed tensor exists") }
      let count = shape.reduce(1, *)
      // Refused are those that hold no numbers of this kind.
      if let floats = try unless(ModelError.self, { try file.floats(tensor, shape: shape) }) {
        try require(floats.count == count && count <= bytes.count, "as many numbers as the shape says")
      }
      if let stored = try unless(ModelError.self, { try file.bytes(tensor, shape: shape) }) {
        try require(stored.count == count, "as many bytes as the shape says")
      }
    }
  }

  static func shards(_ bytes: [UInt8]) throws {
    _ = try ShardedSafetensors(json: Data(bytes), name: "model.safetensors.index.json") { name in
      // Every file holds one empty tensor called by the file's name.
      let header = Array("{\"\(name.prefix(1))\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}".utf8)
      return try SafetensorsFile(bytes: Data(Seed.integer(UInt64(header.count)) + header), name: name)
    }
  }

  static func gguf(_ bytes: [UInt8]) throws {
    let model = try GGUFModel(bytes: Data(bytes), name: "model.gguf")
    try model.configuration.validate()
    if let json = try unless(ModelError.self, { try model.tokenizerJSON() }) { try tokenizer(Array(json)) }
    _ = try FloatModel(gguf: model)
  }

  static func model(_ bytes: [UInt8]) throws {
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    let configuration = try ModelConfiguration(json: Data(line), file: "config.json")
    let weights = try SafetensorsFile(bytes: Data(bytes.dropFirst(line.count + 1)), name: "model.safetensors")
    let float = try FloatModel(configuration: configuration, weights: weights)
    let sizes = [
      configuration.hiddenSize, configuration.intermediateSize, configuration.layerCount, configuration.queryChannels,
      configuration.vocabularySize,
    ]
    guard sizes.allSatisfy({ $0 <= 32 }) else { return }
    let integer = try QuantizedModel(quantizing: float, positions: 2)
    let generation = try integer.generate(prompt: [0], maxNewTokens: 1)
    try require(
      generation.tokens.count == 1 && generation.tokens.allSatisfy { (0..<configuration.vocabularySize).contains($0) },
      "one token of the vocabulary")
  }

  static func tokenizer(_ bytes: [UInt8]) throws {
    let tokenizer = try Tokenizer(json: Data(bytes), file: "tokenizer.json")
    let text = " Ab<s>12  \u{e9}\u{301}\u{1F600}\n</s> it's\u{0}"
    let tokens = tokenizer.encode(text)
    try require(tokenizer.prefix.count <= 1024, "few tokens before a text")
    try require(
      tokens.count <= tokenizer.prefix.count + 4 * text.utf8.count, "no more tokens than bytes, normalised or marked")
    _ = tokenizer.decode(tokens + [-1, 0, 1, 300, Int.max])
  }

  static func configuration(_ bytes: [UInt8]) throws {
    let configuration = try ModelConfiguration(json: Data(bytes), file: "config.json")
    try configuration.validate()
    try require(configuration.members * configuration.keyValueHeads == configuration.attentionHeads, "heads in groups")
  }

  static func batch(_ bytes: [UInt8]) throws {
    let requests = try InferenceRequest.batch(String(decoding: bytes, as: UTF8.self), file: "batch")
    try require(!requests.isEmpty, "at least one request")
  }

  static func tokens(_ bytes: [UInt8]) throws {
    let text = try EvaluationText(json: Data(bytes), file: "tokens.json")
    let windows = text.windows(positions: 16)
    try require(windows.allSatisfy { $0.count >= 2 }, "windows predict something")
    try require(windows.reduce(0) { $0 + $1.count } <= text.tokens.count, "windows do not overlap")
  }

  /// What `body` returns, or nil if it throws an error of this type.
  private static func unless<Value, Refusal: Error>(_: Refusal.Type, _ body: () throws -> Value) throws -> Value? {
    do { return try body() } catch is Refusal { return nil }
  }
}
